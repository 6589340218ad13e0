package com.playtcha.jakarta.internal.late.admin;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AdminResponse as a person or a machine reads them. What is not an answer goes to the error stream. */
final class CommandOutput {
    private static final List<String> HEAD =
            List.of("ID", "KIND", "STATE", "OUTCOME", "FAILURES", "AGE", "DUE", "WHERE", "LAST ERROR");
    private static final int SHOWN_OF_ERROR = 100;
    private static final String UNREAD = "The store could not be read: what it holds is left out.";

    private CommandOutput() {}

    static void list(Map<String, @Nullable Object> answer, PrintStream out, PrintStream err) {
        List<Map<String, @Nullable Object>> items = AdminResponse.objects(answer, "items");
        out.print(table(items));
        out.println(items.size()
                + (items.size() == 1 ? " dead letter" : " dead letters")
                + (AdminResponse.isTrue(answer, "more")
                        ? ", and more: --limit shows up to " + AdminRequest.MAX_LIMIT
                        : ""));
        long setAside = AdminResponse.number(answer, "set_aside");
        if (setAside > 0) {
            out.println(setAside + (setAside == 1 ? " file was" : " files were")
                    + " set aside, since they are no dead letters: " + AdminResponse.text(answer, "set_aside_in"));
        }
        unread(answer, err);
    }

    static void unread(Map<String, @Nullable Object> answer, PrintStream err) {
        if (AdminResponse.isTrue(answer, "store_unread")) {
            err.println(UNREAD);
        }
    }

    private static String table(List<Map<String, @Nullable Object>> items) {
        if (items.isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        for (Map<String, @Nullable Object> item : items) {
            long due = AdminResponse.number(item, "due_in_seconds");
            String error = AdminResponse.text(item, "last_error");
            rows.add(List.of(
                    AdminResponse.text(item, "id"),
                    AdminResponse.text(item, "kind"),
                    AdminResponse.text(item, "state"),
                    orDash(AdminResponse.text(item, "outcome")),
                    AdminResponse.text(item, "failures"),
                    length(AdminResponse.number(item, "age_seconds")),
                    due <= 0 ? "now" : "in " + length(due),
                    AdminResponse.text(item, "where"),
                    orDash(TerminalText.text(error, SHOWN_OF_ERROR))));
        }
        int[] widths = new int[HEAD.size() - 1];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                table.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
            }
            table.append(row.get(widths.length)).append(System.lineSeparator());
        }
        return table.toString();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** A length of time in its largest unit or two, such as {@code 5m} or {@code 3h12m}. */
    static String length(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + duration.toHoursPart() + "h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h" + duration.toMinutesPart() + "m";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + "m" : seconds + "s";
    }

    static void show(Map<String, @Nullable Object> answer, PrintStream out) {
        Map<String, @Nullable Object> item = AdminResponse.object(answer, "item");
        if (item != null) {
            lines("", item, out);
        }
        Map<String, @Nullable Object> result = AdminResponse.object(answer, "result");
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
