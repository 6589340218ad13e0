package com.playtcha.jakarta.internal.json;

import jakarta.json.Json;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.spi.JsonbProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON with one shared JSON-B engine, which is created when it is first needed. Thread-safe. */
public final class JsonWriter implements AutoCloseable {
    // Throws at start if there is no provider; creating an engine takes a good part of the time of a start.
    private final JsonbProvider provider = JsonbProvider.provider();
    private final JsonGeneratorFactory generators = Json.createGeneratorFactory(Map.of());
    private @Nullable Jsonb jsonb;

    /** Writes one object on one line, its members in order. */
    public String write(Map<String, ? extends @Nullable Object> members) {
        return jsonb().toJson(members);
    }

    private synchronized Jsonb jsonb() {
        if (jsonb == null) {
            jsonb = provider.create().build();
        }
        return jsonb;
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
    public synchronized void close() {
        try {
            if (jsonb != null) {
                jsonb.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("JSON-B could not be closed", e);
        }
    }
}
