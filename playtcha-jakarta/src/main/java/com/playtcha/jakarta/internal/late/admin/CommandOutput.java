package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Responses as a person reads them. */
final class CommandOutput {
    private static final List<String> HEAD =
            List.of("ID", "KIND", "STATE", "OUTCOME", "FAILURES", "AGE", "DUE", "LAST ERROR");
    private static final int SHOWN_OF_ERROR = 100;

    private CommandOutput() {}

    static void table(Map<String, @Nullable Object> response, PrintStream out) {
        List<Map<String, @Nullable Object>> items = AdminResponse.objects(response, "items");
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        for (Map<String, @Nullable Object> item : items) {
            long due = AdminResponse.number(item, "due_in_seconds");
            rows.add(List.of(
                    AdminResponse.text(item, "id"),
                    AdminResponse.text(item, "kind"),
                    AdminResponse.text(item, "state"),
                    orDash(AdminResponse.text(item, "outcome")),
                    orDash(AdminResponse.text(item, "failures")),
                    length(AdminResponse.number(item, "age_seconds")),
                    due <= 0 ? "now" : "in " + length(due),
                    orDash(TerminalText.text(AdminResponse.text(item, "last_error"), SHOWN_OF_ERROR))));
        }
        int last = HEAD.size() - 1;
        int[] widths = new int[last];
        for (List<String> row : rows) {
            for (int i = 0; i < last; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : items.isEmpty() ? List.<List<String>>of() : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line + row.get(last));
        }
        long spooled = items.stream()
                .filter(item -> "spool".equals(AdminResponse.text(item, "where")))
                .count();
        long dead = items.size() - spooled;
        out.println(dead + (dead == 1 ? " dead letter, " : " dead letters, ") + spooled + " spooled");
    }

    /** Prints what a list leaves out. */
    static void notes(Map<String, @Nullable Object> response, PrintStream err) {
        if (AdminResponse.isTrue(response, "more")) {
            err.println("There are more: --limit lists up to " + AdminRequest.MAX_LIMIT + ".");
        }
        if (AdminResponse.isTrue(response, "store_unread")) {
            err.println("The store could not be read, so its dead letters are left out.");
        }
        long damaged = AdminResponse.number(response, "damaged");
        if (damaged > 0) {
            err.println("Damaged files in the folder spool of late-dir, named *.damaged: " + damaged + ".");
        }
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** Returns a duration in its largest units, such as {@code 5m} or {@code 3h12m}. */
    private static String length(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + duration.toHoursPart() + "h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h" + duration.toMinutesPart() + "m";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + "m" : seconds + "s";
    }

    static void show(Map<String, @Nullable Object> response, PrintStream out) {
        Map<String, @Nullable Object> item = ResultText.object(response, "item");
        if (item != null) {
            lines("", item, out);
        }
        Map<String, @Nullable Object> result = ResultText.object(response, "result");
        if (result == null) {
            out.println("result: none yet");
        } else {
            lines("result.", result, out);
        }
    }

    private static void lines(String prefix, Map<String, @Nullable Object> members, PrintStream out) {
        members.forEach((name, value) -> {
            if (value != null) {
                out.println(prefix + name + ": " + value);
            }
        });
    }
}
