package com.playtcha.example.wildfly;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.StringReader;

/** What clients send. */
final class Texts {
    private Texts() {}

    /**
     * A text of a JSON object.
     *
     * @throws BadRequestException where it is absent, blank, too long, or no text
     */
    static String in(String body, String name, int atMost) {
        try (JsonReader reader = Json.createReader(new StringReader(body))) {
            if (reader.readValue() instanceof JsonObject object && object.get(name) instanceof JsonString text) {
                String stripped = text.getString().strip();
                if (!stripped.isEmpty() && stripped.length() <= atMost) {
                    return stripped;
                }
            }
        } catch (JsonException notJson) {
            // Answered as any other mistake.
        }
        throw new BadRequestException(Response.status(Response.Status.BAD_REQUEST)
                .type(MediaType.TEXT_PLAIN_TYPE)
                .entity("A JSON object is needed, with \"" + name + "\": a text of at most " + atMost + " characters\n")
                .build());
    }
}
