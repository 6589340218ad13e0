package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.TaskClient.Poll;
import com.playtcha.jakarta.internal.util.LogText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Writes the request of the fallback poller and reads its response strictly (contract, section 7). */
final class PollCodec {
    /** In UTF-8; the same limit as for a callback. */
    private static final int MAX_RESULT_BYTES = 64 * 1024;
    /** A byte of the result takes six as an escape; some are left for other members. */
    private static final int MAX_RESPONSE_BYTES = 6 * MAX_RESULT_BYTES + 4 * 1024;

    private static final int MAX_DEPTH = 32;
    /** The service misspells CAPTCHA; the correct spelling is accepted too. */
    private static final Set<String> NOT_READY = Set.of("CAPCHA_NOT_READY", "CAPTCHA_NOT_READY");

    private static final Set<String> KEY_ERRORS = Set.of("ERROR_WRONG_USER_KEY", "ERROR_KEY_DOES_NOT_EXIST");
    /** Any other text could repeat the key, in one of many encodings. */
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Z0-9_]{1,1000}");

    private static final String UNRESERVED = "-._~";

    private final StrictJson json;
    private final @Nullable SecretSource source;
    private final String prefix;

    /**
     * Reads and writes for one URL.
     *
     * @param source of the key; null for a service without keys
     * @param path percent-encoded, with a leading slash
     * @param query the URL's own, percent-encoded; null if it has none
     */
    PollCodec(StrictJson json, @Nullable SecretSource source, String path, @Nullable String query) {
        this.json = json;
        this.source = source;
        this.prefix = path + "?" + (query == null || query.isEmpty() ? "" : query + "&");
    }

    PollCall poll(String id) {
        return new PollCall(id);
    }

    /** One poll for one result. */
    final class PollCall implements ApiCall {
        private final @Nullable String key = source == null ? null : source.current();
        private final String id;
        private @Nullable Poll answer;

        private PollCall(String id) {
            this.id = id;
        }

        @Override
        public String path() {
            String keyed = key == null ? "" : "key=" + encoded(key) + "&";
            return prefix + keyed + "action=get&id=" + encoded(id) + "&json=1";
        }

        @Override
        public byte @Nullable [] body() {
            return null;
        }

        @Override
        public int maxBytes() {
            return MAX_RESPONSE_BYTES;
        }

        @Override
        public UpstreamResponse.HttpReply head(HttpResponse response) {
            int status = response.getCode();
            boolean throttles = status == 429 || (status >= 300 && response.containsHeader(HttpHeaders.RETRY_AFTER));
            Duration pause = throttles ? RetryAfter.of(response) : null;
            if ((status == 401 || status == 403) && source != null) {
                source.suspect();
            }
            return UpstreamResponse.HttpReply.ofHead(status, pause, null);
        }

        @Override
        public UpstreamResponse.HttpReply parseBody(UpstreamResponse.HttpReply head, byte @Nullable [] body) {
            if (head.status() >= 200 && head.status() <= 299) {
                answer = unlessKeyChanged(read(head.status(), body));
            }
            return head;
        }

        /** An error for a key that was replaced during the poll does not end the task. */
        private Poll unlessKeyChanged(Poll poll) {
            if (source == null || !(poll instanceof Poll.Permanent)) {
                return poll;
            }
            source.suspect();
            return source.current().equals(key)
                    ? poll
                    : new Poll.Failure("refused with a key that has been replaced meanwhile", null);
        }

        private Poll read(int status, byte @Nullable [] body) {
            if (body == null) {
                return unreadable(status, "it is content-encoded or larger than " + MAX_RESPONSE_BYTES + " bytes");
            }
            Map<String, @Nullable Object> root;
            try {
                root = json.readObject(body, StandardCharsets.UTF_8, MAX_DEPTH);
            } catch (JsonReadException e) {
                return unreadable(status, Objects.requireNonNullElse(e.getMessage(), "it is not JSON"));
            }
            if (!(root.get("status") instanceof BigDecimal number && root.get("request") instanceof String text)) {
                return unreadable(status, "it has no number status with a string request");
            }
            if (number.compareTo(BigDecimal.ONE) == 0) {
                boolean fits = text.length() <= MAX_RESULT_BYTES
                        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_RESULT_BYTES;
                return !text.isEmpty() && fits
                        ? new Poll.Ready(text)
                        : unreadable(status, "its result is empty or larger than " + MAX_RESULT_BYTES + " bytes");
            }
            if (number.signum() != 0) {
                return unreadable(status, "its status is neither 0 nor 1");
            }
            if (NOT_READY.contains(text)) {
                return new Poll.NotReady();
            }
            return ERROR_CODE.matcher(text).matches()
                    ? new Poll.Permanent(text, KEY_ERRORS.contains(text))
                    : unreadable(status, "its error is not a code of capitals, digits and underscores");
        }

        /** Returns the result for the task. */
        Poll result(UpstreamResponse response) {
            if (response instanceof UpstreamResponse.CallFailure failure) {
                return new Poll.Failure(failure.reason() + ": " + LogText.clean(failure.detail()), null);
            }
            if (answer != null) {
                return answer;
            }
            UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) response;
            // A 4xx about one task says nothing about the others.
            boolean ofService =
                    reply.status() < 400 || reply.status() > 499 || reply.status() == 429 || reply.retryAfter() != null;
            return new Poll.Failure("HTTP status " + reply.status(), reply.retryAfter(), ofService);
        }
    }

    private static Poll unreadable(int status, String why) {
        return new Poll.Failure("HTTP status " + status + " without an answer: " + why, null, false);
    }

    /** Percent-encodes all but the unreserved characters of RFC 3986, section 2.3. */
    static String encoded(String value) {
        StringBuilder text = new StringBuilder(value.length() + 16);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c < 0x80 && Character.isLetterOrDigit(c)) || UNRESERVED.indexOf(c) >= 0;
            text.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return text.toString();
    }
}
