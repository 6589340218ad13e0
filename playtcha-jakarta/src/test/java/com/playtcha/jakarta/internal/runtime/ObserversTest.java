package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners of breakers and throttle windows, including listeners that throw (contract, section 3). */
class ObserversTest {
    private final TestGuards guards = new TestGuards();
    private final PlaytchaStandIn playtcha = guards.playtcha;

    @AfterEach
    void close() {
        guards.close();
    }

    /** Throws the same at everything. */
    private record Failing(Throwable thrown) implements VerificationListener {
        @Override
        public void onVerification(String guard, Verification verification) {
            fail();
        }

        @Override
        public void onBreakerChange(BreakerChange change) {
            fail();
        }

        @Override
        public void onThrottleChange(ThrottleChange change) {
            fail();
        }

        private void fail() {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    @Test
    void breakerChangesArePassedInTheirOrder() {
        Guard guard = guards.guard();
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 12; i++) {
            guard.verify("broken-" + i);
        }
        guards.ticker.advance(Duration.ofSeconds(5));
        guard.verify("broken-probe");
        playtcha.always(null);
        guards.ticker.advance(Duration.ofSeconds(10));
        guard.verify("ok-probe");

        assertThat(guards.changes)
                .containsExactly(
                        "breaking: CLOSED to OPEN, 5 s",
                        "breaking: OPEN to HALF_OPEN, 0 s",
                        "breaking: HALF_OPEN to OPEN, 10 s",
                        "breaking: OPEN to HALF_OPEN, 0 s",
                        "breaking: HALF_OPEN to CLOSED, 0 s");
    }

    @Test
    void theStartAndTheEndOfAThrottleWindowAreReported() {
        Guard signup = guards.guard("max-retry-after", "60s");
        Guard contact = guards.guard();
        playtcha.always(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "90"));
        signup.verify("t-1");
        contact.verify("t-2");
        guards.ticker.advance(Duration.ofSeconds(59));
        contact.verify("t-3");
        assertThat(guards.changes).containsExactly("throttling: throttled, 60 s");

        guards.ticker.advance(Duration.ofSeconds(1));
        contact.verify("t-4");
        assertThat(guards.changes)
                .containsExactly("throttling: throttled, 60 s", "throttling: free, 0 s", "throttling: throttled, 90 s");

        playtcha.always(null);
        guards.ticker.advance(Duration.ofSeconds(90));
        signup.verify("ok-5");
        contact.verify("ok-6");
        assertThat(guards.changes).hasSize(4).endsWith("throttling: free, 0 s");
    }

    @Test
    void eachListenerReceivesAChangeOfSharedStateOnce() {
        List<Object> first = new CopyOnWriteArrayList<>();
        List<Object> second = new CopyOnWriteArrayList<>();
        List<VerificationListener> listeners = new CopyOnWriteArrayList<>(List.of(hearing(first)));
        GuardSettings signup = settings("signup", "false");
        GuardSettings contact = settings("contact", "true");
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(signup, contact), listeners)) {
            listeners.add(hearing(second));
            playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "1"));
            runtime.guard(signup).verify("t-1");
            runtime.guard(contact).verify("t-2");
            playtcha.always(Reply.resetConnection());
            Awaitility.await().until(() -> runtime.guard(signup).verify("t-3").getReason() == Reason.IO);
            for (int i = 0; i < 20; i++) {
                runtime.guard(i % 2 == 0 ? signup : contact).verify("broken-" + i);
            }
        }
        String host = playtcha.baseUrl().getAuthority();
        assertThat(first).hasSize(3).isEqualTo(second);
        assertThat(first.get(0)).isInstanceOfSatisfying(ThrottleChange.class, change -> {
            assertThat(change.host()).isEqualTo(host);
            assertThat(change.guards()).containsExactly("contact", "signup");
            assertThat(change.throttled()).isTrue();
            assertThat(change.window()).isEqualTo(Duration.ofSeconds(1));
        });
        assertThat(first.get(1)).isInstanceOfSatisfying(ThrottleChange.class, change -> {
            assertThat(change.host()).isEqualTo(host);
            assertThat(change.throttled()).isFalse();
            assertThat(change.window()).isZero();
        });
        assertThat(first.get(2)).isInstanceOfSatisfying(BreakerChange.class, change -> {
            assertThat(change.host()).isEqualTo(host);
            assertThat(change.guards()).containsExactly("contact", "signup");
            assertThat(change.from()).isEqualTo(BreakerState.CLOSED);
            assertThat(change.to()).isEqualTo(BreakerState.OPEN);
            assertThat(change.openFor()).isEqualTo(Duration.ofSeconds(5));
        });
        assertThat(guards.log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("WARN Breaker open, " + host + " "));
    }

    @Test
    void aRemovedListenerIsNotCalled() {
        List<String> heard = new CopyOnWriteArrayList<>();
        List<VerificationListener> listeners =
                new CopyOnWriteArrayList<>(List.of((guard, verification) -> heard.add(guard)));
        GuardSettings settings = settings("signup", "false");
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), listeners)) {
            runtime.guard(settings).verify("ok-1");
            listeners.clear();
            runtime.guard(settings).verify("ok-2");
        }
        assertThat(heard).containsExactly("signup");
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalArgumentException.class, NoClassDefFoundError.class, AssertionError.class})
    void whatAListenerThrowsIsLoggedAndChangesNothing(Class<? extends Throwable> kind) throws Exception {
        Throwable thrown = kind.getDeclaredConstructor().newInstance();
        guards.listeners.add(0, new Failing(thrown));
        Guard guard = guards.guard("max-concurrent", "1");
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 10; i++) {
            assertThat(guard.verify("broken-" + i).getReason()).isEqualTo(Reason.IO);
        }
        guards.ticker.advance(Duration.ofSeconds(5));
        playtcha.always(Reply.error(429, "rate_limited_ip", "m"));
        assertThat(guard.verify("probe").getReason()).isEqualTo(Reason.RATE_LIMITED);
        playtcha.always(null);
        guards.ticker.advance(Duration.ofSeconds(1));
        assertThat(guard.verify("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);

        assertThat(guards.heard).hasSize(12);
        assertThat(guards.changes)
                .containsExactly(
                        "breaking: CLOSED to OPEN, 5 s",
                        "breaking: OPEN to HALF_OPEN, 0 s",
                        "throttling: throttled, 1 s",
                        "breaking: HALF_OPEN to CLOSED, 0 s",
                        "throttling: free, 0 s");
        assertThat(failures()).singleElement().asString().contains("count=1");
        guards.ticker.advance(Duration.ofMinutes(1));
        guards.scheduler.runAll();
        assertThat(failures()).singleElement().asString().contains("count=" + (12 + 5 - 1));
    }

    private List<String> failures() {
        return guards.log.lines().stream()
                .filter(line -> line.startsWith("WARN A verification listener failed"))
                .toList();
    }

    /** As for an error of our own: the request ends with it, but place, pass and window are as they should be. */
    @Test
    void aVirtualMachineErrorOfAListenerIsThrownAndReleasesThePermit() {
        VerificationListener failing = new Failing(new StackOverflowError("said so by a test"));
        Guard guard = guards.guard("max-concurrent", "1");
        playtcha.always(Reply.resetConnection());
        for (int i = 0; i < 9; i++) {
            guard.verify("broken-" + i);
        }
        guards.listeners.add(failing);
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> guard.verify("broken-9"));
        playtcha.always(null);
        guards.ticker.advance(Duration.ofSeconds(5));
        assertThatExceptionOfType(StackOverflowError.class).as("half open").isThrownBy(() -> guard.verify("ok-1"));
        playtcha.always(Reply.error(429, "rate_limited_ip", "m"));
        assertThatExceptionOfType(StackOverflowError.class)
                .as("half open again")
                .isThrownBy(() -> guard.verify("t"));
        guards.listeners.remove(failing);

        assertThat(guard.verify("t-2").getReason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(guard.verify("t-3").getReason()).isEqualTo(Reason.THROTTLE_WINDOW);
        guards.ticker.advance(Duration.ofSeconds(1));
        playtcha.always(null);
        assertThat(guard.verify("ok-2").getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    private GuardSettings settings(String name, String failClosed) {
        return TestSettings.guard(
                name,
                Map.of(
                        "secret",
                        TestGuards.SECRET,
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "timeout",
                        "20s",
                        "fail-closed",
                        failClosed));
    }

    private static VerificationListener hearing(List<Object> changes) {
        return new VerificationListener() {
            @Override
            public void onVerification(String guard, Verification verification) {
                // Not what is looked at here.
            }

            @Override
            public void onBreakerChange(BreakerChange change) {
                changes.add(change);
            }

            @Override
            public void onThrottleChange(ThrottleChange change) {
                changes.add(change);
            }
        };
    }
}
