package com.playtcha.jakarta.internal.util;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks secrets and tokens in texts that are logged or shown. One of eight characters or more is masked wherever it
 * occurs; a shorter one, which ordinary words may contain, where it is a word of its own.
 */
public final class Redaction {
    private static final int MIN_LENGTH_WITHIN_WORDS = 8;

    private Redaction() {}

    /** Returns the text with the replacement in place of the secret; the text itself if the secret is blank. */
    public static String mask(String text, String secret, String replacement) {
        if (secret.isBlank() || !text.contains(secret)) {
            return text;
        }
        if (secret.length() >= MIN_LENGTH_WITHIN_WORDS) {
            return text.replace(secret, replacement);
        }
        return Pattern.compile("(?<![\\p{L}\\p{N}_])" + Pattern.quote(secret) + "(?![\\p{L}\\p{N}_])")
                .matcher(text)
                .replaceAll(Matcher.quoteReplacement(replacement));
    }
}
