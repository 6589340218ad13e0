package com.playtcha.jakarta.internal.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Retry-After} header (RFC 9110, section 10.2.3): seconds, or a date, which is taken relative to the answer's
 * own {@code Date}, since the two clocks may differ.
 */
final class RetryAfter {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int MAX_DIGITS = 9;

    private static final List<DateTimeFormatter> DATES = List.of(
            formatter("EEE, dd MMM yyyy HH:mm:ss 'GMT'"),
            rfc850(),
            // asctime pads the day with a space
            formatter("EEE MMM ppd HH:mm:ss yyyy"));

    private RetryAfter() {}

    /** How long to wait: rounded up to whole seconds, at least one second, which is also what unreadable means. */
    static Duration of(HttpResponse response, Clock clock) {
        Header header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        String text = header == null || header.getValue() == null
                ? ""
                : header.getValue().trim();
        Duration asked;
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            // So many digits are for ever, and for ever is capped by the caller.
            String digits = text.replaceFirst("^0+(?=.)", "");
            asked = Duration.ofSeconds(digits.length() > MAX_DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits));
        } else {
            Instant until = date(text);
            if (until == null) {
                return LEAST;
            }
            Header date = response.getFirstHeader(HttpHeaders.DATE);
            Instant from = date == null || date.getValue() == null
                    ? null
                    : date(date.getValue().trim());
            asked = Duration.between(from == null ? clock.instant() : from, until);
        }
        Duration whole = Duration.ofSeconds(asked.plusNanos(999_999_999).toSeconds());
        return whole.compareTo(LEAST) < 0 ? LEAST : whole;
    }

    private static @Nullable Instant date(String text) {
        for (DateTimeFormatter format : DATES) {
            try {
                return Instant.from(format.parse(text));
            } catch (DateTimeException e) {
                // Perhaps in another of the three forms.
            }
        }
        return null;
    }

    private static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }

    private static DateTimeFormatter rfc850() {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("EEEE, dd-MMM-")
                // RFC 9110: a two-digit year more than 50 years ahead is in the past.
                .appendValueReduced(
                        ChronoField.YEAR, 2, 2, LocalDate.now(ZoneOffset.UTC).minusYears(49))
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }
}
