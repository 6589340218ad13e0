package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import com.playtcha.jakarta.internal.late.engine.Verdicts.Decision;
import com.playtcha.jakarta.late.LateOutcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of contract section 7. */
class VerdictsTest {

    @ParameterizedTest(name = "{0} {1}, sent before: {2} -> {3}")
    @CsvSource({
        "409, already_redeemed, true,  UNCONFIRMED",
        "409, already_redeemed, false, REJECTED",
        "410, token_expired,    true,  EXPIRED",
        "410, token_expired,    false, EXPIRED",
        "401, token_invalid,    true,  REJECTED",
        "400, something_new,    false, REJECTED",
        "422,                 , true,  REJECTED",
        "401, bad_secret,       true,  misconfigured",
        "404, unknown_project,  true,  misconfigured",
        "408, timeout,          true,  misconfigured",
        "425, too_early,        true,  misconfigured",
        "429, rate_limited_ip,  true,  wait",
        "500, db_error,         true,  unavailable",
        "503, whatever,         true,  unavailable",
    })
    void anEnvelopeDecides(int status, String code, boolean sentBefore, String expected) {
        Map<String, Object> fields = code == null ? Map.of() : Map.of("code", code);
        UpstreamError error = new UpstreamError(status, fields);

        Decision decision = Verdicts.of(
                new UpstreamResponse.HttpReply(status, null, false, Map.of(), error, null, null), sentBefore);

        assertThat(name(decision)).isEqualTo(expected);
        if (decision instanceof Decision.Final verdict) {
            assertThat(verdict.error()).isSameAs(error);
        }
    }

    @ParameterizedTest(name = "{0} without an envelope -> {1}")
    @CsvSource({
        "400, misconfigured",
        "401, misconfigured",
        "403, misconfigured",
        "407, misconfigured",
        "409, misconfigured",
        "410, misconfigured",
        "429, wait",
        "500, unavailable",
        "302, unavailable",
        "101, unavailable",
        "200, unavailable",
    })
    void anAnswerWithoutAnEnvelopeDecidesNothing(int status, String expected) {
        Decision decision =
                Verdicts.of(new UpstreamResponse.HttpReply(status, null, false, Map.of(), null, null, null), false);

        assertThat(name(decision)).isEqualTo(expected);
    }

    @Test
    void successIsTheVerdict() {
        Map<String, Object> fields = Map.of("success", true, "degraded", true);

        Decision yes = Verdicts.of(new UpstreamResponse.HttpReply(200, true, true, fields, null, null, null), true);
        Decision no = Verdicts.of(new UpstreamResponse.HttpReply(200, false, false, fields, null, null, null), true);

        assertThat(yes).isEqualTo(new Decision.Final(LateOutcome.VERIFIED, null, fields));
        assertThat(no).isEqualTo(new Decision.Final(LateOutcome.REJECTED, null, fields));
    }

    @Test
    void aThrottleWindowHasAtLeastASecond() {
        UpstreamResponse none = new UpstreamResponse.HttpReply(429, null, false, Map.of(), null, null, null);
        UpstreamResponse some =
                new UpstreamResponse.HttpReply(429, null, false, Map.of(), null, Duration.ofSeconds(7), null);

        assertThat(Verdicts.of(none, false)).isEqualTo(new Decision.Wait(Duration.ofSeconds(1), null));
        assertThat(Verdicts.of(some, false)).isEqualTo(new Decision.Wait(Duration.ofSeconds(7), null));
    }

    @Test
    void noAnswerDecidesNothing() {
        assertThat(name(Verdicts.of(new UpstreamResponse.CallFailure(Reason.TIMEOUT, "after 2 s", true), true)))
                .isEqualTo("unavailable");
    }

    private static String name(Decision decision) {
        if (decision instanceof Decision.Final verdict) {
            return verdict.outcome().name();
        }
        return decision.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }
}
