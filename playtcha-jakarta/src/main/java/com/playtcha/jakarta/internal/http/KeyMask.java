package com.playtcha.jakarta.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Hides a key wherever a text repeats it, in whatever way a URL may spell it: each character plain or percent-encoded, by
 * upper-case or lower-case digits, once or several times over, a space also as {@code +}. A service that quotes the
 * request it got may have decoded some of it, or encoded it anew. Not a regular expression: those recurse, and a key may
 * be long.
 */
final class KeyMask {
    /** What is shorter turns up in ordinary words, and is no secret. */
    private static final int SHORTEST = 4;

    private final int[] key;

    /**
     * For one key.
     *
     * @param key null where there is none, and nothing to hide
     */
    KeyMask(@Nullable String key) {
        this.key = key == null || key.length() < SHORTEST
                ? new int[0]
                : key.codePoints().toArray();
    }

    /** The text with something else in place of the key. */
    String masked(String text) {
        if (key.length == 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = end(text, at);
            if (end < 0) {
                shown.append(text.charAt(at++));
            } else {
                shown.append("[key]");
                at = end;
            }
        }
        return shown.toString();
    }

    /** Where a key ends that begins here; -1 where none does. */
    private int end(String text, int start) {
        // More than one where the key holds a percent sign: a 25 after it may be its own, or spell the sign.
        TreeSet<Integer> ends = new TreeSet<>(Set.of(start));
        for (int character : key) {
            TreeSet<Integer> next = new TreeSet<>();
            for (int at : ends) {
                add(text, at, character, next);
                if (character == ' ') {
                    add(text, at, '+', next);
                } else if (character == '+') {
                    // Decoded once too often.
                    add(text, at, ' ', next);
                }
            }
            if (next.isEmpty()) {
                return -1;
            }
            ends = next;
        }
        return ends.last();
    }

    /** Adds where a character ends that begins here. */
    private static void add(String text, int start, int character, Set<Integer> ends) {
        String plain = Character.toString(character);
        if (text.startsWith(plain, start)) {
            ends.add(start + plain.length());
        }
        boolean may = start < text.length() && (text.charAt(start) == '%' || text.charAt(start) >= 0x80);
        if (!may) {
            return;
        }
        Set<Integer> reached = Set.of(start);
        for (byte b : plain.getBytes(StandardCharsets.UTF_8)) {
            Set<Integer> next = new TreeSet<>();
            for (int at : reached) {
                addByte(text, at, b & 0xff, next);
            }
            reached = next;
        }
        ends.addAll(reached);
    }

    private static void addByte(String text, int start, int b, Set<Integer> ends) {
        if (start < text.length() && b >= 0x80 && text.charAt(start) == b) {
            // Headers are decoded byte by byte.
            ends.add(start + 1);
        }
        if (start >= text.length() || text.charAt(start) != '%') {
            return;
        }
        int at = start + 1;
        int digits = hex(text, at);
        while (digits == '%') {
            if (b == '%') {
                ends.add(at + 2);
            }
            at += 2;
            digits = hex(text, at);
        }
        if (digits == b) {
            ends.add(at + 2);
        }
    }

    /** The byte that two digits spell; -1 where there are none. */
    private static int hex(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = digit(text.charAt(at));
        int low = digit(text.charAt(at + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** {@link Character#digit} alone would take the digits of every script. */
    private static int digit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
