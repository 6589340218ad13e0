package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.util.LogText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Text from outside, escaped so that it cannot control a terminal. */
final class TerminalText {
    private TerminalText() {}

    /** Returns an id as one word of printable ASCII; ordinary ids stay as they are. */
    static String id(String id) {
        return AsciiText.encode(id).replace(" ", "\\u0020");
    }

    /** Reads an id as it is or as {@link #id} returned it; throws IllegalArgumentException for any other backslash. */
    static String parseId(String text) {
        return AsciiText.decode(text);
    }

    /** Returns a text with all but printable characters escaped. */
    static String text(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            out.append(c >= ' ' && c <= '~' ? Character.toString(c) : LogText.clean(Character.toString(c)));
        }
        return out.toString();
    }

    /** Returns the beginning of a text, escaped. */
    static String text(String text, int most) {
        return text.length() <= most ? text(text) : text(text.substring(0, most)) + "...";
    }

    /** Returns a JSON value whose texts, names included, are printable ASCII that can be decoded. */
    static @Nullable Object json(@Nullable Object value) {
        if (value instanceof String text) {
            return AsciiText.encode(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(AsciiText.encode(String.valueOf(name)), json(member)));
            return members;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> members = new ArrayList<>();
            list.forEach(member -> members.add(json(member)));
            return members;
        }
        return value;
    }
}
