package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 1: the wire, as the tokens of the stand-in show it. */
class StandInTokensTest {
    private static final Pattern REQUEST_ID = Pattern.compile("\"request_id\":\"(req_[0-9a-f]+)\"");

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ok, 200 OK, '{\"success\":true,\"degraded\":false}'",
        "ok-1, 200 OK, '{\"success\":true,\"degraded\":false}'",
        "ok-degraded-1, 200 OK, '{\"success\":true,\"degraded\":true}'",
        "success-false-1, 200 OK, '{\"success\":false,\"degraded\":false}'",
        "slow-1ms-1, 200 OK, '{\"success\":true,\"degraded\":false}'",
        "slow-0s, 200 OK, '{\"success\":true,\"degraded\":false}'",
    })
    void acceptedTokensAnswerOnceAndAreRedeemedThen(String token, String status, String body) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify(token)).readAnswer())
                    .startsWith("HTTP/1.1 " + status + "\r\n")
                    .contains("Content-Type: application/json\r\n")
                    .endsWith("\r\n\r\n" + body);
            assertThat(client.send(RawClient.verify(token)).readAnswer())
                    .startsWith("HTTP/1.1 409 Conflict\r\n")
                    .contains("\"code\":\"already_redeemed\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "invalid-1, 401, token_invalid",
        "anything else, 401, token_invalid",
        "'', 401, token_invalid",
        "bad-secret-1, 401, bad_secret",
        "unknown-project-1, 404, unknown_project",
        "redeemed-1, 409, already_redeemed",
        "expired-1, 410, token_expired",
        "rate-limited-x, 429, rate_limited_ip",
        "db-error-1, 500, db_error",
    })
    void refusedTokensAnswerWithTheEnvelopeEachTime(String token, int status, String code) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            String first = client.send(RawClient.verify(token)).readAnswer();
            String second = client.send(RawClient.verify(token)).readAnswer();
            assertThat(first)
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("{\"error\":{\"code\":\"" + code + "\",\"message\":\"");
            assertThat(second).contains("\"code\":\"" + code + "\"");
            assertThat(requestId(first)).isNotEqualTo(requestId(second));
        }
    }

    @ParameterizedTest
    @CsvSource({"rate-limited, 30", "rate-limited-x, 30", "rate-limited-5, 5", "rate-limited-12-a, 12"})
    void rateLimitedSaysWhenToComeBack(String token, int seconds) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify(token)).readAnswer())
                    .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
                    .contains("\r\nRetry-After: " + seconds + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok-1", "expired-1", "hang-1"})
    void aWrongSecretIsRefusedWhateverTheToken(String token) throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("another", token)).readAnswer())
                    .startsWith("HTTP/1.1 401 ")
                    .contains("\"code\":\"bad_secret\"");
        }
    }

    @Test
    void aWrongSecretDoesNotRedeem() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("another", "ok-1")).readAnswer();
            assertThat(client.send(RawClient.verify("ok-1")).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void hangNeverAnswersAndSeesTheClientLeave() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("hang-1"));
            playtcha.awaitRequests(1, Duration.ofSeconds(10));
            assertThat(playtcha.inFlight()).isEqualTo(1);
            assertThat(playtcha.openConnections()).isEqualTo(1);
        }
        await().untilAsserted(() -> {
            assertThat(playtcha.inFlight()).isZero();
            assertThat(playtcha.openConnections()).isZero();
        });
    }

    @Test
    void aSlowTokenIsRedeemedAlthoughItsClientGaveUp() throws IOException {
        try (RawClient client = new RawClient(playtcha.port())) {
            client.send(RawClient.verify("slow-600s-1"));
            playtcha.awaitRequests(1, Duration.ofSeconds(10));
        }
        await().until(() -> playtcha.openConnections() == 0);
        try (RawClient client = new RawClient(playtcha.port())) {
            assertThat(client.send(RawClient.verify("slow-600s-1")).readAnswer())
                    .startsWith("HTTP/1.1 409 ");
        }
    }

    private static String requestId(String answer) {
        Matcher id = REQUEST_ID.matcher(answer);
        assertThat(id.find()).as(answer).isTrue();
        return id.group(1);
    }
}
