package com.playtcha.jakarta.internal.json;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON with one shared JSON-B engine; making an engine costs hundreds of writes. Thread-safe. */
public final class JsonWriter implements AutoCloseable {
    private final Jsonb jsonb = JsonbBuilder.create();

    /**
     * Writes one object.
     *
     * @param members in the order in which they are written; a null value is written as null
     * @return JSON text on one line
     */
    public String write(Map<String, ? extends @Nullable Object> members) {
        return jsonb.toJson(members);
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
