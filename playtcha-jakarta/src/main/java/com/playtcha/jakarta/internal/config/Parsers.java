package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.json.JsonPointer;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From a setting's text to its value. No text is quoted in what they refuse. */
final class Parsers {
    static final String OFF = "off";

    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*");
    private static final Pattern HTTP_TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> YES = Set.of("true", "1", "yes", "on");
    private static final Set<String> NO = Set.of("false", "0", "no", OFF);
    private static final Set<String> DISPATCHER_TYPES = Set.of("REQUEST", "FORWARD", "INCLUDE", "ERROR", "ASYNC");

    private Parsers() {}

    static boolean isOff(String text) {
        return text.equalsIgnoreCase(OFF);
    }

    /** The value of a key that {@code off} switches off. */
    static <T> Setting.Parser<Optional<T>> orOff(Setting.Parser<T> parser) {
        return text -> isOff(text) ? Optional.empty() : Optional.of(parser.parse(text));
    }

    static boolean bool(String text) throws Refused {
        String word = text.toLowerCase(Locale.ROOT);
        if (!YES.contains(word) && !NO.contains(word)) {
            throw new Refused("it is neither true nor false");
        }
        return YES.contains(word);
    }

    /** True for the second of two words. */
    static Setting.Parser<Boolean> either(String usual, String other) {
        return text -> {
            if (!text.equalsIgnoreCase(usual) && !text.equalsIgnoreCase(other)) {
                throw new Refused("it is neither of the two words");
            }
            return text.equalsIgnoreCase(other);
        };
    }

    static Setting.Parser<Integer> number(int least, int most) {
        return text -> {
            if (!DIGITS.matcher(text).matches()) {
                throw new Refused("it is not a whole number written in digits");
            }
            // Ten digits hold every int and no more than a long.
            long value = text.length() > 10 ? Long.MAX_VALUE : Long.parseLong(text);
            if (value < least || value > most) {
                throw new Refused("it is out of range");
            }
            return (int) value;
        };
    }

    static OptionalInt limit(String text) throws Refused {
        if (isOff(text) || text.equalsIgnoreCase("unlimited")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(number(0, Integer.MAX_VALUE).parse(text));
    }

    static Setting.Parser<Duration> duration(Duration least) {
        return duration(least, LONGEST);
    }

    static Setting.Parser<Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration value = duration(text);
            if (value.isZero() || value.isNegative()) {
                throw new Refused("it is not above zero");
            }
            if (value.compareTo(least) < 0) {
                throw new Refused("it is too short");
            }
            if (value.compareTo(most) > 0) {
                throw new Refused("it is too long");
            }
            return value;
        };
    }

    private static Duration duration(String text) throws Refused {
        String lower = text.toLowerCase(Locale.ROOT);
        if (DIGITS.matcher(lower).matches()) {
            throw new Refused("it has no unit");
        }
        Matcher matcher = SHORT_DURATION.matcher(lower);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new Refused("it is not a duration");
        }
    }

    static Path path(String text) throws Refused {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new Refused("it is not a file name");
        }
    }

    static Charset charset(String text) throws Refused {
        try {
            return Charset.forName(text);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new Refused("this Java platform does not know it");
        }
    }

    static JsonPointer pointer(String text) throws Refused {
        try {
            return JsonPointer.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    static String parameterName(String text) throws Refused {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("it has a control character");
        }
        return text;
    }

    static String httpToken(String text) throws Refused {
        if (!HTTP_TOKEN.matcher(text).matches()) {
            throw new Refused("it has a character that RFC 9110, section 5.6.2, does not allow in a token");
        }
        return text;
    }

    static Set<String> methods(String text) throws Refused {
        Set<String> methods = new LinkedHashSet<>();
        if (!isOff(text)) {
            for (String method : list(text)) {
                methods.add(httpToken(method));
            }
        }
        return Collections.unmodifiableSet(methods);
    }

    static Set<String> dispatchers(String text) throws Refused {
        Set<String> types = new LinkedHashSet<>();
        for (String type : list(text)) {
            if (!DISPATCHER_TYPES.contains(type)) {
                throw new Refused("it names a dispatcher type that does not exist");
            }
            types.add(type);
        }
        return Collections.unmodifiableSet(types);
    }

    static List<String> urlPatterns(String text) throws Refused {
        if (isOff(text)) {
            return List.of();
        }
        List<String> patterns = list(text);
        for (String pattern : patterns) {
            Urls.checkPattern(pattern);
        }
        return patterns;
    }

    static List<String> guards(String text) throws Refused {
        if (isOff(text)) {
            return List.of();
        }
        List<String> names = items(text);
        for (String name : names) {
            guard(name);
            if (name.equals(GuardSettings.DEFAULT_NAME)) {
                throw new Refused("default is the guard that needs no declaration");
            }
        }
        if (names.stream().distinct().count() < names.size()) {
            throw new Refused("a name stands there twice");
        }
        if (names.isEmpty()) {
            throw new Refused("it names nothing");
        }
        return names;
    }

    static String guard(String name) throws Refused {
        if (!NAME.matcher(name).matches()) {
            throw new Refused("a name is a lower-case letter, then lower-case letters and digits");
        }
        return name;
    }

    /** Separated by commas or white space, each once. */
    private static List<String> list(String text) throws Refused {
        List<String> items = items(text).stream().distinct().toList();
        if (items.isEmpty()) {
            throw new Refused("it names nothing");
        }
        return items;
    }

    static List<String> items(String text) {
        return SEPARATOR.splitAsStream(text).filter(item -> !item.isEmpty()).toList();
    }
}
