package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What makes an application not ready (contract, section 9). */
class ReadinessTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestTicker ticker = new TestTicker();
    private final List<VerificationListener> listeners = new CopyOnWriteArrayList<>();
    private PlaytchaRuntime runtime;
    private RuntimeMetrics metrics;
    private LoadedSettings settings;

    private void start(String failClosed) {
        start(failClosed, "enforce");
    }

    private void start(String failClosed, String mode) {
        settings = new SettingsLoader()
                .map(new HashMap<>(Map.of(
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "secret",
                        playtcha.secret(),
                        "timeout",
                        "20s",
                        "breaker",
                        "false",
                        "fail-closed",
                        failClosed,
                        "mode",
                        mode)))
                .load();
        LateResultsFacade late = new LateResultsFacade(() -> null);
        runtime = PlaytchaRuntime.start(settings.guards().values(), listeners);
        metrics = new RuntimeMetrics(runtime, late, listeners, settings, () -> null, ticker);
        runtime.startMetrics(metrics);
    }

    @AfterEach
    void close() {
        runtime.close();
        playtcha.close();
        assertThat(listeners).isEmpty();
    }

    private void verify(String token) {
        runtime.guard(settings.guards().get("default")).verify(token);
    }

    @Test
    void guardThatFailsClosedIsNotReadyAfterAMinuteWithoutAnyResponse() {
        start("true");
        playtcha.always(Reply.resetConnection());
        verify("t-1");
        assertThat(metrics.problems()).isEmpty();
        ticker.advance(Duration.ofSeconds(59));
        verify("t-2");
        assertThat(metrics.problems()).isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        verify("t-3");
        assertThat(metrics.problems())
                .containsExactly(Map.entry("guard default", "fails closed and has not reached Playtcha for a minute"));

        playtcha.always(null);
        verify("ok-1");
        assertThat(metrics.problems()).isEmpty();
    }

    @Test
    void ofTwoFiltersWithoutANameTheOneThatReachesItsAddressDoesNotHideTheOther() {
        try (PlaytchaStandIn other = PlaytchaStandIn.start()) {
            start("true");
            Guard reached = runtime.guard(new SettingsLoader()
                    .map(new HashMap<>(Map.of("base-url", other.baseUrl().toString(), "secret", other.secret())))
                    .load()
                    .guards()
                    .get("default"));
            playtcha.always(Reply.resetConnection());
            verify("t-1");
            ticker.advance(Duration.ofSeconds(60));
            verify("t-2");
            reached.verify("ok-1");

            assertThat(metrics.problems()).containsOnlyKeys("guard default");
        }
    }

    @Test
    void nodeThatGetsNoRequestsBecomesReadyAgainAndTriesAnew() {
        start("true");
        playtcha.always(Reply.resetConnection());
        verify("t-1");
        ticker.advance(Duration.ofSeconds(60));
        verify("t-2");
        assertThat(metrics.problems()).isNotEmpty();
        ticker.advance(Duration.ofSeconds(60));
        assertThat(metrics.problems()).isEmpty();
        verify("t-3");
        assertThat(metrics.problems()).isNotEmpty();
    }

    @Test
    void guardThatFailsOpenIsReadyWhilePlaytchaIsAway() {
        start("false");
        playtcha.always(Reply.resetConnection());
        verify("t-1");
        ticker.advance(Duration.ofMinutes(2));
        verify("t-2");
        assertThat(metrics.problems()).isEmpty();
    }

    /** It denies nobody, so that a node without it would serve nobody better. */
    @Test
    void guardThatOnlyMonitorsIsReadyWhilePlaytchaIsAway() {
        start("true", "monitor");
        playtcha.always(Reply.resetConnection());
        verify("t-1");
        ticker.advance(Duration.ofMinutes(1));
        verify("t-2");
        assertThat(metrics.problems()).isEmpty();
    }

    @Test
    void noVisitorsTokenMakesTheApplicationNotReady() {
        start("true");
        for (int i = 0; i < 4; i++) {
            for (String token : List.of("db-error-", "invalid-", "bad-secret-", "expired-")) {
                verify(token + i);
            }
            verify(null);
            ticker.advance(Duration.ofSeconds(30));
        }
        assertThat(metrics.problems()).isEmpty();
    }
}
