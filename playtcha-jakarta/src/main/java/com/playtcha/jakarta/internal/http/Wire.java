package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.jspecify.annotations.Nullable;

/** The wire of {@code POST /v1/verify} (contract, section 1): writes the request, reads the answer strictly. */
final class Wire {
    /** More of an answer is not read. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private static final int MAX_DEPTH = 32;
    /** What is shorter turns up in ordinary words, and is no secret. */
    private static final int SHORTEST_SECRET = 8;

    private final StrictJson json;
    private final JsonWriter writer;
    private final Clock clock;

    Wire(StrictJson json, JsonWriter writer, Clock clock) {
        this.json = json;
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * Asks about one token.
     *
     * @param source looked at now, and told when Playtcha does not know the secret
     * @param path of the request
     */
    Question verify(SecretSource source, String path, String token) {
        return new Verify(source, path, token);
    }

    private final class Verify implements Question {
        private final SecretSource source;
        private final String secret;
        private final String path;
        private final String token;

        Verify(SecretSource source, String path, String token) {
            this.source = source;
            this.secret = source.current();
            this.path = path;
            this.token = token;
        }

        @Override
        public Method method() {
            return Method.POST;
        }

        @Override
        public String target() {
            return path;
        }

        @Override
        public byte[] body() {
            return request(secret, token);
        }

        @Override
        public int mostBytes() {
            return MAX_ANSWER_BYTES;
        }

        @Override
        public UpstreamResponse.HttpReply head(HttpResponse response) {
            return Wire.this.head(response, secret);
        }

        @Override
        public UpstreamResponse.HttpReply whole(UpstreamResponse.HttpReply head, byte @Nullable [] body) {
            UpstreamResponse.HttpReply reply = Wire.this.whole(head, body, secret);
            if (reply.error() != null && "bad_secret".equals(reply.error().getCode())) {
                source.suspect();
            }
            return reply;
        }

        @Override
        public String masked(String text) {
            return Objects.requireNonNull(Wire.masked(text, secret));
        }
    }

    byte[] request(String secret, String token) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("secret", secret);
        members.put("token", token);
        return writer.write(members).getBytes(StandardCharsets.UTF_8);
    }

    private UpstreamResponse.HttpReply head(HttpResponse response, String secret) {
        int status = response.getCode();
        Duration retryAfter = status == 429 ? RetryAfter.of(response, clock) : null;
        return new UpstreamResponse.HttpReply(status, null, false, Map.of(), null, retryAfter, masked(location(response), secret));
    }

    /**
     * The whole answer.
     *
     * @param body null where there is none, or where it is too large or encoded, so that it is not an answer
     */
    UpstreamResponse.HttpReply whole(UpstreamResponse.HttpReply head, byte @Nullable [] body, String secret) {
        if (body == null || (head.status() >= 300 && head.status() <= 399)) {
            return head;
        }
        Map<String, @Nullable Object> root;
        try {
            root = asObject(withoutSecret(json.readObject(body, StandardCharsets.UTF_8, MAX_DEPTH), secret));
        } catch (JsonReadException e) {
            return head;
        }
        if (root == null) {
            return head;
        }
        if (head.status() >= 200 && head.status() <= 299) {
            return root.get("success") instanceof Boolean success
                    ? new UpstreamResponse.HttpReply(
                            head.status(), success, Boolean.TRUE.equals(root.get("degraded")), root, null, null, null)
                    : head;
        }
        Map<String, @Nullable Object> error = asObject(root.get("error"));
        return error == null
                ? head
                : new UpstreamResponse.HttpReply(
                        head.status(),
                        null,
                        false,
                        Map.of(),
                        new UpstreamError(head.status(), error),
                        head.retryAfter(),
                        head.location());
    }

    /** The host that a Location names; null where there is none. */
    static @Nullable String location(HttpResponse response) {
        Header location = response.getFirstHeader(HttpHeaders.LOCATION);
        if (location == null || location.getValue() == null) {
            return null;
        }
        try {
            URI uri = URI.create(location.getValue().trim());
            // Names with an underscore are no hosts to URI, and user information is nobody's business.
            return uri.getHost() != null || uri.getRawAuthority() == null
                    ? uri.getHost()
                    : uri.getRawAuthority().replaceAll(".*@|:[0-9]*$", "");
        } catch (IllegalArgumentException e) {
            return "unreadable";
        }
    }

    /** An echo of the secret would end in logs and pages, wherever the envelope is shown. */
    private static @Nullable Object withoutSecret(@Nullable Object value, String secret) {
        if (value instanceof String text) {
            return masked(text, secret);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            for (Object element : list) {
                copy.add(withoutSecret(element, secret));
            }
            return copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(
                        Objects.requireNonNull(masked(String.valueOf(entry.getKey()), secret)),
                        withoutSecret(entry.getValue(), secret));
            }
            return copy;
        }
        return value;
    }

    /** A text without the secret. */
    private static @Nullable String masked(@Nullable String text, String secret) {
        return text == null || secret.length() < SHORTEST_SECRET ? text : text.replace(secret, "[secret]");
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, @Nullable Object>) value : null;
    }
}
