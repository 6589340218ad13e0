package com.playtcha.jakarta.internal.runtime;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.Breaker;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.Listeners;
import com.playtcha.jakarta.internal.gate.ReplayGuard;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.gate.ThrottleWindow;
import com.playtcha.jakarta.internal.http.HttpUpstream;
import com.playtcha.jakarta.internal.http.Target;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.util.TestScheduler;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Guards on the real transport to a stand-in, with a test clock, recorded events and a captured log. */
final class TestGuards implements AutoCloseable {
    static final String SECRET = "sk_test_0123456789abcdef";
    /** Of guards without late verdicts, which never ask it. */
    static final FailOpenTracker NO_TRACKER = (source, project, token, age, sent) -> {
        throw new AssertionError("nothing is to be tracked");
    };

    static final Listeners NO_LISTENERS =
            new Listeners(List.of(), System::nanoTime, com.playtcha.jakarta.internal.util.LogThrottle.Scheduler.NONE);

    final PlaytchaStandIn playtcha = PlaytchaStandIn.builder().secret(SECRET).start();
    final TestTicker ticker = new TestTicker();
    final CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.DEBUG);
    final List<Verification> heard = new CopyOnWriteArrayList<>();
    final List<String> changes = new CopyOnWriteArrayList<>();
    final List<VerificationListener> listeners = new CopyOnWriteArrayList<>(List.of(new Hearing()));
    final TestScheduler scheduler = new TestScheduler();
    private final Listeners observers = new Listeners(listeners, ticker, scheduler);
    private final List<HttpUpstream> opened = new CopyOnWriteArrayList<>();
    private final ThrottleWindow window =
            new ThrottleWindow(ticker, TestResults.endpoint("throttling"), observers::throttleChanged);
    private final ReplayGuard unverified = new ReplayGuard(ticker);

    private final class Hearing implements VerificationListener {
        @Override
        public void onVerification(String guard, Verification verification) {
            heard.add(verification);
        }

        @Override
        public void onBreakerChange(BreakerChange change) {
            changes.add(change.host() + ": " + change.from() + " to " + change.to() + ", "
                    + change.openFor().toSeconds() + " s");
        }

        @Override
        public void onThrottleChange(ThrottleChange change) {
            changes.add(change.host() + ": " + (change.throttled() ? "throttled, " : "free, ")
                    + change.window().toSeconds() + " s");
        }
    }

    /** A guard with a transport and a breaker of its own; they share the throttle window. */
    Guard guard(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        values.put("secret", SECRET);
        values.put("base-url", playtcha.baseUrl().toString());
        values.put("timeout", "10s");
        values.put("connect-timeout", "5s");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        GuardSettings settings = TestSettings.guard(values);
        HttpUpstream upstream = new HttpUpstream(Target.of(settings), settings, new StrictJson(), new JsonWriter());
        opened.add(upstream);
        Breaker breaker = settings.get(Setting.BREAKER)
                ? new Breaker(
                        ticker, TestResults.endpoint("breaking"), Duration.ofSeconds(2), observers::breakerChanged)
                : null;
        return new Guard(
                settings,
                new Guard.Shared(upstream, breaker, window, unverified, scheduler),
                observers,
                NO_TRACKER,
                ChallengeContext.empty(ticker),
                ticker);
    }

    /** Ends the transports, as closing the application does. */
    void closeTransports() {
        opened.forEach(HttpUpstream::close);
    }

    @Override
    public void close() {
        closeTransports();
        playtcha.close();
        log.close();
    }
}
