package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.TaskClient.Poll;
import com.playtcha.jakarta.internal.util.LogText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.jspecify.annotations.Nullable;

/** The wire of the fallback poller (contract, section 7): writes the request target, reads the answer strictly. */
final class PollWire {
    /** In UTF-8; a callback may bring no more either. */
    private static final int MAX_RESULT_BYTES = 64 * 1024;
    /** A byte of the result is six as an escape; and there may be other members. */
    private static final int MAX_ANSWER_BYTES = 6 * MAX_RESULT_BYTES + 4 * 1024;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_ERROR = 1000;
    /** As it is spelt on the wire, and as it would be spelt if somebody mended it. */
    private static final Set<String> NOT_READY = Set.of("CAPCHA_NOT_READY", "CAPTCHA_NOT_READY");

    /** No key at all by its form, and none that the service knows; more words may follow. */
    private static final Set<String> OF_KEY = Set.of("ERROR_WRONG_USER_KEY", "ERROR_KEY_DOES_NOT_EXIST");

    private static final String UNRESERVED = "-._~";

    private final StrictJson json;
    private final Clock clock;
    private final String prefix;

    /**
     * For one URL.
     *
     * @param path percent-encoded, beginning with a slash
     * @param query the URL's own, percent-encoded; null where it has none
     */
    PollWire(StrictJson json, Clock clock, String path, @Nullable String query) {
        this.json = json;
        this.clock = clock;
        this.prefix = path + "?" + (query == null || query.isEmpty() ? "" : query + "&");
    }

    /**
     * Asks for one result.
     *
     * @param source looked at now, and doubted when the service refuses; null for a service without keys
     * @param said gets what a whole 2xx answer said
     */
    Question poll(@Nullable SecretSource source, String id, Consumer<Poll> said) {
        return new Asked(source, id, said);
    }

    private final class Asked implements Question {
        private final @Nullable SecretSource source;
        private final @Nullable String key;
        private final KeyMask mask;
        private final String id;
        private final Consumer<Poll> said;

        Asked(@Nullable SecretSource source, String id, Consumer<Poll> said) {
            this.source = source;
            this.key = source == null ? null : source.current();
            this.mask = new KeyMask(key);
            this.id = id;
            this.said = said;
        }

        @Override
        public Method method() {
            return Method.GET;
        }

        @Override
        public String target() {
            String keyed = key == null ? "" : "key=" + encoded(key) + "&";
            return prefix + keyed + "action=get&id=" + encoded(id) + "&json=1";
        }

        @Override
        public byte @Nullable [] body() {
            return null;
        }

        @Override
        public int mostBytes() {
            return MAX_ANSWER_BYTES;
        }

        @Override
        public UpstreamResponse.HttpReply head(HttpResponse response) {
            int status = response.getCode();
            boolean asksToWait = status == 429 || (status >= 300 && response.containsHeader(HttpHeaders.RETRY_AFTER));
            Duration pause = asksToWait ? RetryAfter.of(response, clock) : null;
            String location = Wire.location(response);
            if ((status == 401 || status == 403) && source != null) {
                source.suspect();
            }
            return new UpstreamResponse.HttpReply(
                    status, null, false, Map.of(), null, pause, location == null ? null : masked(location));
        }

        @Override
        public UpstreamResponse.HttpReply whole(UpstreamResponse.HttpReply head, byte @Nullable [] body) {
            if (isSuccess(head)) {
                said.accept(doubted(read(head.status(), body)));
            }
            return head;
        }

        /** An error may be about a key that was replaced a moment ago: then it is not the task's. */
        private Poll doubted(Poll poll) {
            if (source == null || !(poll instanceof Poll.Permanent)) {
                return poll;
            }
            source.suspect();
            return source.current().equals(key)
                    ? poll
                    : new Poll.Trouble("refused with a key that has been replaced meanwhile", null);
        }

        private Poll read(int status, byte @Nullable [] body) {
            if (body == null) {
                return none(status, "it is content-encoded or larger than " + MAX_ANSWER_BYTES + " bytes");
            }
            Map<String, @Nullable Object> root;
            try {
                root = json.readObject(body, StandardCharsets.UTF_8, MAX_DEPTH);
            } catch (JsonReadException e) {
                return none(status, Objects.requireNonNullElse(e.getMessage(), "it is not JSON"));
            }
            if (!(root.get("status") instanceof BigDecimal number && root.get("request") instanceof String text)) {
                return none(status, "it has no number status with a string request");
            }
            if (number.compareTo(BigDecimal.ONE) == 0) {
                return result(status, text);
            }
            if (number.signum() != 0) {
                return none(status, "its status is neither 0 nor 1");
            }
            if (NOT_READY.contains(text)) {
                return new Poll.NotReady();
            }
            return text.isBlank()
                    ? none(status, "its error is blank")
                    : new Poll.Permanent(error(text), OF_KEY.stream().anyMatch(text.strip()::startsWith));
        }

        private Poll result(int status, String text) {
            if (text.isEmpty()) {
                return none(status, "its result is empty");
            }
            boolean fits = text.length() <= MAX_RESULT_BYTES
                    && text.getBytes(StandardCharsets.UTF_8).length <= MAX_RESULT_BYTES;
            return fits
                    ? new Poll.Ready(text)
                    : none(status, "its result is larger than " + MAX_RESULT_BYTES + " bytes");
        }

        private String error(String text) {
            String shown = masked(text);
            return shown.length() <= MAX_ERROR ? shown : shown.substring(0, MAX_ERROR);
        }

        @Override
        public String masked(String text) {
            return mask.masked(text);
        }
    }

    /**
     * What the answer means.
     *
     * @param said by a whole 2xx answer; null where there was none
     */
    static Poll meaning(UpstreamResponse answer, @Nullable Poll said) {
        if (answer instanceof UpstreamResponse.CallFailure failure) {
            return new Poll.Trouble(failure.reason() + ": " + LogText.clean(failure.detail()), null);
        }
        UpstreamResponse.HttpReply reply = (UpstreamResponse.HttpReply) answer;
        if (isSuccess(reply) && said != null) {
            return said;
        }
        String where = reply.location() == null ? "" : ", which points to " + LogText.clean(reply.location());
        return new Poll.Trouble("HTTP status " + reply.status() + where, reply.retryAfter(), isOfService(reply));
    }

    private static boolean isSuccess(UpstreamResponse.HttpReply reply) {
        return reply.status() >= 200 && reply.status() <= 299;
    }

    private static Poll none(int status, String why) {
        return new Poll.Trouble("HTTP status " + status + " without an answer: " + why, null, false);
    }

    /** What the service says of one task, such as that it does not know it, is no trouble of all others. */
    private static boolean isOfService(UpstreamResponse.HttpReply reply) {
        return reply.status() < 400 || reply.status() > 499 || reply.status() == 429 || reply.retryAfter() != null;
    }

    /** Percent-encoded but for what RFC 3986, section 2.3, leaves alone everywhere. */
    static String encoded(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || UNRESERVED.indexOf(c) >= 0;
            if (plain) {
                text.append(c);
            } else {
                text.append('%').append(hex(c >> 4)).append(hex(c & 15));
            }
        }
        return text.toString();
    }

    private static char hex(int digit) {
        return "0123456789ABCDEF".charAt(digit);
    }
}
