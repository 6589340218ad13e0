package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.late.LateMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;

/**
 * Late results in JMX: the gauges and counters of {@link LateMetrics} as attributes, durations in seconds, and the
 * command's operations. Its exceptions are of the JDK, which every client has.
 */
final class LateResultsJmx implements DynamicMBean {
    private final Map<String, Supplier<Long>> attributes = new LinkedHashMap<>();
    private final AdminService service;

    LateResultsJmx(LateMetrics metrics, AdminService service) {
        this.service = service;
        attributes.put("Pending", metrics::getPending);
        attributes.put("Awaiting", metrics::getAwaiting);
        attributes.put("Ready", metrics::getReady);
        attributes.put("DeadLetters", metrics::getDeadLetters);
        attributes.put(
                "OldestDeadLetterSeconds",
                () -> metrics.getOldestDeadLetterAge().toSeconds());
        attributes.put("OverdueSeconds", () -> metrics.getOverdue().toSeconds());
        attributes.put("SpoolFiles", () -> (long) metrics.getSpoolFiles());
        attributes.put("SpoolBytes", metrics::getSpoolBytes);
        attributes.put("OverdueHandlers", () -> (long) metrics.getOverdueHandlers());
        attributes.put("AgeSeconds", () -> metrics.getAge().toSeconds());
        for (String counter : metrics.getCounters().keySet()) {
            attributes.put(attribute(counter), () -> metrics.getCounters().getOrDefault(counter, 0L));
        }
    }

    /** Returns {@code HandlerFailed} for {@code handler-failed}. */
    private static String attribute(String counter) {
        StringBuilder name = new StringBuilder();
        for (String word : counter.split("-")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Supplier<Long> value = attributes.get(name);
        if (value == null) {
            throw new AttributeNotFoundException(name);
        }
        return value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList list = new AttributeList();
        Stream.of(names)
                .filter(attributes::containsKey)
                .forEach(name ->
                        list.add(new Attribute(name, attributes.get(name).get())));
        return list;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " cannot be set");
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
        return new AttributeList();
    }

    @Override
    public @Nullable Object invoke(String action, Object[] arguments, String[] signature) throws ReflectionException {
        if (action.equals("listDeadLetters") && arguments[0] instanceof Integer limit) {
            Map<String, @Nullable Object> response =
                    respond(AdminRequest.list(Math.max(1, Math.min(limit, AdminRequest.MAX_LIMIT))));
            return printed(out -> {
                CommandOutput.table(response, out);
                CommandOutput.notes(response, out);
            });
        }
        AdminRequest.Command command = AdminRequest.Command.of(action);
        if (command == null || !command.needsId() || !(arguments[0] instanceof String id)) {
            throw new ReflectionException(new NoSuchMethodException(action));
        }
        Map<String, @Nullable Object> response = respond(AdminRequest.of(command, TerminalText.parseId(id)));
        return command == AdminRequest.Command.SHOW && AdminResponse.DONE.equals(response.get("status"))
                ? printed(out -> CommandOutput.show(response, out))
                : AdminResponse.text(response, "message");
    }

    private Map<String, @Nullable Object> respond(AdminRequest request) {
        Map<String, @Nullable Object> response = service.respond(request);
        if (AdminResponse.UNREACHABLE.equals(response.get("status"))) {
            throw new IllegalStateException(AdminResponse.text(response, "message"));
        }
        return response;
    }

    private static String printed(Consumer<PrintStream> printing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            printing.accept(out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        return new MBeanInfo(
                LateResultsJmx.class.getName(),
                "Late results",
                attributes.keySet().stream()
                        .map(name -> new MBeanAttributeInfo(name, "long", name, true, false, false))
                        .toArray(MBeanAttributeInfo[]::new),
                null,
                new MBeanOperationInfo[] {
                    operation("listDeadLetters", "limit", "int"),
                    operation("show", "id", "java.lang.String"),
                    operation("retry", "id", "java.lang.String"),
                    operation("discard", "id", "java.lang.String")
                },
                null);
    }

    private static MBeanOperationInfo operation(String name, String parameter, String type) {
        return new MBeanOperationInfo(
                name,
                name,
                new MBeanParameterInfo[] {new MBeanParameterInfo(parameter, type, parameter)},
                "java.lang.String",
                MBeanOperationInfo.ACTION);
    }
}
