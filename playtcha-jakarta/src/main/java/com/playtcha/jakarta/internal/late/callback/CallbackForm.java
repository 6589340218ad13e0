package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.request.ContainerErrors;
import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a callback, from its query and its form body. Parsed here, since containers limit forms below the size of
 * a result, choose their own charset, and replace malformed bytes: a damaged result would be stored as the real one.
 */
final class CallbackForm {
    /** A result of 64 KiB takes three times as much when each of its bytes is percent-encoded. */
    static final int MAX_BODY = 512 * 1024;

    /** A form of many values would take more than ten times its size, and a second one shows that they differ. */
    private static final int MAX_VALUES = 2;

    /** Nobody sends that many, and one wrong key is enough. */
    private static final int MAX_KEYS = 100;

    /** One more than a result may have; ids are shorter, and so are the keys of a file. */
    private static final int MAX_CHARS = LateInbox.MAX_CODE_BYTES + 1;

    private static final String TOO_LARGE = "its body is larger than " + MAX_BODY + " bytes";
    private static final String UNREADABLE = "its body cannot be read";

    private final Set<String> keys = new LinkedHashSet<>();
    private final Set<String> ids = new LinkedHashSet<>();
    private final Set<String> codes = new LinkedHashSet<>();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer chars = CharBuffer.allocate(1024);
    private boolean malformed;

    private void add(@Nullable String name, @Nullable String value) {
        malformed |= name == null || value == null;
        String text = value == null ? "" : value;
        switch (name == null ? "" : name) {
            case "key" -> addKey(text);
            case "id" -> addValue(ids, text);
            case "code" -> addValue(codes, text);
            default -> {}
        }
    }

    private void addKey(String text) {
        // An empty key is wrong, so that what is not kept cannot be the wrong one that is overlooked.
        keys.add(keys.size() < MAX_KEYS ? text : "");
    }

    private static void addValue(Set<String> values, String text) {
        if (values.size() < MAX_VALUES) {
            values.add(text);
        }
    }

    /** Adds a key from a header, which most containers decode as ISO-8859-1 although clients send UTF-8. */
    void addKeyHeader(String value) {
        String utf8 = value.chars().anyMatch(c -> c > 255)
                ? null
                : utf8(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)));
        addKey(utf8 == null ? value : utf8);
    }

    void addQuery(@Nullable String query) {
        if (query != null) {
            malformed |= query.chars().anyMatch(c -> c < ' ' || c > '~');
            addEncoded(query.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    static boolean isIn(HttpServletRequest request) {
        return request.getMethod().equals("POST")
                && MediaTypes.isUrlEncodedForm(MediaTypes.essence(request.getContentType()));
    }

    /** Adds the fields of the body; returns why it cannot be read, or null. */
    @Nullable
    String addBody(HttpServletRequest request) {
        try {
            if (request.getContentLengthLong() > MAX_BODY) {
                return TOO_LARGE;
            }
            byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                return TOO_LARGE;
            }
            if (body.length == 0 && request.getContentLengthLong() != 0) {
                addParsed(request.getParameterMap());
            } else {
                addEncoded(body);
            }
            return null;
        } catch (IOException e) {
            return UNREADABLE;
        } catch (RuntimeException e) {
            if (ContainerErrors.status(e) == 0) {
                throw e;
            }
            return UNREADABLE;
        }
    }

    /** Adds what the container has parsed, query included: a filter in front has already read the body. */
    private void addParsed(Map<String, String[]> parameters) {
        ids.clear();
        codes.clear();
        for (String name : List.of("key", "id", "code")) {
            for (String value : parameters.getOrDefault(name, new String[0])) {
                // Containers put U+FFFD where bytes are not UTF-8.
                malformed |= value.indexOf('\ufffd') >= 0;
                add(name, value);
            }
        }
    }

    /** Decodes in place, and in parts: texts of the whole and of each pair would take many times its size. */
    private void addEncoded(byte[] form) {
        for (int from = 0, end; from < form.length; from = end + 1) {
            end = indexOf(form, '&', from, form.length);
            if (end > from) {
                int equals = indexOf(form, '=', from, end);
                add(decoded(form, from, equals), equals == end ? "" : decoded(form, equals + 1, end));
            }
        }
    }

    private static int indexOf(byte[] form, char c, int from, int end) {
        int index = from;
        while (index < end && form[index] != c) {
            index++;
        }
        return index;
    }

    /** Returns null where it is not percent-encoded UTF-8, and of a longer text what {@link #utf8} does. */
    private @Nullable String decoded(byte[] form, int from, int end) {
        int length = 0;
        for (int at = from; at < end; length++) {
            int decoded = form[at] == '+' ? ' ' : form[at];
            if (decoded == '%') {
                int high = at + 2 < end ? Character.digit(form[at + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(form[at + 2], 16);
                if (low < 0) {
                    return null;
                }
                decoded = high << 4 | low;
                at += 2;
            }
            form[from + length] = (byte) decoded;
            at++;
        }
        return utf8(ByteBuffer.wrap(form, from, length));
    }

    /** Returns null where it is not UTF-8; of a text that is too long for any field, no more than shows that it is. */
    private @Nullable String utf8(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder(Math.min(bytes.remaining(), MAX_CHARS));
        decoder.reset();
        for (CoderResult result = CoderResult.OVERFLOW; result.isOverflow(); ) {
            result = decoder.decode(bytes, chars.clear(), true);
            text.append(chars.flip(), 0, Math.min(chars.length(), MAX_CHARS - text.length()));
            if (result.isError()) {
                return null;
            }
        }
        return text.toString();
    }

    Set<String> keys() {
        return keys;
    }

    /** Returns "" where there is none. */
    String id() {
        return ids.stream().findFirst().orElse("");
    }

    /** Returns "" where there is none. */
    String code() {
        return codes.stream().findFirst().orElse("");
    }

    /** Returns why the fields are refused, or null. */
    @Nullable
    String problem() {
        if (malformed) {
            return "its fields are not percent-encoded UTF-8";
        }
        if (ids.size() > 1 || codes.size() > 1) {
            return "it has two different ids or codes";
        }
        if (!Ids.isValid(id())) {
            return "it has no id, or one of more than " + Ids.MAX_LENGTH + " characters";
        }
        if (id().chars().anyMatch(Character::isISOControl)) {
            return "its id has control characters";
        }
        if (code().getBytes(StandardCharsets.UTF_8).length > LateInbox.MAX_CODE_BYTES) {
            return "its code is larger than " + LateInbox.MAX_CODE_BYTES + " bytes";
        }
        return null;
    }
}
