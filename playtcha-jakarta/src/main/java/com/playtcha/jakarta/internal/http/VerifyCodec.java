package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Writes {@code POST /v1/verify} and reads its response strictly (contract, section 1). */
final class VerifyCodec {
    private static final int MAX_RESPONSE_BYTES = 64 * 1024;
    private static final int MAX_DEPTH = 32;
    /** A shorter secret occurs in ordinary words, and masking it would garble them. */
    private static final int MIN_MASKED_LENGTH = 8;

    private final StrictJson json;
    private final JsonWriter writer;
    private final SecretSource source;
    private final String path;

    VerifyCodec(StrictJson json, JsonWriter writer, SecretSource source, String path) {
        this.json = json;
        this.writer = writer;
        this.source = source;
        this.path = path;
    }

    ApiCall verify(String token) {
        return new VerifyCall(source.current(), token);
    }

    private final class VerifyCall implements ApiCall {
        private final String secret;
        private final String token;

        VerifyCall(String secret, String token) {
            this.secret = secret;
            this.token = token;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public byte[] body() {
            return writer.writeStrings("secret", secret, "token", token).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int maxBytes() {
            return MAX_RESPONSE_BYTES;
        }

        @Override
        public UpstreamResponse.HttpReply head(HttpResponse response) {
            int status = response.getCode();
            Duration retryAfter = status == 429 ? RetryAfter.of(response) : null;
            return UpstreamResponse.HttpReply.ofHead(status, retryAfter, locationHost(response));
        }

        @Override
        public UpstreamResponse.HttpReply parseBody(UpstreamResponse.HttpReply head, byte @Nullable [] body) {
            int status = head.status();
            if (body == null || (status >= 300 && status <= 399)) {
                return head;
            }
            Map<String, @Nullable Object> root;
            try {
                root = asObject(mask(json.readObject(body, StandardCharsets.UTF_8, MAX_DEPTH)));
            } catch (JsonReadException e) {
                return head;
            }
            if (root != null && status >= 200 && status <= 299) {
                return root.get("success") instanceof Boolean success
                        ? new UpstreamResponse.HttpReply(
                                status, success, Boolean.TRUE.equals(root.get("degraded")), root, null, null, null)
                        : head;
            }
            Map<String, @Nullable Object> envelope = root == null ? null : asObject(root.get("error"));
            if (envelope == null) {
                return head;
            }
            UpstreamError error = new UpstreamError(status, envelope);
            if ("bad_secret".equals(error.getCode())) {
                source.suspect();
            }
            return new UpstreamResponse.HttpReply(
                    status, null, false, Map.of(), error, head.retryAfter(), head.location());
        }

        /** The host in the Location header, for the log; null if there is none. */
        private @Nullable String locationHost(HttpResponse response) {
            Header location = response.getFirstHeader(HttpHeaders.LOCATION);
            if (location == null || location.getValue() == null) {
                return null;
            }
            try {
                URI uri = URI.create(location.getValue().trim());
                // A name with an underscore is not a host for URI.
                String host = uri.getHost() != null || uri.getRawAuthority() == null
                        ? uri.getHost()
                        : uri.getRawAuthority().replaceAll(".*@|:[0-9]*$", "");
                return host == null ? null : maskText(host);
            } catch (IllegalArgumentException e) {
                return "unreadable";
            }
        }

        /** Masks an echo of the secret, which logs and pages would show with the envelope. */
        private @Nullable Object mask(@Nullable Object value) {
            if (value instanceof String text) {
                return maskText(text);
            }
            if (value instanceof List<?> list) {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(mask(element)));
                return copy;
            }
            if (value instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((key, member) -> copy.put(maskText(String.valueOf(key)), mask(member)));
                return copy;
            }
            return value;
        }

        private String maskText(String text) {
            return secret.length() < MIN_MASKED_LENGTH ? text : text.replace(secret, "[secret]");
        }
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, @Nullable Object>) value : null;
    }
}
