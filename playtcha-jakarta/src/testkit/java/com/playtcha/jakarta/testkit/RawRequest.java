package com.playtcha.jakarta.testkit;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request as it came, or why it could not be read.
 *
 * @param version {@code HTTP/1.1} or {@code HTTP/1.0}
 * @param headers by name, in whatever case
 * @param problem why the connection cannot go on after this request; null for a readable one
 * @param tunnel for CONNECT: where the bytes that follow are to go, closed after the last of them; completed
 *     with null where there is no tunnel
 */
record RawRequest(
        String method,
        String target,
        String version,
        Map<String, List<String>> headers,
        byte[] body,
        @Nullable Problem problem,
        CompletableFuture<@Nullable OutputStream> tunnel) {

    /**
     * What is wrong with a request.
     *
     * @param status the HTTP status that says so
     */
    record Problem(int status, String text) {}

    static RawRequest unreadable(int status, String text) {
        return new RawRequest(
                "", "", "HTTP/1.1", Map.of(), new byte[0], new Problem(status, text), new CompletableFuture<>());
    }

    String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** All values of a header, joined as RFC 9110, section 5.2 says; null where it is absent. */
    @Nullable
    String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : String.join(", ", values);
    }

    /** Whether the client lets the connection live on (RFC 9112, section 9.3). */
    boolean keepAlive() {
        if (problem != null) {
            return false;
        }
        String connection = header("Connection");
        if (connection != null) {
            for (String option : connection.split(",", -1)) {
                if (option.strip().equalsIgnoreCase("close")) {
                    return false;
                }
                if (option.strip().equalsIgnoreCase("keep-alive")) {
                    return true;
                }
            }
        }
        return version.equals("HTTP/1.1");
    }
}
