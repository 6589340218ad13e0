package com.playtcha.jakarta.internal.request;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds one field in {@code application/x-www-form-urlencoded} (URL Standard, section 5), where no container has parsed
 * the form. Other fields are compared by name and not decoded, so that they neither take memory nor fail.
 */
public final class FormField {
    private final byte[] form;
    private int at;

    private FormField(byte[] form) {
        this.form = form;
    }

    /**
     * Returns the values that are not blank and differ. Two show that the field is ambiguous, so that no more are read, and
     * of a long value only as many bytes as show that it is too long.
     *
     * @param charset an encoding whose first 128 characters are those of ASCII
     * @throws IllegalArgumentException for a percent sign in a value that is not followed by two digits
     */
    public static List<String> values(byte[] form, Charset charset, String name, int maxLength) {
        byte[] nameBytes = name.getBytes(charset);
        FormField reader = new FormField(form);
        List<String> values = new ArrayList<>(2);
        byte[] first = null;
        for (int from = 0; from < form.length && values.size() < 2; ) {
            int end = reader.indexOf('&', from, form.length);
            int equals = reader.indexOf('=', from, end);
            if (equals < end
                    && reader.isEqual(from, equals, nameBytes, nameBytes.length + 1)
                    && !reader.isBlank(equals + 1, end)
                    && (first == null || !reader.isEqual(equals + 1, end, first, maxLength + 1))) {
                first = reader.decode(equals + 1, end, maxLength + 1);
                values.add(new String(first, charset));
            }
            from = end + 1;
        }
        return values;
    }

    private int indexOf(char c, int from, int end) {
        int index = from;
        while (index < end && form[index] != c) {
            index++;
        }
        return index;
    }

    private boolean isEqual(int from, int end, byte[] expected, int max) {
        at = from;
        int length = 0;
        while (at < end && length < max) {
            byte next = next(end);
            if (length == expected.length || next != expected[length]) {
                return false;
            }
            length++;
        }
        return length == expected.length;
    }

    private boolean isBlank(int from, int end) {
        at = from;
        while (at < end) {
            if (!Character.isWhitespace(next(end))) {
                return false;
            }
        }
        return true;
    }

    private byte[] decode(int from, int end, int max) {
        byte[] decoded = new byte[Math.min(end - from, max)];
        int length = 0;
        for (at = from; at < end && length < max; length++) {
            if (form[at] == '%' && !isEscape(end)) {
                throw new IllegalArgumentException("a percent sign that is not followed by two hexadecimal digits");
            }
            decoded[length] = next(end);
        }
        return Arrays.copyOf(decoded, length);
    }

    /** Reads one decoded byte; a percent sign that escapes nothing is left as it is. */
    private byte next(int end) {
        boolean isEscape = form[at] == '%' && isEscape(end);
        byte decoded = isEscape
                ? (byte) (hex(form[at + 1]) << 4 | hex(form[at + 2]))
                : form[at] == '+' ? (byte) ' ' : form[at];
        at += isEscape ? 3 : 1;
        return decoded;
    }

    private boolean isEscape(int end) {
        return at + 2 < end && hex(form[at + 1]) >= 0 && hex(form[at + 2]) >= 0;
    }

    private static int hex(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }
}
