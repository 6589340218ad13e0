package com.playtcha.jakarta.internal.late.store;

import java.util.HexFormat;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Encodes any Java string as printable ASCII and back, lone surrogates and NUL included, since databases differ in the
 * characters that they accept and compare as equal. Ordinary texts stay readable.
 */
public final class AsciiText {
    /** The characters stored of an error's text; when each is escaped with six, it still fits its column. */
    public static final int MAX_ERROR = 1000;

    private static final HexFormat HEX = HexFormat.of();
    /** Without digits, which are no number, where a backslash begins no escape. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\u?(\\p{XDigit}{4}|)");

    private AsciiText() {}

    /** Returns the beginning of an error's text. */
    public static String bounded(String error) {
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    /** Returns a text with all but printable ASCII, and the backslash, escaped. */
    public static String encode(String text) {
        return escape(text, c -> c < ' ' || c > '~' || c == '\\');
    }

    /** Reads what {@link #encode} wrote; throws IllegalArgumentException for another text. */
    public static String decode(String ascii) {
        return ascii.indexOf('\\') < 0
                ? ascii
                : ESCAPE.matcher(ascii)
                        .replaceAll(escape -> Matcher.quoteReplacement(
                                Character.toString((char) Integer.parseInt(escape.group(1), 16))));
    }

    /** Returns equal JSON in ASCII: characters outside of it occur within strings only, where they can be escaped. */
    public static String encodeJson(String json) {
        return escape(json, c -> c >= 0x7f);
    }

    private static String escape(String text, IntPredicate escaped) {
        if (text.chars().noneMatch(escaped)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (escaped.test(c)) {
                out.append("\\u").append(HEX.toHexDigits((char) c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
