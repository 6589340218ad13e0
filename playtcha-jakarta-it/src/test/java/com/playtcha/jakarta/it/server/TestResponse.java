package com.playtcha.jakarta.it.server;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to a {@link TestRequest}. */
public final class TestResponse {
    private final HttpResponse<String> response;

    TestResponse(HttpResponse<String> response) {
        this.response = response;
    }

    /** The HTTP status. */
    public int status() {
        return response.statusCode();
    }

    /** A header; null if absent. */
    public @Nullable String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    /** The body. */
    public String text() {
        return response.body();
    }

    /** The body as a page of the application under test wrote it. */
    public Map<String, String> report() {
        String type = header("Content-Type");
        if (type == null || !type.startsWith("text/x-report")) {
            throw new AssertionError("not a page of the application: " + this);
        }
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : text().split("\n")) {
            int equals = line.indexOf('=');
            lines.put(decoded(line.substring(0, equals)), decoded(line.substring(equals + 1)));
        }
        return lines;
    }

    /** One line of {@link #report()}; null if absent. */
    public @Nullable String report(String name) {
        return report().get(name);
    }

    /** Whether it was a page of the application under test that answered, and which. */
    public boolean isFrom(String page) {
        String type = header("Content-Type");
        return type != null && type.startsWith("text/x-report") && page.equals(report("page"));
    }

    /** The body as RFC 9457 has it. */
    public JsonObject problem() {
        String type = header("Content-Type");
        if (type == null || !type.startsWith("application/problem+json")) {
            throw new AssertionError("not a problem document: " + this);
        }
        return Json.createReader(new StringReader(text())).readObject();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return status() + " " + response.headers().map() + "\n" + text();
    }
}
