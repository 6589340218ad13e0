package com.playtcha.jakarta.internal.json;

import jakarta.json.Json;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON with one shared JSON-B engine; creating an engine costs hundreds of writes. Thread-safe. */
public final class JsonWriter implements AutoCloseable {
    private final Jsonb jsonb = JsonbBuilder.create();
    private final JsonGeneratorFactory generators = Json.createGeneratorFactory(Map.of());

    /** Writes one object on one line, its members in order. */
    public String write(Map<String, ? extends @Nullable Object> members) {
        return jsonb.toJson(members);
    }

    /**
     * Writes one object of strings on one line. For the hot path: JSON-B would look up a serializer on each call.
     *
     * @param namesAndValues in turns
     */
    public String writeStrings(String... namesAndValues) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator generator = generators.createGenerator(text)) {
            generator.writeStartObject();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                generator.write(namesAndValues[i], namesAndValues[i + 1]);
            }
            generator.writeEnd();
        }
        return text.toString();
    }

    @Override
    public void close() {
        try {
            jsonb.close();
        } catch (Exception e) {
            throw new IllegalStateException("JSON-B could not be closed", e);
        }
    }
}
