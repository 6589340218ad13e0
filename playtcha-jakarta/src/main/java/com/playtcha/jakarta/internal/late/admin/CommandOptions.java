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

/** What was written on the command line. */
final class CommandOptions {
    static final String USAGE = """
            Usage: java -cp "app/WEB-INF/lib/*" com.playtcha.jakarta.internal.late.admin.LateCommand --late-dir DIR COMMAND

            Commands
              list               the dead letters, those in the directory first, then the store's, oldest first
              show ID            all that is known of one
              retry ID           makes one due now; the application hands it over
              retry --all        makes all of them due now
              discard ID         gives one up for good

            Options
              --late-dir DIR     the application's setting late-dir; run this as the user that the application runs as
              --limit N          list: at most so many, 1 to 1000 (default 100)
              --json             list, show: JSON, one object a line
              --result           show: also what was delivered, which may be sensitive
              --wait N           seconds to wait for the running application, 1 to 240 (default 10)
              --url URL          while no application runs: the JDBC URL of its database, with the driver on the class
                                 path, where that is not the embedded one in DIR
              --user NAME        with --url
              --password-file F  with --url: a file that holds the password
              --help             this text
              --                 what follows is no option

            An id is given as it is, or as it is printed: with \\uXXXX for anything but printable ASCII, and for the blank
            and the backslash. Put it in quotes.
            Where an application runs on DIR, it is asked; else database and directory are opened directly.

            Ends with 0; 1 where there is no such dead letter; 2 for wrong usage; 3 where nothing can be reached.
            """;

    private static final Set<String> FLAGS = Set.of("--json", "--result", "--all", "--help", "-h");
    private static final Set<String> VALUES =
            Set.of("--late-dir", "--limit", "--wait", "--url", "--user", "--password-file");
    private static final int DEFAULT_LIMIT = 100;
    private static final int DEFAULT_WAIT = 10;
    private static final int MAX_WAIT = 240;

    private final Map<String, String> given = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    private CommandOptions() {}

    /** What is wrong with what was written: the fact, and what is allowed. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static CommandOptions parse(String... arguments) throws UsageException {
        CommandOptions options = new CommandOptions();
        boolean onlyWords = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (onlyWords || !argument.startsWith("-")) {
                options.words.add(argument);
            } else if (argument.equals("--")) {
                onlyWords = true;
            } else if (FLAGS.contains(argument)) {
                options.give(argument, "");
            } else {
                int equals = argument.indexOf('=');
                String name = equals < 0 ? argument : argument.substring(0, equals);
                if (!VALUES.contains(name)) {
                    throw new UsageException("Unknown option: " + TerminalText.text(name));
                }
                if (equals < 0 && ++i == arguments.length) {
                    throw new UsageException(name + " needs a value");
                }
                options.give(name, equals < 0 ? arguments[i] : argument.substring(equals + 1));
            }
        }
        if (!options.isHelp()) {
            options.check();
        }
        return options;
    }

    private void give(String name, String value) throws UsageException {
        if (given.put(name, value) != null) {
            throw new UsageException(name + " is given twice");
        }
        if (VALUES.contains(name) && value.isEmpty()) {
            throw new UsageException(name + " needs a value");
        }
    }

    private void check() throws UsageException {
        AdminRequest ask = ask();
        if (!has("--late-dir")) {
            throw new UsageException("--late-dir is missing: the application's setting late-dir");
        }
        directory();
        passwordFile();
        waiting();
        only("--limit", ask.command() == AdminRequest.Command.LIST, "list");
        only("--result", ask.command() == AdminRequest.Command.SHOW, "show");
        only(
                "--json",
                ask.command() == AdminRequest.Command.LIST || ask.command() == AdminRequest.Command.SHOW,
                "list and show");
        only("--user", has("--url"), "--url");
        only("--password-file", has("--url"), "--url");
    }

    private void only(String option, boolean allowed, String where) throws UsageException {
        if (has(option) && !allowed) {
            throw new UsageException(option + " goes with " + where + " only");
        }
    }

    private boolean has(String option) {
        return given.containsKey(option);
    }

    boolean isHelp() {
        return has("--help") || has("-h");
    }

    boolean isJson() {
        return has("--json");
    }

    AdminRequest ask() throws UsageException {
        if (words.isEmpty()) {
            throw new UsageException("A command is missing: list, show, retry or discard");
        }
        String word = words.get(0);
        AdminRequest.Command command = AdminRequest.Command.of(word);
        if (command == null || command == AdminRequest.Command.RETRY_ALL) {
            throw new UsageException(
                    "Unknown command: " + TerminalText.text(word) + ". There are list, show, retry and discard");
        }
        if (has("--all")) {
            only("--all", command == AdminRequest.Command.RETRY, "retry");
            requireWords(1, "retry --all takes no id");
            return new AdminRequest(AdminRequest.Command.RETRY_ALL, null, 0, false);
        }
        if (!command.needsId()) {
            requireWords(1, word + " takes no id");
            return AdminRequest.list(number("--limit", DEFAULT_LIMIT, AdminRequest.MAX_LIMIT));
        }
        requireWords(
                2,
                word + " takes exactly one id, in quotes where it has blanks"
                        + (command == AdminRequest.Command.RETRY ? "; or --all" : ""));
        try {
            return new AdminRequest(command, TerminalText.parseId(words.get(1)), 0, has("--result"));
        } catch (IllegalArgumentException e) {
            throw new UsageException("This is no id as it is printed: a backslash is written \\u005c");
        }
    }

    private void requireWords(int number, String otherwise) throws UsageException {
        if (words.size() != number) {
            throw new UsageException(otherwise);
        }
    }

    private int number(String option, int unless, int most) throws UsageException {
        String text = given.get(option);
        if (text == null) {
            return unless;
        }
        int value = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
        if (value < 1 || value > most) {
            throw new UsageException(
                    option + " is a number from 1 to " + most + ", not " + TerminalText.text(text, 100));
        }
        return value;
    }

    private static Path path(String option, String text) throws UsageException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " is no path: " + TerminalText.text(text, 300));
        }
    }

    Path directory() throws UsageException {
        return path("--late-dir", given.getOrDefault("--late-dir", ""));
    }

    Duration waiting() throws UsageException {
        return Duration.ofSeconds(number("--wait", DEFAULT_WAIT, MAX_WAIT));
    }

    @Nullable
    String url() {
        return given.get("--url");
    }

    @Nullable
    String user() {
        return given.get("--user");
    }

    @Nullable
    Path passwordFile() throws UsageException {
        String file = given.get("--password-file");
        return file == null ? null : path("--password-file", file);
    }
}
