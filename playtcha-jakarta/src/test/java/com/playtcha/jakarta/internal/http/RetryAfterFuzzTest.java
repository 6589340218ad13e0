package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import java.time.Duration;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpResponse;

/** Any {@code Retry-After} beside any {@code Date} is a time of a second or more that the settings can cap. */
class RetryAfterFuzzTest extends FuzzTarget {
    RetryAfterFuzzTest() {
        super(
                32 * 1024,
                50,
                "120\nMon, 01 Jan 2024 00:00:00 GMT",
                "Mon, 01 Jan 2024 00:02:07 GMT\nMon, 01 Jan 2024 00:00:00 GMT",
                "Monday, 01-Jan-24 00:02:07 GMT\nMon Jan  1 00:00:00 2024",
                "99999999999999999999999",
                "-1\n");
    }

    @Override
    protected void read(byte[] input) {
        HttpResponse head = new BasicHttpResponse(429);
        head.addHeader("Retry-After", line(input, 0));
        head.addHeader("Date", line(input, 1));
        Duration wait = new RawResponse(429, head, null).retryAfter();
        assertThat(wait).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(wait.compareTo(Duration.ofMinutes(5))).isBetween(-1, 1);
    }
}
