package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.metrics.JmxOperation;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The operations of late results in JMX: those of the command line, with the same words and the same texts. */
final class LateOperations {
    private static final List<String> FILTER = List.of("state", "older-than", "error");

    private LateOperations() {}

    /** Returns the operations by name. */
    static Map<String, JmxOperation> of(LateResultsFacade late) {
        Map<String, JmxOperation> operations = new LinkedHashMap<>();
        Function<List<String>, String> command = late::command;
        operations.put(
                "list",
                options(
                        command,
                        "Lists spooled items and items whose handler failed, one JSON object a line",
                        List.of("list", "--json"),
                        List.of("state", "older-than", "error", "limit", "cursor")));
        operations.put("show", id(command, "Shows all that is known of one item but its result", "show", "--json"));
        operations.put("retry", id(command, "Makes one item due now", "retry"));
        operations.put(
                "retryAll", options(command, "Makes the selected items due now", List.of("retry", "--all"), FILTER));
        operations.put("discard", id(command, "Discards one item for good", "discard"));
        operations.put(
                "discardAll",
                options(command, "Discards the selected items for good", List.of("discard", "--all"), FILTER));
        operations.put("pause", simple("Lets handlers rest, on all nodes, until resume", late::pause));
        operations.put("resume", simple("Ends what pause began", late::resume));
        if (late.hasTestKit()) {
            operations.put(
                    "advance", new JmxOperation("Lets time pass in a test, such as PT1H", List.of("time"), time -> {
                        late.advance(Duration.parse(time.get(0)));
                        return "done";
                    }));
        }
        return operations;
    }

    private static JmxOperation simple(String description, Runnable work) {
        return new JmxOperation(description, List.of(), none -> {
            try {
                work.run();
                return "done";
            } catch (LateUnavailableException e) {
                throw new IllegalStateException(e.getMessage());
            }
        });
    }

    private static JmxOperation id(Function<List<String>, String> command, String description, String... words) {
        return new JmxOperation(description, List.of("id"), values -> {
            List<String> arguments = new ArrayList<>(List.of(words));
            // An id may begin as an option does.
            arguments.add("--");
            arguments.addAll(values);
            return command.apply(arguments);
        });
    }

    private static JmxOperation options(
            Function<List<String>, String> command, String description, List<String> words, List<String> options) {
        return new JmxOperation(description, options, values -> {
            List<String> arguments = new ArrayList<>(words);
            for (int i = 0; i < options.size(); i++) {
                if (!values.get(i).isBlank()) {
                    arguments.add("--" + options.get(i) + "=" + values.get(i));
                }
            }
            return command.apply(arguments);
        });
    }
}
