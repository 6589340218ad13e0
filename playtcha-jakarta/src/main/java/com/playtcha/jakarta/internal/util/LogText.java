package com.playtcha.jakarta.internal.util;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Escapes text from outside for one log line (contract, section 6). */
public final class LogText {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
    private static final int MAX_LENGTH = 300;
    private static final int SHOWN_OF_TOKEN = 8;
    /** Shorter texts occur in ordinary words; no real token is that short. */
    private static final int SHORTEST_HIDDEN = 6;

    private LogText() {}

    /**
     * Returns one line of bounded length with control and format characters, line separators and lone surrogates
     * escaped; {@code -} for null.
     */
    public static String clean(@Nullable String text) {
        if (text == null) {
            return "-";
        }
        return text.length() <= MAX_LENGTH ? escape(text) : escape(text.substring(0, MAX_LENGTH)) + "...";
    }

    /** Returns the text on one line, with the same characters escaped, in its whole length. */
    public static String escape(String text) {
        return UNPRINTABLE
                .matcher(text)
                .replaceAll(found -> String.format("\\\\u%04x", found.group().codePointAt(0)));
    }

    /** The same with the token shortened wherever the text repeats it. */
    public static String cleanWithout(@Nullable String text, @Nullable String token) {
        if (text == null || token == null || token.length() < SHORTEST_HIDDEN) {
            return clean(text);
        }
        return clean(text.replace(token, prefix(token)));
    }

    /** Returns at most the first 8 characters of a token, and never more than half of it. */
    public static String prefix(String token) {
        return clean(token.substring(0, Math.min(SHOWN_OF_TOKEN, token.length() / 2))) + "...";
    }
}
