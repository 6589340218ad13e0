package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a guard logs, how often, and what it never logs (contract, section 6). */
class GuardLogTest {
    private static final String SECRET = TestGuards.SECRET;

    private final TestGuards guards = new TestGuards();
    private final PlaytchaStandIn playtcha = guards.playtcha;
    private final TestTicker ticker = guards.ticker;
    private final CapturedLog log = guards.log;

    @AfterEach
    void close() {
        guards.close();
    }

    private Guard guard(String... keysAndValues) {
        return guards.guard(keysAndValues);
    }

    @Test
    void aCappedRetryAfterIsLogged() {
        playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "61"));

        Verification verification = guard("max-retry-after", "60s").verify("a-token-1");

        assertThat(verification.getRetryAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(log.lines())
                .anySatisfy(line ->
                        assertThat(line).startsWith("WARN").contains("61").contains("60"));
    }

    @Test
    void aReplayIsLoggedEachTimeWithWhatPlaytchaSaid() {
        playtcha.always(
                Reply.error(409, "already_redeemed", "used\r\nFAKE line").requestId("req_7"));
        Guard guard = guard();
        guard.verify("whole-token-that-stays-secret");
        guard.verify("whole-token-that-stays-secret");

        assertThat(log.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("WARN")
                        .contains("status=409", "code=already_redeemed", "message=used\\u000d\\u000aFAKE line", "req_7")
                        .doesNotContain("whole-token-that-stays-secret", SECRET));
    }

    @ParameterizedTest
    @CsvSource({"401, bad_secret", "404, unknown_project"})
    void aConfigurationErrorIsLoggedOnceAMinuteWithACount(int status, String code) {
        playtcha.always(Reply.error(status, code, "m"));
        Guard guard = guard();
        for (int i = 0; i < 5; i++) {
            guard.verify("token-" + i);
        }
        assertThat(log.lines()).singleElement().asString().startsWith("ERROR").contains("count=1", code);

        ticker.advance(Duration.ofMinutes(1));
        guard.verify("token-x");
        assertThat(log.lines()).singleElement().asString().startsWith("ERROR").contains("count=5", code);
    }

    @Test
    void theRestOfABurstIsLoggedWithoutAFurtherVisitor() {
        playtcha.always(Reply.error(401, "bad_secret", "m"));
        Guard guard = guard();
        for (int i = 0; i < 5; i++) {
            guard.verify("token-" + i);
        }
        log.lines();

        ticker.advance(Duration.ofMinutes(1));
        guards.scheduler.runAll();

        assertThat(log.lines()).singleElement().asString().startsWith("ERROR").contains("count=4", "bad_secret");
    }

    @Test
    void aListenerThatFailsIsLoggedOnceAMinute() {
        guards.listeners.add((name, verification) -> {
            throw new IllegalStateException("a test's");
        });
        Guard guard = guard();
        for (int i = 0; i < 50; i++) {
            guard.verify("ok-" + i);
        }
        assertThat(log.lines()).singleElement().asString().startsWith("WARN").contains("count=1", "GuardLogTest");

        ticker.advance(Duration.ofMinutes(1));
        guards.scheduler.runAll();
        assertThat(log.lines()).singleElement().asString().startsWith("WARN").contains("count=49", "GuardLogTest");
    }

    @Test
    void anOutageIsLoggedOnChangeAndOnceAMinuteAndEachPassAtInfo() {
        playtcha.always(Reply.error(500, "db_error", "database").requestId("req_9"));
        Guard guard = guard();
        for (int i = 0; i < 3; i++) {
            guard.verify("some-long-token-" + i);
        }
        List<String> lines = log.lines();
        assertThat(lines.stream().filter(line -> line.startsWith("WARN")))
                .singleElement()
                .asString()
                .contains("status=500", "code=db_error", "message=database", "request_id=req_9", "count=1");
        assertThat(lines.stream().filter(line -> line.startsWith("INFO")))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line)
                        .contains("unverified", "status=500", "code=db_error", "message=database", "request_id=req_9")
                        .contains("deferral=-")
                        .doesNotContain("some-long-token"));

        ticker.advance(Duration.ofMinutes(1));
        guard.verify("another-token");
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("WARN").contains("count=3"));

        playtcha.always(null);
        ticker.advance(Duration.ofSeconds(10));
        guard.verify("ok-1");
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("INFO").contains("again"));
    }

    @Test
    void aServiceThatAnswersNowAndThenHasNotRecovered() {
        Guard guard = guard("fail-closed", "true", "breaker", "false");
        playtcha.script(Reply.status(500), Reply.ok(), Reply.status(500), Reply.ok(), Reply.ok(), Reply.status(500));
        guard.verify("failed-1");
        assertThat(log.lines()).singleElement().asString().startsWith("WARN Playtcha is unavailable: count=1 ");
        ticker.advance(Duration.ofSeconds(5));
        guard.verify("answered-1");
        ticker.advance(Duration.ofSeconds(15));
        guard.verify("failed-2");
        ticker.advance(Duration.ofMillis(9_999));
        guard.verify("answered-2");
        assertThat(log.lines()).as("within ten seconds of a failure").isEmpty();

        ticker.advance(Duration.ofMillis(1));
        guard.verify("answered-3");
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("INFO Playtcha answers again")
                .contains("unavailable=2");

        guard.verify("failed-3");
        assertThat(log.lines())
                .as("the next outage, within a minute of the first")
                .singleElement()
                .asString()
                .startsWith("WARN Playtcha is unavailable: count=1 ");
    }

    @Test
    void visitorsWhomTheBreakerHoldsBackAreCountedToo() {
        playtcha.always(Reply.resetConnection());
        Guard guard = guard("fail-closed", "true");
        for (int i = 0; i < 40; i++) {
            guard.verify("some-long-token-" + i);
        }
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("WARN Playtcha is unavailable: count=1 ")
                        .contains(" status=- ", " detail="));
        ticker.advance(Duration.ofMinutes(1));
        playtcha.always(null);
        guard.verify("ok-1");

        assertThat(playtcha.requestCount()).isEqualTo(11);
        assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("again", "unavailable=40"));
    }

    @Test
    void anAnswerThatIsNotPlaytchasIsAnErrorWithStatusAndHost() {
        playtcha.always(Reply.status(302).header("Location", "https://login.example.org/?x=1"));
        guard().verify("a-token-1");

        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("ERROR")
                        .contains("reason=not-playtcha", "status=302", " location=login.example.org")
                        .doesNotContain("x=1"));
    }

    @Test
    void degradedIsLoggedOncePerChange() {
        Guard guard = guard();
        for (int i = 0; i < 3; i++) {
            guard.verify("ok-degraded-" + i);
        }
        guard.verify("ok-1");
        guard.verify("ok-2");
        guard.verify("ok-degraded-3");
        guard.verify("ok-3");

        assertThat(log.lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("INFO Playtcha signals degraded"),
                        line -> assertThat(line)
                                .startsWith("INFO Playtcha no longer signals degraded")
                                .endsWith(" degraded=3"),
                        line -> assertThat(line).startsWith("INFO Playtcha signals degraded"),
                        line -> assertThat(line)
                                .startsWith("INFO Playtcha no longer signals degraded")
                                .endsWith(" degraded=1"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"TOKEN_ABSENT", "TOKEN_MALFORMED"})
    void aMissingTokenIsLoggedOnceAMinuteWithWhereItWasSearched(Reason reason) {
        Guard guard = guard();
        PresentedToken missing = PresentedToken.missing(reason);
        for (int i = 0; i < 3; i++) {
            guard.callForRequest(missing.searchedIn("parameter x"));
        }
        String fields = "guard=default reason=" + reason.getLabel();
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("INFO"))
                .singleElement()
                .asString()
                .contains("without a usable token", "count=1 " + fields + " searched=[parameter x]");

        ticker.advance(Duration.ofMinutes(1));
        guard.callForRequest(missing);
        assertThat(log.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains(fields).doesNotContain("searched="))
                .anySatisfy(line -> assertThat(line).startsWith("INFO").contains("count=3 "));
    }

    @Test
    void inMonitorModeNoLineSaysThatVisitorsAreDenied() {
        Guard tried = guard("mode", "monitor");
        tried.callForRequest(PresentedToken.missing(Reason.TOKEN_ABSENT));
        tried.verify("bad-secret-1");
        tried.verify("db-error-1");
        tried.verify("db-error-1");

        assertThat(log.lines())
                .filteredOn(line -> line.contains("denied"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("would be denied (mode=monitor)"));
    }

    @Test
    void bodiesThatTakeTooMuchMemoryAreAnOverloadAndNoMissingToken() {
        guard().callForRequest(PresentedToken.missing(Reason.MAX_CONCURRENT));

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN Overloaded, bodies")
                .endsWith("reason=max-concurrent count=1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"EXEMPT_ROLES", "AFTER_FAILURES", "SESSION_PASS"})
    void aTokenThatIsNotRequiredIsNotLoggedAsMissing(Reason reason) {
        String fields = "guard=default reason=" + reason.getLabel();
        guard().callForRequest(PresentedToken.notRequired(reason));
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("DEBUG No token is required")
                .contains(fields);

        Guard tried = guard("mode", "monitor");
        tried.callForRequest(PresentedToken.notRequired(reason));
        tried.callForRequest(PresentedToken.notRequired(reason));
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("INFO"))
                .singleElement()
                .asString()
                .contains("no token is required", "count=1 " + fields);
    }

    @Test
    void aThrottleIsLoggedOncePerWindow() {
        playtcha.always(Reply.error(429, "rate_limited_ip", "slow down").header("Retry-After", "5"));
        Guard guard = guard();
        guard.verify("token-1");
        guard.verify("token-2");
        ticker.advance(Duration.ofSeconds(5));
        guard.verify("token-3");

        assertThat(log.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("WARN")
                        .contains("status=429", "code=rate_limited_ip", "message=slow down", "request_id=req_")
                        .doesNotContain("max-retry-after"));
    }

    @Test
    void anEchoOfSecretOrTokenIsNotLogged() {
        String token = "token-0123456789";
        playtcha.always(Reply.error(400, "odd", "secret " + SECRET + " token " + token));
        guard().verify(token);

        assertThat(log.everything()).contains("odd").doesNotContain(SECRET, token);
    }
}
