package com.playtcha.jakarta.internal.util;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options and words of a command line. */
public final class Arguments {
    private final Map<String, String> options = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    /** Thrown for a command line that cannot be run; the message says what is wrong and what is allowed. */
    public static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UsageException(String message) {
            super(message);
        }
    }

    /**
     * Parses arguments; {@code --} ends the options.
     *
     * @param flags the options without a value
     * @param valued the options with a value, which follows {@code =} or is the next argument
     */
    public Arguments(Set<String> flags, Set<String> valued, String... arguments) {
        boolean onlyWords = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (onlyWords || !argument.startsWith("-")) {
                words.add(argument);
            } else if (argument.equals("--")) {
                onlyWords = true;
            } else if (flags.contains(argument)) {
                options.put(argument, "");
            } else if (valued.contains(name)) {
                String value =
                        equals >= 0 ? argument.substring(equals + 1) : ++i < arguments.length ? arguments[i] : "";
                if (value.isEmpty()) {
                    throw new UsageException(name + " needs a value");
                }
                options.put(name, value);
            } else {
                throw new UsageException("Unknown option: " + LogText.escape(name));
            }
        }
    }

    public List<String> words() {
        return words;
    }

    /** Returns the word at this position, "" if there are fewer. */
    public String word(int index) {
        return index < words.size() ? words.get(index) : "";
    }

    public boolean has(String option) {
        return options.containsKey(option);
    }

    public @Nullable String value(String option) {
        return options.get(option);
    }

    /**
     * Returns the path that is the value of an option, null without it.
     *
     * @throws UsageException where it is none, as one with letters that the locale does not have
     */
    public @Nullable Path path(String option) {
        String text = options.get(option);
        try {
            return text == null ? null : Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " is no path here: " + LogText.escape(String.valueOf(e.getMessage()))
                    + ". Where it has other letters than ASCII, set the locale of the system, such as LC_ALL=C.UTF-8");
        }
    }
}
