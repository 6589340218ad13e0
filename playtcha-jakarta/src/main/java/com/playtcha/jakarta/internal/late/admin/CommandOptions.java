package com.playtcha.jakarta.internal.late.admin;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options and arguments of a command line. */
final class CommandOptions {
    static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.internal.late.admin.LateCommand --late-dir DIR COMMAND

            Commands
              list               lists what the spool holds, then the dead letters of the store, oldest first
              show ID            shows all that is known of one item
              retry ID           makes one item due now; the application hands it over
              retry --all        makes all of them due now
              discard ID         discards one item for good; a result that comes later is ignored

            Options
              --late-dir DIR     the application's setting late-dir; run the command as the application's user
              --limit N          list: at most N items, 1 to 1000 (default 100)
              --json             list, show: JSON, one object a line
              --result           show: with the result, which may be sensitive
              --wait N           seconds to wait for the running application, 1 to 240 (default 10)
              --url URL          while no application runs: the JDBC URL of its database, with the driver on the class
                                 path, where it is not the embedded one in DIR
              --user NAME        with --url
              --password-file F  with --url: a file that holds the password
              --help             this text
              --                 ends the options

            An id is given as it is, or as it is printed: with \\uXXXX for anything but printable ASCII, and for the blank
            and the backslash. Put it in quotes.
            Where an application runs on DIR, it does the work; else the command opens the store and the spool itself.

            Exit status: 0; 1 where there is no such item; 2 for wrong usage; 3 where nothing can be reached.
            """;

    private static final Set<String> FLAGS = Set.of("--json", "--result", "--all", "--help");
    private static final Set<String> VALUES =
            Set.of("--late-dir", "--limit", "--wait", "--url", "--user", "--password-file");
    private static final int DEFAULT_LIMIT = 100;
    private static final int DEFAULT_WAIT = 10;
    private static final int MAX_WAIT = 240;

    private final Map<String, String> options = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    private CommandOptions() {}

    /** Thrown for a command line that cannot be run; the message says what is wrong and what is allowed. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static CommandOptions parse(String... arguments) throws UsageException {
        CommandOptions parsed = new CommandOptions();
        boolean onlyWords = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (onlyWords || !argument.startsWith("-")) {
                parsed.words.add(argument);
            } else if (argument.equals("--")) {
                onlyWords = true;
            } else if (FLAGS.contains(argument)) {
                parsed.options.put(argument, "");
            } else if (VALUES.contains(name)) {
                String value =
                        equals >= 0 ? argument.substring(equals + 1) : ++i < arguments.length ? arguments[i] : "";
                if (value.isEmpty()) {
                    throw new UsageException(name + " needs a value");
                }
                parsed.options.put(name, value);
            } else {
                throw new UsageException("Unknown option: " + TerminalText.text(name));
            }
        }
        if (!parsed.isHelp()) {
            parsed.request();
            parsed.waiting();
            parsed.passwordFile();
        }
        return parsed;
    }

    boolean isHelp() {
        return options.containsKey("--help");
    }

    boolean isJson() {
        return options.containsKey("--json");
    }

    AdminRequest request() throws UsageException {
        directory();
        AdminRequest.Command command = words.isEmpty() ? null : AdminRequest.Command.of(words.get(0));
        if (command == null || command == AdminRequest.Command.RETRY_ALL) {
            throw new UsageException("The command must be list, show, retry or discard"
                    + (words.isEmpty() ? "" : ", not " + TerminalText.text(words.get(0))));
        }
        boolean all = options.containsKey("--all") && command == AdminRequest.Command.RETRY;
        int expected = command.needsId() && !all ? 2 : 1;
        if (words.size() != expected) {
            throw new UsageException(words.get(0)
                    + (expected == 1 ? " takes no id" : " takes exactly one id, in quotes where it has blanks"));
        }
        if (expected == 1) {
            return all
                    ? new AdminRequest(AdminRequest.Command.RETRY_ALL, null, 0, false)
                    : AdminRequest.list(number("--limit", DEFAULT_LIMIT, AdminRequest.MAX_LIMIT));
        }
        try {
            return new AdminRequest(command, TerminalText.parseId(words.get(1)), 0, options.containsKey("--result"));
        } catch (IllegalArgumentException e) {
            throw new UsageException("The id is not as it is printed: a backslash is written \\u005c");
        }
    }

    private int number(String option, int defaultValue, int max) throws UsageException {
        String text = options.getOrDefault(option, String.valueOf(defaultValue));
        int value = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
        if (value < 1 || value > max) {
            throw new UsageException(
                    option + " must be a number from 1 to " + max + ", not " + TerminalText.text(text, 100));
        }
        return value;
    }

    private @Nullable Path path(String option) throws UsageException {
        String text = options.get(option);
        try {
            return text == null ? null : Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " is not a path: " + TerminalText.text(text, 300));
        }
    }

    Path directory() throws UsageException {
        Path directory = path("--late-dir");
        if (directory == null) {
            throw new UsageException("--late-dir is missing: pass the application's setting late-dir");
        }
        return directory;
    }

    Duration waiting() throws UsageException {
        return Duration.ofSeconds(number("--wait", DEFAULT_WAIT, MAX_WAIT));
    }

    @Nullable
    String value(String option) {
        return options.get(option);
    }

    @Nullable
    Path passwordFile() throws UsageException {
        return path("--password-file");
    }
}
