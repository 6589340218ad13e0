package com.playtcha.jakarta.internal.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Pointer (RFC 6901).
 *
 * @param text as written, such as {@code /form/playtchaToken}
 * @param tokens its reference tokens, unescaped
 */
public record JsonPointer(String text, List<String> tokens) {

    /** Copies the tokens. */
    public JsonPointer {
        tokens = List.copyOf(tokens);
    }

    /** Parses a pointer that starts with a slash; throws {@code IllegalArgumentException} for any other text. */
    public static JsonPointer parse(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a JSON pointer starts with /");
        }
        List<String> tokens = new ArrayList<>();
        for (String raw : text.substring(1).split("/", -1)) {
            if (raw.replace("~0", "").replace("~1", "").contains("~")) {
                throw new IllegalArgumentException("~ is allowed only in ~0 and ~1 (RFC 6901, section 3)");
            }
            tokens.add(raw.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(text, tokens);
    }

    /** Returns the value in what {@link StrictJson} has read; null if there is none, and for JSON null. */
    public @Nullable Object find(@Nullable Object root) {
        Object at = root;
        for (String token : tokens) {
            if (at instanceof Map<?, ?> map) {
                at = map.get(token);
            } else if (at instanceof List<?> list) {
                at = element(list, token);
            } else {
                return null;
            }
        }
        return at;
    }

    private static @Nullable Object element(List<?> list, String token) {
        boolean index = token.matches("0|[1-9][0-9]{0,8}");
        int i = index ? Integer.parseInt(token) : -1;
        return i >= 0 && i < list.size() ? list.get(i) : null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonPointer that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
