package com.playtcha.jakarta.internal.late.callback;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The three fields of a callback, from its query and its body ({@code application/x-www-form-urlencoded}, URL Standard,
 * section 5). Read by ourselves, since containers bound forms below what a result may have (Jetty: 200,000 bytes and
 * 1,000 fields), decode by their own default charset, and replace what is no UTF-8: a result that was changed on the way
 * would be kept as if it were the real one. Looks at each byte once and keeps nothing but the three fields.
 */
final class CallbackForm {
    private static final byte[] KEY = name("key");
    private static final byte[] ID = name("id");
    private static final byte[] CODE = name("code");
    /** One is enough to know that not all are the right one. */
    private static final int MOST_KEYS = 2;
    /** Too short for any. */
    private static final String NO_KEY = "";

    private final Set<String> keys = new LinkedHashSet<>();
    private @Nullable String id;
    private @Nullable String code;
    private boolean contradictory;
    private boolean malformed;

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Adds a key from a header, which most containers decode as ISO-8859-1, whatever was sent. */
    void addKeyHeader(String value) {
        boolean bytes = value.chars().allMatch(c -> c < 256);
        String utf8 = bytes ? utf8(value.getBytes(StandardCharsets.ISO_8859_1)) : null;
        addKey(utf8 == null ? value : utf8);
    }

    /** Adds the fields of a query, as it was sent; a raw character that no URI may have makes it malformed. */
    void addQuery(@Nullable String query) {
        if (query != null) {
            malformed |= query.chars().anyMatch(c -> c < ' ' || c > '~');
            addEncoded(query.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Adds the fields of a form whose end is missing; not the last one, of which more might follow. */
    void addBeginning(byte[] encoded) {
        int end = encoded.length;
        while (end > 0 && encoded[end - 1] != '&') {
            end--;
        }
        addEncoded(Arrays.copyOf(encoded, end));
    }

    /** Adds the fields of a query or a form, whole. */
    void addEncoded(byte[] encoded) {
        int start = 0;
        while (start < encoded.length) {
            int end = indexOf(encoded, '&', start, encoded.length);
            int equals = indexOf(encoded, '=', start, end);
            byte[] name = decoded(encoded, start, equals);
            byte[] value = decoded(encoded, Math.min(equals + 1, end), end);
            if (name == null || value == null) {
                malformed = true;
            }
            if (name != null) {
                add(name, value);
            }
            start = end + 1;
        }
    }

    private void add(byte[] name, byte @Nullable [] value) {
        boolean known = Arrays.equals(name, KEY) || Arrays.equals(name, ID) || Arrays.equals(name, CODE);
        if (!known) {
            return;
        }
        String text = value == null ? null : utf8(value);
        if (Arrays.equals(name, KEY)) {
            addKey(text == null ? NO_KEY : text);
        } else if (text == null) {
            malformed = true;
        } else if (Arrays.equals(name, ID)) {
            addId(text);
        } else {
            addCode(text);
        }
    }

    /** Takes the fields as a container has decoded them, those of the query among them. */
    void addParameters(Map<String, String[]> parameters) {
        String[] none = {};
        id = null;
        code = null;
        contradictory = false;
        for (String value : parameters.getOrDefault("key", none)) {
            addKey(value);
        }
        for (String value : parameters.getOrDefault("id", none)) {
            malformed |= isDamaged(value);
            addId(value);
        }
        for (String value : parameters.getOrDefault("code", none)) {
            malformed |= isDamaged(value);
            addCode(value);
        }
    }

    /** Containers put this character where bytes were no UTF-8. */
    private static boolean isDamaged(String value) {
        return value.indexOf('\ufffd') >= 0;
    }

    private void addKey(String value) {
        if (keys.size() < MOST_KEYS) {
            keys.add(value);
        }
    }

    private void addId(String value) {
        contradictory |= id != null && !id.equals(value);
        id = value;
    }

    private void addCode(String value) {
        contradictory |= code != null && !code.equals(value);
        code = value;
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** Null where a percent sign stands without two hexadecimal digits after it. */
    private static byte @Nullable [] decoded(byte[] bytes, int from, int to) {
        byte[] plain = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int high = i + 2 < to ? hex(bytes[i + 1]) : -1;
                int low = i + 2 < to ? hex(bytes[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                b = (byte) (high << 4 | low);
                i += 2;
            } else if (b == '+') {
                b = ' ';
            }
            plain[length++] = b;
        }
        return Arrays.copyOf(plain, length);
    }

    /** {@link Character#digit} alone would take the digits of every script. */
    private static int hex(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** All different keys so far, but no more than it takes to know that one is wrong. */
    Set<String> keys() {
        return keys;
    }

    /** The last one; null where there is none. */
    @Nullable
    String id() {
        return id;
    }

    /** The last one; an empty one is none. */
    @Nullable
    String code() {
        return code == null || code.isEmpty() ? null : code;
    }

    /** Whether there is a second id, or a second code, that is another. The same one again says nothing new. */
    boolean isContradictory() {
        return contradictory;
    }

    /** Whether something is no form, or a field of ours no UTF-8. */
    boolean isMalformed() {
        return malformed;
    }
}
