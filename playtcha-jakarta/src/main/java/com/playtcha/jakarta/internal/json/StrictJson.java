package com.playtcha.jakarta.internal.json;

import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object, strictly: valid in its character set, balanced before any parser sees it, no deeper than
 * allowed, no member twice, nothing but white space after it. Parsers differ in all of these, and some loop for ever on
 * a text that was cut off, so none of them is trusted with it. Thread-safe.
 */
public final class StrictJson {
    private static final int MAX_EXACT_DIGITS = 1000;

    private final JsonParserFactory parsers;

    /** Finds the JSON-P implementation once; a look-up costs far more than a parse. */
    public StrictJson() {
        this.parsers = Json.createParserFactory(Map.of());
    }

    /**
     * Reads one object.
     *
     * @param bytes the whole text
     * @param charset how it is encoded; a byte sequence that is invalid in it is refused
     * @param maxDepth how deep arrays and objects may nest, the outermost counted
     * @return its members in order; values are {@code String}, {@code BigDecimal} ({@code Double} beyond 1000 digits),
     *     {@code Boolean}, {@code List}, {@code Map} or null
     * @throws JsonReadException for anything but exactly one such object
     */
    public Map<String, @Nullable Object> readObject(byte[] bytes, Charset charset, int maxDepth)
            throws JsonReadException {
        String text = decode(bytes, charset);
        requireOneBalancedObject(text, maxDepth);
        try (JsonParser parser = parsers.createParser(new StringReader(text))) {
            return build(parser);
        } catch (RuntimeException e) {
            // Parsers differ in what they throw for a text they refuse, and their messages quote it.
            throw new JsonReadException("not valid JSON");
        }
    }

    private static String decode(byte[] bytes, Charset charset) throws JsonReadException {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new JsonReadException("not valid " + charset.name());
        }
    }

    private static void requireOneBalancedObject(String text, int maxDepth) throws JsonReadException {
        int i = skipWhiteSpace(text, 0);
        if (i == text.length() || text.charAt(i) != '{') {
            throw new JsonReadException("not a JSON object");
        }
        int depth = 0;
        boolean inString = false;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                if (++depth > maxDepth) {
                    throw new JsonReadException("nested deeper than " + maxDepth + " levels");
                }
            } else if ((c == '}' || c == ']') && --depth == 0) {
                if (skipWhiteSpace(text, i + 1) != text.length()) {
                    throw new JsonReadException("more than one JSON object");
                }
                return;
            }
        }
        throw new JsonReadException("cut off");
    }

    private static int skipWhiteSpace(String text, int from) {
        int i = from;
        while (i < text.length() && " \t\r\n".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    private static Map<String, @Nullable Object> build(JsonParser parser) throws JsonReadException {
        Deque<Object> open = new ArrayDeque<>();
        Deque<String> keys = new ArrayDeque<>();
        while (parser.hasNext()) {
            JsonParser.Event event = parser.next();
            switch (event) {
                case START_OBJECT -> open.push(new LinkedHashMap<String, @Nullable Object>());
                case START_ARRAY -> open.push(new ArrayList<@Nullable Object>());
                case KEY_NAME -> keys.push(parser.getString());
                case END_OBJECT, END_ARRAY -> {
                    Object closed = open.pop();
                    if (open.isEmpty()) {
                        return asMap(closed);
                    }
                    add(open, keys, closed);
                }
                default -> add(open, keys, scalar(parser, event));
            }
        }
        throw new JsonReadException("cut off");
    }

    private static @Nullable Object scalar(JsonParser parser, JsonParser.Event event) {
        return switch (event) {
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER -> number(parser.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** Parsers have limits of their own for long numbers, and an exact one of a million digits takes seconds. */
    private static Number number(String digits) {
        return digits.length() <= MAX_EXACT_DIGITS ? new BigDecimal(digits) : Double.valueOf(digits);
    }

    private static void add(Deque<Object> open, Deque<String> keys, @Nullable Object value) throws JsonReadException {
        if (open.isEmpty()) {
            throw new JsonReadException("not a JSON object");
        }
        if (open.peek() instanceof List<?>) {
            asList(open.peek()).add(value);
            return;
        }
        Map<String, @Nullable Object> object = asMap(open.peek());
        String key = keys.pop();
        if (object.containsKey(key)) {
            throw new JsonReadException("a member stands twice in one object");
        }
        object.put(key, value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> asMap(Object container) throws JsonReadException {
        if (container instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new JsonReadException("not a JSON object");
    }

    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> asList(Object container) {
        return (List<@Nullable Object>) container;
    }
}
