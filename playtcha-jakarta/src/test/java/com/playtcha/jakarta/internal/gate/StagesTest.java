package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What a stage under way holds is given back once, whatever becomes of the threads it would be handed to. */
class StagesTest {
    private static final int MOST_STAGES = 256;

    private final TestTicker ticker = new TestTicker();
    private final AtomicInteger tracked = new AtomicInteger();
    private final Way way = new Way();

    /** Nobody answers, and there are no threads, or none that ever gets to its work. */
    private static final class Way implements Upstream {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean outOfMemory = true;

        @Override
        public UpstreamResult call(String token) {
            return TestResults.failure(Reason.IO, "reset", false);
        }

        @Override
        public void execute(Runnable work) {
            if (outOfMemory) {
                throw new OutOfMemoryError("unable to create a native thread");
            }
            waiting.add(work);
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public Project project() {
            return TestResults.PROJECT;
        }
    }

    private Guard guard(boolean breaker, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "secret", "sk_test_0123456789abcdef", "base-url", "https://playtcha.example", "late-verdicts", "true"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        Guard.Shared shared = new Guard.Shared(
                way,
                breaker
                        ? new Breaker(ticker, TestResults.endpoint("breaking"), Duration.ofSeconds(2), change -> {})
                        : null,
                new ThrottleWindow(ticker, TestResults.endpoint("throttling"), change -> {}),
                new ReplayGuard(ticker),
                LogThrottle.Scheduler.NONE);
        FailOpenTracker tracker = (source, project, token, age, sent) ->
                new FailOpenTracker.TrackResult(false, "id-" + tracked.incrementAndGet());
        return new Guard(
                TestSettings.guard(values),
                shared,
                new Listeners(List.of(), ticker, LogThrottle.Scheduler.NONE),
                tracker,
                ChallengeContext.empty(ticker),
                ticker);
    }

    private static CompletableFuture<Verification> async(Guard guard, String token) {
        return guard.verifyAsync(token).toCompletableFuture();
    }

    private static boolean isOverloaded(CompletableFuture<Verification> stage) {
        try {
            return stage.isDone() && stage.join().getOutcome() == Outcome.OVERLOADED;
        } catch (CompletionException e) {
            return Assertions.fail(e);
        }
    }

    @Test
    void aStageThatCouldNotBeHandedOnLeavesNoMoreRoomThanThereWas() {
        Guard guard = guard(true);
        for (int i = 0; i < 10; i++) {
            guard.verify("broken-" + i);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(async(guard, "held-" + i))
                    .isCompletedWithValueMatching(result -> result.getReason() == Reason.LOCAL_RESOURCES);
        }
        way.outOfMemory = false;

        List<CompletableFuture<Verification>> stages = new ArrayList<>();
        for (int i = 0; i < MOST_STAGES + 1; i++) {
            stages.add(async(guard, "t-" + i));
        }

        assertThat(stages.subList(0, MOST_STAGES)).noneMatch(StagesTest::isOverloaded);
        assertThat(isOverloaded(stages.get(MOST_STAGES))).isTrue();
        way.waiting.forEach(Runnable::run);
        assertThat(stages).allMatch(CompletableFuture::isDone);
        assertThat(isOverloaded(async(guard, "after"))).isFalse();
    }

    @Test
    void aCallThatCouldNotBeHandedOnLeavesNoMorePlacesThanThereWere() {
        Guard guard = guard(false, "max-concurrent", "1");
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            for (int i = 0; i < 3; i++) {
                assertThat(async(guard, "broken-" + i))
                        .isCompletedWithValueMatching(result -> result.getReason() == Reason.LOCAL_RESOURCES);
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR This machine has no file descriptor, port, thread or memory left")
                    .contains("count=1 ", "reason=local-resources", "unable to create a native thread");
        }
        way.outOfMemory = false;

        CompletableFuture<Verification> first = async(guard, "t-1");
        CompletableFuture<Verification> second = async(guard, "t-2");

        assertThat(first).isNotDone();
        assertThat(isOverloaded(second)).isTrue();
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.gate", Level.INFO)) {
            way.waiting.forEach(Runnable::run);
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("INFO Allowed unverified")
                            .endsWith(" deferral=id-1"));
        }
        assertThat(first).isCompletedWithValueMatching(v -> v.getReason() == Reason.IO);
    }
}
