package com.playtcha.example.quickstart;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.Map;

/** JSON text, by the JSON-B that the library brings along. */
final class Json {
    private static final Jsonb COMPACT = JsonbBuilder.create(new JsonbConfig().withNullValues(true));

    private Json() {}

    static String write(Map<String, ?> members) {
        return COMPACT.toJson(members);
    }
}
