package com.playtcha.jakarta.internal.request;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds one field of {@code application/x-www-form-urlencoded} (URL Standard, section 5) where no container has parsed
 * the form.
 */
public final class FormFields {
    private FormFields() {}

    public static boolean collect(byte[] encoded, Charset charset, String name, List<String> values) {
        int start = 0;
        while (start <= encoded.length) {
            int end = indexOf(encoded, '&', start, encoded.length);
            int equals = indexOf(encoded, '=', start, end);
            if (!isEncoded(encoded, start, end)) {
                return false;
            }
            if (decoded(encoded, start, equals, charset).equals(name)) {
                values.add(decoded(encoded, Math.min(equals + 1, end), end, charset));
            }
            start = end + 1;
        }
        return true;
    }

    /** The same for a query without its question mark. */
    public static boolean collect(String query, String name, List<String> values) {
        return collect(query.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8, name, values);
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    private static boolean isEncoded(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '%') {
                if (i + 2 >= to || hex(bytes[i + 1]) < 0 || hex(bytes[i + 2]) < 0) {
                    return false;
                }
                i += 2;
            }
        }
        return true;
    }

    /** {@link Character#digit} would take the digits of every script. */
    private static int hex(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }

    private static String decoded(byte[] bytes, int from, int to, Charset charset) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            if (bytes[i] == '%') {
                plain.write(hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]));
                i += 2;
            } else {
                plain.write(bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }
        return plain.toString(charset);
    }
}
