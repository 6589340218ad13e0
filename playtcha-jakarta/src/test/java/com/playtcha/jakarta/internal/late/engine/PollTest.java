package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of contract section 7. */
class PollTest {
    private static final String TOKEN = "token-123456789";

    @ParameterizedTest(name = "{0} {1}, sent before: {2} -> {3}")
    @CsvSource({
        "409, already_redeemed, true,  UNCONFIRMED",
        "409, already_redeemed, false, REJECTED",
        "410, token_expired,    true,  EXPIRED",
        "410, token_expired,    false, EXPIRED",
        "401, token_invalid,    true,  REJECTED",
        "400, something_new,    false, REJECTED",
        "422,                 , true,  REJECTED",
        "401, bad_secret,       true,  bad-secret",
        "404, unknown_project,  true,  unknown-project",
        "408, timeout,          true,  answer",
        "425, too_early,        true,  answer",
        "429, rate_limited_ip,  true,  throttled",
        "500, db_error,         true,  unavailable",
        "503, whatever,         true,  unavailable",
    })
    void anEnvelopeDecides(int status, String code, boolean sentBefore, String expected) {
        Map<String, Object> fields = code == null ? Map.of() : Map.of("code", code);

        Poll decision = Poll.ofVerdict(reply(status, Map.of("error", fields), null), sentBefore, TOKEN);

        assertThat(name(decision)).isEqualTo(expected);
        if (decision instanceof Poll.Final verdict) {
            assertThat(verdict.error().getFields()).isEqualTo(fields);
        }
    }

    @ParameterizedTest(name = "{0} without an envelope -> {1}")
    @CsvSource({
        "400, answer",
        "401, answer",
        "403, answer",
        "407, answer",
        "409, answer",
        "410, answer",
        "429, throttled",
        "500, unavailable",
        "302, not-playtcha",
        "101, not-playtcha",
        "200, not-playtcha",
    })
    void anAnswerWithoutAnEnvelopeDecidesNothing(int status, String expected) {
        Poll decision = Poll.ofVerdict(reply(status, Map.of(), null), false, TOKEN);

        assertThat(name(decision)).isEqualTo(expected);
    }

    @Test
    void successIsTheVerdict() {
        Map<String, Object> success = Map.of("success", true, "degraded", true);
        Map<String, Object> failure = Map.of("success", false);

        Poll yes = Poll.ofVerdict(reply(200, success, null), true, TOKEN);
        Poll no = Poll.ofVerdict(reply(200, failure, null), true, TOKEN);

        assertThat(yes).isEqualTo(new Poll.Final(LateOutcome.VERIFIED, null, null, null, success, ""));
        assertThat(no).isEqualTo(new Poll.Final(LateOutcome.REJECTED, null, null, null, failure, ""));
    }

    @Test
    void aThrottleWindowHasAtLeastASecond() {
        CallResult none = reply(429, Map.of(), null);
        CallResult some = reply(429, Map.of(), Duration.ofSeconds(7));

        assertThat(((Poll.Failure) Poll.ofVerdict(none, false, TOKEN)).pause()).isEqualTo(Duration.ofSeconds(1));
        assertThat(((Poll.Failure) Poll.ofVerdict(some, false, TOKEN)).pause()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void noAnswerDecidesNothing() {
        CallResult failure = TestResults.failure(Reason.TIMEOUT, "after 2 s", true);

        assertThat(name(Poll.ofVerdict(failure, true, TOKEN))).isEqualTo("unavailable");
    }

    private static CallResult reply(int status, Map<String, ?> root, Duration retryAfter) {
        return TestResults.answer(status, new HashMap<>(root), retryAfter, null);
    }

    private static String name(Poll decision) {
        if (decision instanceof Poll.Final verdict) {
            return verdict.outcome().name();
        }
        return ((Poll.Failure) decision).kind();
    }
}
