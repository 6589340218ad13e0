package com.playtcha.jakarta.internal.json;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object strictly: valid in its character set, no deeper than allowed, no member twice, nothing but white
 * space after it. Parsers differ in all of these, and some loop forever on truncated text, so that a {@link JsonScanner}
 * checks the text before a parser reads it. Thread-safe.
 */
public final class StrictJson {
    private static final int MAX_DIGITS = 1000;

    private final JsonParserFactory parsers;

    /** Looks up the JSON-P implementation once; a look-up costs far more than a parse. */
    public StrictJson() {
        this.parsers = Json.createParserFactory(Map.of());
    }

    /**
     * Reads one object.
     *
     * @param maxDepth how deep arrays and objects may nest, the outermost counted
     * @return its members in order; values are {@code String}, {@code BigDecimal} (cut to 1000 digits), {@code Boolean},
     *     {@code List}, {@code Map} or null; all lists and maps are unmodifiable
     */
    public Map<String, @Nullable Object> readObject(byte[] bytes, Charset charset, int maxDepth)
            throws JsonReadException {
        return readObject(bytes, charset, maxDepth, UnaryOperator.identity());
    }

    /** As {@link #readObject(byte[], Charset, int)}; {@code filter} replaces names and strings. */
    public Map<String, @Nullable Object> readObject(
            byte[] bytes, Charset charset, int maxDepth, UnaryOperator<String> filter) throws JsonReadException {
        JsonScanner scanner = new JsonScanner(bytes, charset, maxDepth);
        if (scanner.peekToken() != '{') {
            throw new JsonReadException("not a JSON object");
        }
        scanner.skipValue();
        scanner.readEnd();
        try (JsonParser parser = parsers.createParser(new StringReader(new String(bytes, charset)))) {
            parser.next();
            return object(parser, filter);
        } catch (JsonException | NoSuchElementException e) {
            // Their messages quote the text. Any other exception is a bug of the parser, or of this class.
            throw new JsonReadException("not valid JSON");
        }
    }

    /** Recursive: the depth is limited before. A parser that runs out of events throws. */
    private static @Nullable Object value(JsonParser parser, Event first, UnaryOperator<String> filter)
            throws JsonReadException {
        if (first == Event.START_OBJECT) {
            return object(parser, filter);
        }
        if (first == Event.START_ARRAY) {
            List<@Nullable Object> elements = new ArrayList<>();
            for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
                elements.add(value(parser, event, filter));
            }
            return Collections.unmodifiableList(elements);
        }
        if (first == Event.VALUE_STRING) {
            return filter.apply(parser.getString());
        }
        if (first == Event.VALUE_NUMBER) {
            return number(parser.getString());
        }
        return first == Event.VALUE_NULL ? null : first == Event.VALUE_TRUE;
    }

    private static Map<String, @Nullable Object> object(JsonParser parser, UnaryOperator<String> filter)
            throws JsonReadException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.next() == Event.KEY_NAME) {
            String key = filter.apply(parser.getString());
            if (members.containsKey(key)) {
                throw new JsonReadException("a member occurs twice in one object");
            }
            members.put(key, value(parser, parser.next(), filter));
        }
        return Collections.unmodifiableMap(members);
    }

    /** Parsers limit long numbers in different ways, and an exact one of a million digits takes seconds. */
    private static BigDecimal number(String text) throws JsonReadException {
        int exponentAt = Math.max(text.indexOf('e'), text.indexOf('E'));
        String significand = exponentAt < 0 ? text : text.substring(0, exponentAt);
        try {
            if (significand.length() <= MAX_DIGITS) {
                return new BigDecimal(text);
            }
            int point = significand.indexOf('.');
            int droppedDigits = Math.max(0, (point < 0 ? significand.length() : point) - MAX_DIGITS);
            return new BigDecimal(significand.substring(0, MAX_DIGITS) + text.substring(significand.length()))
                    .scaleByPowerOfTen(droppedDigits);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new JsonReadException("a number is out of range");
        }
    }
}
