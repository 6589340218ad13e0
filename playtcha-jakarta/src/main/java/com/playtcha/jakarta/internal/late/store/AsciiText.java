package com.playtcha.jakarta.internal.late.store;

import java.util.HexFormat;

/**
 * Any Java string as printable ASCII and back, lone surrogates and NUL included: databases differ in what characters
 * they take, which they fold together, and which they end a text at. Ordinary texts stay readable.
 */
public final class AsciiText {
    /** In characters: how much of an error's text is kept; six times as long it still fits its column. */
    public static final int MAX_ERROR = 1000;

    private static final HexFormat HEX = HexFormat.of();

    private AsciiText() {}

    /** As much of an error's text as is kept. */
    public static String bounded(String error) {
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    /** Writes a text in ASCII. */
    public static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~' && c != '\\') {
                out.append(c);
            } else {
                escape(out, c);
            }
        }
        return out.toString();
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

    /** JSON with nothing but ASCII in it, and the same meaning: outside ASCII, JSON has characters only within strings. */
    public static String encodeJson(String json) {
        StringBuilder out = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 0x7f) {
                out.append(c);
            } else {
                escape(out, c);
            }
        }
        return out.toString();
    }

    private static void escape(StringBuilder out, char c) {
        out.append("\\u").append(HEX.toHexDigits(c));
    }
}
