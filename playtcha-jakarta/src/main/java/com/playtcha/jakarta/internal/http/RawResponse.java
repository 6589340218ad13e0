package com.playtcha.jakarta.internal.http;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * A final status; the head if all of it has arrived; and the body, null if it was cut off, too large or encoded, so that
 * it cannot be an answer.
 */
record RawResponse(int status, @Nullable HttpResponse head, byte @Nullable [] body) {
    private static final int MAX_DIGITS = 9;

    boolean isSuccess() {
        return status >= 200 && status <= 299;
    }

    /** Returns the trimmed value of a header's first field; "" if there is none. */
    String header(String name) {
        Header header = head == null ? null : head.getFirstHeader(name);
        return header == null || header.getValue() == null
                ? ""
                : header.getValue().trim();
    }

    /**
     * Returns the wait that {@code Retry-After} asks for (RFC 9110, section 10.2.3), rounded up to whole seconds; one second
     * at least, and if the header is absent or unreadable. A date is relative to the response's own {@code Date}, because
     * the two clocks may differ.
     */
    Duration retryAfter() {
        String value = header(HttpHeaders.RETRY_AFTER);
        if (value.matches("[0-9]+")) {
            String digits = value.replaceFirst("^0+(?=.)", "");
            // Any longer time is capped by the caller alike, and thousands of digits take long to parse.
            long seconds = digits.length() > MAX_DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits);
            return Duration.ofSeconds(Math.max(1, seconds));
        }
        Instant until = date(value);
        Instant date = date(header(HttpHeaders.DATE));
        Instant now = date == null ? Instant.now() : date;
        long wait = until == null ? 1 : now.until(until.plusNanos(999_999_999), ChronoUnit.SECONDS);
        return Duration.ofSeconds(Math.max(1, wait));
    }

    /** Parses all three forms of HTTP-date (RFC 9110, section 5.6.7); HttpClient finds no time zone in the third, asctime's. */
    private static @Nullable Instant date(String text) {
        String fixed = text.replaceFirst(
                "^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9:]{8}) ([0-9]{4})$", "$1, $3 $2 $5 $4 GMT");
        return DateUtils.parseStandardDate(fixed);
    }
}
