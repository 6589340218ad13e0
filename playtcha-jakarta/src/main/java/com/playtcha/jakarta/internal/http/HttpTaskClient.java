package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.SecretSource;
import com.playtcha.jakarta.internal.http.TaskResponse.Kind;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls over HTTP (contract, section 7): {@code GET {poll-url}?key=…&action=get&id=…&json=1}, one attempt within one hard
 * deadline, over connections that are kept and checked as those to Playtcha are. Thread-safe.
 *
 * <p>The protocol requires the key in the URL. No log line and no error text shows it, even if the service repeats it.
 */
public final class HttpTaskClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpTaskClient.class);
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

    private final Target target;
    private final StrictJson json;
    private final @Nullable SecretSource keySource;
    /** Path and query up to the key. */
    private final String prefix;

    private final HttpTransport transport;
    private final LogThrottle log = new LogThrottle(System::nanoTime);

    /**
     * Opens nothing yet. Asks the platform for its proxy now, if the setting leaves it to the platform.
     *
     * @param pollUrl as the settings have checked it
     * @param key read for each poll; null for a service without keys
     * @param timeout the deadline of one poll
     * @param capacity polls at once
     */
    public HttpTaskClient(
            URI pollUrl,
            @Nullable SecretSource key,
            ProxySetting proxy,
            Duration timeout,
            int capacity,
            StrictJson json) {
        this(pollUrl, key, proxy, timeout, capacity, json, SystemDefaultDnsResolver.INSTANCE);
    }

    HttpTaskClient(
            URI pollUrl,
            @Nullable SecretSource key,
            ProxySetting proxy,
            Duration timeout,
            int capacity,
            StrictJson json,
            DnsResolver names) {
        // A request line holds only ASCII.
        URI url = URI.create(pollUrl.toASCIIString());
        String query = url.getRawQuery();
        this.target = Target.of(url, proxy);
        this.json = json;
        this.keySource = key;
        this.prefix = target.path() + "?" + (query == null || query.isEmpty() ? "" : query + "&");
        // Half of the timeout, so that an address that does not answer is reported as such.
        this.transport = new HttpTransport(target, timeout, timeout.dividedBy(2), capacity, names, key);
        transport.warmUp();
    }

    /**
     * Polls once. An id that UTF-8 cannot express ends as failed without a call, because it would be sent as
     * the id of another task.
     */
    public TaskResponse poll(String id) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            return TaskResponse.of(Kind.PERMANENT_ERROR, "the id is not valid Unicode and cannot be polled");
        }
        RunningCall call = transport.begin();
        String key = transport.currentSecret(call);
        String keyed = key.isEmpty() ? "" : "key=" + encoded(key) + "&";
        RawResponse response;
        try {
            String query = keyed + "action=get&id=" + encoded(id) + "&json=1";
            response = transport.execute(call, prefix + query, null, MAX_RESPONSE_BYTES);
        } catch (CallException e) {
            Kind kind = e.sent && e.reason != Reason.PROXY ? Kind.SERVER_ERROR : Kind.UNAVAILABLE;
            return TaskResponse.of(kind, e.reason.getLabel() + ": " + LogText.sanitize(e.getMessage()));
        }
        return response.isSuccess() ? unlessKeyChanged(read(response), key, call) : failure(response);
    }

    private TaskResponse failure(RawResponse response) {
        int status = response.status();
        if ((status == 401 || status == 403) && keySource != null) {
            keySource.invalidate();
        }
        boolean throttles = status == 429
                || (status >= 300 && !response.header(HttpHeaders.RETRY_AFTER).isEmpty());
        Kind kind;
        if (throttles || status < 400) {
            kind = Kind.UNAVAILABLE;
        } else {
            // A 4xx about one task says nothing about the others.
            kind = status > 499 ? Kind.SERVER_ERROR : Kind.UNREADABLE;
        }
        return new TaskResponse(kind, "HTTP status " + status, throttles ? response.retryAfter() : null);
    }

    /** An error for a key that was replaced during the poll does not end the task. */
    private TaskResponse unlessKeyChanged(TaskResponse response, String key, RunningCall call) {
        if (keySource == null || response.kind() != Kind.PERMANENT_ERROR) {
            return response;
        }
        keySource.invalidate();
        return transport.currentSecret(call).equals(key)
                ? response
                : TaskResponse.of(Kind.UNAVAILABLE, "refused with a key that has been replaced meanwhile");
    }

    private TaskResponse read(RawResponse response) {
        int status = response.status();
        if (response.body() == null) {
            return unreadable(status, "it is content-encoded or larger than " + MAX_RESPONSE_BYTES + " bytes");
        }
        Map<String, @Nullable Object> root;
        try {
            root = json.readObject(response.body(), StandardCharsets.UTF_8, MAX_DEPTH);
        } catch (JsonReadException e) {
            return unreadable(status, String.valueOf(e.getMessage()));
        }
        if (!(root.get("status") instanceof BigDecimal number && root.get("request") instanceof String text)) {
            return unreadable(status, "it has no number status with a string request");
        }
        if (number.compareTo(BigDecimal.ONE) == 0) {
            boolean fits = text.length() <= MAX_RESULT_BYTES
                    && text.getBytes(StandardCharsets.UTF_8).length <= MAX_RESULT_BYTES;
            return !text.isEmpty() && fits
                    ? TaskResponse.of(Kind.READY, text)
                    : unreadable(status, "its result is empty or larger than " + MAX_RESULT_BYTES + " bytes");
        }
        if (number.signum() != 0) {
            return unreadable(status, "its status is neither 0 nor 1");
        }
        if (NOT_READY.contains(text)) {
            return TaskResponse.of(Kind.NOT_READY, text);
        }
        if (KEY_ERRORS.contains(text) && log.count(text) > 0) {
            LOG.error(
                    "The service behind poll-url rejects the key, so tasks fail for good; check poll-key or poll-key-file:"
                            + " {}",
                    text);
        }
        return ERROR_CODE.matcher(text).matches()
                ? TaskResponse.of(Kind.PERMANENT_ERROR, text)
                : unreadable(status, "its error is not a code of capitals, digits and underscores");
    }

    private static TaskResponse unreadable(int status, String why) {
        return TaskResponse.of(Kind.UNREADABLE, "HTTP status " + status + " without an answer: " + why);
    }

    /** Percent-encodes a value of a query. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Ends every poll and accepts no more, without waiting; {@link #close} does the rest. */
    public void stop() {
        transport.stop();
    }

    /**
     * Ends every poll, closes every connection and joins every thread; threads that are stuck for more than five seconds
     * are left behind with a WARN. Later polls are failures.
     */
    @Override
    public void close() {
        transport.close();
    }

    /** Names the host, but neither the key nor the rest of the URL. */
    @Override
    public String toString() {
        return "HttpTaskClient[" + target.host() + "]";
    }
}
