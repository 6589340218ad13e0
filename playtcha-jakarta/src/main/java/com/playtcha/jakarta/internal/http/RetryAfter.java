package com.playtcha.jakarta.internal.http;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Retry-After} header (RFC 9110, section 10.2.3): seconds, or a date, which is relative to the response's own
 * {@code Date} because the two clocks may differ.
 */
final class RetryAfter {
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final BigInteger MAX_SECONDS = BigInteger.valueOf(Integer.MAX_VALUE);

    private RetryAfter() {}

    /** Returns the wait, rounded up to whole seconds; one second at least, and if the header is absent or unreadable. */
    static Duration of(@Nullable HttpResponse response) {
        String value = value(response, HttpHeaders.RETRY_AFTER);
        if (value.matches("[0-9]+")) {
            // Any longer time is capped by the caller in the same way.
            long seconds = new BigInteger(value).min(MAX_SECONDS).longValue();
            return Duration.ofSeconds(Math.max(seconds, MIN.toSeconds()));
        }
        Instant until = date(value);
        if (until == null) {
            return MIN;
        }
        Instant now = Objects.requireNonNullElseGet(date(value(response, HttpHeaders.DATE)), Instant::now);
        Duration wait = Duration.ofSeconds(
                Duration.between(now, until).plusNanos(999_999_999).toSeconds());
        return wait.compareTo(MIN) < 0 ? MIN : wait;
    }

    private static String value(@Nullable HttpResponse response, String name) {
        Header header = response == null ? null : response.getFirstHeader(name);
        return header == null || header.getValue() == null
                ? ""
                : header.getValue().trim();
    }

    private static @Nullable Instant date(String text) {
        return text.isEmpty() ? null : DateUtils.parseStandardDate(text);
    }
}
