package com.playtcha.jakarta.internal.late.store;

import java.util.HexFormat;
import java.util.function.IntPredicate;

/**
 * Encodes any Java string as printable ASCII and back, lone surrogates and NUL included, since databases differ in the
 * characters that they accept and compare as equal. Ordinary texts stay readable.
 */
public final class AsciiText {
    /** The characters stored of an error's text; when each is escaped with six, it still fits its column. */
    public static final int MAX_ERROR = 1000;

    private static final HexFormat HEX = HexFormat.of();

    private AsciiText() {}

    /** Returns the beginning of an error's text. */
    public static String bounded(String error) {
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    /** Returns a text with all but printable ASCII, and the backslash, escaped. */
    public static String encode(String text) {
        return escape(text, c -> c < ' ' || c > '~' || c == '\\');
    }

    /** Reads what {@link #encode} wrote. */
    public static String decode(String ascii) {
        if (ascii.indexOf('\\') < 0) {
            return ascii;
        }
        StringBuilder out = new StringBuilder(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            char c = ascii.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (i + 6 > ascii.length() || ascii.charAt(i + 1) != 'u') {
                throw new IllegalArgumentException("not a text that this library wrote");
            }
            out.append((char) HexFormat.fromHexDigits(ascii, i + 2, i + 6));
            i += 5;
        }
        return out.toString();
    }

    /** Returns equal JSON in ASCII: characters outside of it occur within strings only, where they can be escaped. */
    public static String encodeJson(String json) {
        return escape(json, c -> c >= 0x7f);
    }

    private static String escape(String text, IntPredicate escaped) {
        int plain = 0;
        while (plain < text.length() && !escaped.test(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, plain);
        for (char c : text.substring(plain).toCharArray()) {
            if (escaped.test(c)) {
                out.append("\\u").append(HEX.toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
