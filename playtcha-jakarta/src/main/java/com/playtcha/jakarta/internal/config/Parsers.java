package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.InvalidValueException.rejectIf;

import com.playtcha.jakarta.internal.config.Setting.Parser;
import com.playtcha.jakarta.internal.json.JsonPointer;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parsers of values. Those of URLs and paths are in {@link UrlParsers}. */
final class Parsers {
    private static final Pattern MILLIS = Pattern.compile("[0-9]+[mM][sS]");
    private static final Pattern SHORT_DURATION = Pattern.compile("[0-9]+[smhSMH]");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})\\s*([kmg]ib)?");
    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern GUARD_NAME = Pattern.compile("[a-z][a-z0-9]*");
    private static final Pattern HTTP_TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");
    private static final Set<String> YES = Set.of("true", "1", "yes", "on");
    private static final Set<String> NO = Set.of("false", "0", "no", "off");
    private static final Set<String> DISPATCHER_TYPES = Set.of("REQUEST", "FORWARD", "INCLUDE", "ERROR", "ASYNC");
    private static final int SHORTEST_KEY = 16;
    private static final long LARGEST_SIZE = 1L << 40;

    private Parsers() {}

    static boolean isOff(String text) {
        return text.equalsIgnoreCase("off");
    }

    static boolean bool(String text) throws InvalidValueException {
        String word = text.toLowerCase(Locale.ROOT);
        rejectIf(!YES.contains(word) && !NO.contains(word), "it is neither true nor false");
        return YES.contains(word);
    }

    /** Parses one of two words; the second is true. */
    static Parser<Boolean> either(String first, String second) {
        return text -> {
            rejectIf(!text.equalsIgnoreCase(first) && !text.equalsIgnoreCase(second), "it is neither of the two words");
            return text.equalsIgnoreCase(second);
        };
    }

    static Parser<Integer> number(int least, int most) {
        return text -> {
            rejectIf(!DIGITS.matcher(text).matches(), "it is not a whole number written in digits");
            // Ten digits hold every int and no more than a long.
            long value = text.length() > 10 ? Long.MAX_VALUE : Long.parseLong(text);
            rejectIf(value < least || value > most, "it is out of range");
            return (int) value;
        };
    }

    static OptionalInt limit(String text) throws InvalidValueException {
        if (isOff(text) || text.equalsIgnoreCase("unlimited")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(number(0, Integer.MAX_VALUE).parse(text));
    }

    static Parser<Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration value = duration(text);
            rejectIf(value.compareTo(least) < 0, "it is too short");
            rejectIf(value.compareTo(most) > 0, "it is too long");
            return value;
        };
    }

    private static Duration duration(String text) throws InvalidValueException {
        rejectIf(DIGITS.matcher(text).matches(), "it has no unit");
        try {
            if (MILLIS.matcher(text).matches()) {
                return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
            }
            return Duration.parse(SHORT_DURATION.matcher(text).matches() ? "PT" + text : text);
        } catch (DateTimeParseException | NumberFormatException | ArithmeticException e) {
            throw new InvalidValueException("it is not a duration");
        }
    }

    static long size(String text) throws InvalidValueException {
        Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        rejectIf(!matcher.matches(), "it is not a number of bytes, KiB, MiB or GiB");
        int shift = matcher.group(2) == null
                ? 0
                : 10 * (1 + "kmg".indexOf(matcher.group(2).charAt(0)));
        long number = Long.parseLong(matcher.group(1));
        rejectIf(number < 1 || number > LARGEST_SIZE >> shift, "it is out of range");
        return number << shift;
    }

    static Path path(String text) throws InvalidValueException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidValueException("it is not a file name");
        }
    }

    static Path folder(String text) throws InvalidValueException {
        Path folder = path(withoutControls(text));
        rejectIf(Files.exists(folder) && !Files.isDirectory(folder), "it exists and is not a folder");
        return folder;
    }

    /** A look-up by any other scheme than {@code java:} can leave this process and load foreign code. */
    static String jndiName(String text) throws InvalidValueException {
        String name = text.startsWith("java:") ? text.substring("java:".length()) : text;
        rejectIf(
                !VISIBLE_ASCII.matcher(name).matches(),
                "it is empty, or has a space or a character outside of visible ASCII");
        rejectIf(name.contains(":"), "it has a colon outside of the scheme java:, as names of remote directories have");
        return text;
    }

    static Charset charset(String text) throws InvalidValueException {
        try {
            return Charset.forName(text);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new InvalidValueException("this Java platform does not support it");
        }
    }

    static JsonPointer pointer(String text) throws InvalidValueException {
        try {
            return JsonPointer.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(String.valueOf(e.getMessage()));
        }
    }

    static String callbackKey(String text) throws InvalidValueException {
        rejectIf(text.length() < SHORTEST_KEY, "it is shorter than " + SHORTEST_KEY + " characters");
        return withoutControls(text);
    }

    static String withoutControls(String text) throws InvalidValueException {
        rejectIf(
                text.chars().anyMatch(Character::isISOControl),
                "it has a control character, such as a line break or a tab");
        return text;
    }

    static String httpToken(String text) throws InvalidValueException {
        rejectIf(
                !HTTP_TOKEN.matcher(text).matches(),
                "it has a character that RFC 9110, section 5.6.2, does not allow in a token");
        return text;
    }

    static Set<String> methods(String text) throws InvalidValueException {
        return isOff(text) ? Set.of() : new LinkedHashSet<>(list(text, Parsers::httpToken));
    }

    static Set<String> dispatchers(String text) throws InvalidValueException {
        return new LinkedHashSet<>(list(text, type -> {
            rejectIf(!DISPATCHER_TYPES.contains(type), "it names a dispatcher type that does not exist");
            return type;
        }));
    }

    static List<String> urlPatterns(String text) throws InvalidValueException {
        return isOff(text) ? List.of() : list(text, UrlParsers::pattern);
    }

    static List<String> guardNames(String text) throws InvalidValueException {
        if (isOff(text)) {
            return List.of();
        }
        List<String> names = list(text, Parsers::guardName);
        rejectIf(names.contains(GuardSettings.DEFAULT_NAME), "the guard default exists without a declaration");
        rejectIf(names.size() < items(text).size(), "it has a name twice");
        return names;
    }

    static String guardName(String name) throws InvalidValueException {
        rejectIf(
                !GUARD_NAME.matcher(name).matches(),
                "a name is a lower-case letter, then lower-case letters and digits");
        return name;
    }

    /** Splits at commas and white space; each item once. */
    private static List<String> list(String text, Parser<String> parser) throws InvalidValueException {
        Set<String> parsed = new LinkedHashSet<>();
        for (String item : items(text)) {
            parsed.add(parser.parse(item));
        }
        rejectIf(parsed.isEmpty(), "the list is empty");
        return List.copyOf(parsed);
    }

    static List<String> items(String text) {
        return SEPARATOR.splitAsStream(text).filter(item -> !item.isEmpty()).toList();
    }
}
