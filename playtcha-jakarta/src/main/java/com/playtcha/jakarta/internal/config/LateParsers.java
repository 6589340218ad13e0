package com.playtcha.jakarta.internal.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the text of a setting of late results to its value. No text is quoted in what they refuse. */
final class LateParsers {
    private static final int SHORTEST_KEY = 16;
    private static final long MOST_BYTES = 1L << 40;
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})\\s*([kmg]ib)?");
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

    private LateParsers() {}

    static Path folder(String text) throws Refused {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("it has a control character");
        }
        Path folder = Parsers.path(text);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new Refused("it is there and is not a folder");
        }
        return folder;
    }

    /** A look-up by any other scheme than {@code java:} can leave this process, and bring back foreign code. */
    static String jndiName(String text) throws Refused {
        if (!VISIBLE_ASCII.matcher(text).matches()) {
            throw new Refused("it has a space or a character outside of visible ASCII");
        }
        String name = text.startsWith("java:") ? text.substring("java:".length()) : text;
        if (name.contains(":")) {
            throw new Refused("it has a colon that does not end java:, as names of remote directories have");
        }
        if (name.isEmpty()) {
            throw new Refused("it names nothing");
        }
        return text;
    }

    static String callbackKey(String text) throws Refused {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("it has a control character");
        }
        if (text.length() < SHORTEST_KEY) {
            throw new Refused("it is shorter than " + SHORTEST_KEY + " characters");
        }
        return text;
    }

    static long size(String text) throws Refused {
        Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new Refused("it is not a number of bytes, KiB, MiB or GiB");
        }
        int shift = matcher.group(2) == null
                ? 0
                : switch (matcher.group(2).charAt(0)) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    default -> 30;
                };
        long number = Long.parseLong(matcher.group(1));
        if (number < 1 || number > MOST_BYTES >> shift) {
            throw new Refused("it is out of range");
        }
        return number << shift;
    }
}
