package com.playtcha.jakarta.internal.util;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Escapes text from outside for one log line (docs/contract.md, section 6). */
public final class LogText {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
    private static final int MAX_LENGTH = 300;
    private static final int SHOWN_OF_TOKEN = 8;

    private LogText() {}

    /**
     * Returns one line of bounded length with control and format characters, line separators and lone surrogates
     * escaped; {@code -} for null.
     */
    public static String sanitize(@Nullable String text) {
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
    public static String sanitizeAndMask(@Nullable String text, @Nullable String token) {
        return sanitize(text == null || token == null ? text : Redaction.mask(text, token, prefix(token)));
    }

    /** Returns at most the first 8 characters of a token, and never more than half of it. */
    public static String prefix(String token) {
        return sanitize(token.substring(0, Math.min(SHOWN_OF_TOKEN, token.length() / 2))) + "...";
    }
}
