package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.util.LogText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Text from outside as it may be printed on a terminal: nothing in it moves a cursor, sets a colour or turns around. */
final class TerminalText {
    private TerminalText() {}

    /**
     * An id as one word of printable ASCII, from which {@link #parseId} makes the id again. Ordinary ids stay as they are.
     */
    static String id(String id) {
        return AsciiText.encode(id).replace(" ", "\\u0020");
    }

    /**
     * An id as a person gives it: as it is, or as it was printed.
     *
     * @throws IllegalArgumentException for a backslash that begins nothing that {@link #id} prints
     */
    static String parseId(String text) {
        return AsciiText.decode(text);
    }

    /** A text for people, whole, with what does not print escaped. */
    static String text(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            out.append(c >= ' ' && c <= '~' ? Character.toString(c) : LogText.clean(Character.toString(c)));
        }
        return out.toString();
    }

    /** The beginning of such a text. */
    static String text(String text, int most) {
        return text.length() <= most ? text(text) : text(text.substring(0, most)) + "...";
    }

    /** A value of JSON whose texts, names included, are escaped to printable ASCII and can be read back. */
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
