package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 3: the breaker. */
class BreakerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final TestTicker ticker = new TestTicker();
    private final List<String> changes = new ArrayList<>();
    private final Breaker breaker = new Breaker(
            ticker,
            TestResults.endpoint("host:1"),
            TIMEOUT,
            change -> changes.add(
                    change.from() + ">" + change.to() + " " + change.openFor().toSeconds()));

    @ParameterizedTest(name = "{0} answered and then {1} failed: open is {2}")
    @CsvSource({
        "0, 9, false",
        "0, 10, true",
        "2, 8, true",
        "3, 7, false",
        "3, 11, false",
        "3, 12, true",
        "20, 79, false",
        "20, 80, true"
    })
    void opensAtTenCallsOfWhichEightyPercentFailed(int answered, int failed, boolean open) {
        answer(answered);
        fail(failed);

        assertThat(breaker.isOpen()).isEqualTo(open);
        assertThat(breaker.tryAcquire() == null).isEqualTo(open);
    }

    @Test
    void answersAloneNeverOpenIt() {
        answer(1000);

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void failuresOlderThanTenSecondsDoNotCount() {
        fail(9);
        ticker.advance(Duration.ofMillis(10_000));
        fail(9);

        assertThat(breaker.isOpen()).isFalse();

        fail(1);

        assertThat(breaker.isOpen()).isTrue();
    }

    @ParameterizedTest(name = "the first after {0} ms")
    @ValueSource(longs = {0, 100, 5_000, 9_900, 12_345})
    void failuresWithinTenSecondsCountTogether(long before) {
        ticker.advance(Duration.ofMillis(before));
        fail(5);
        ticker.advance(Duration.ofMillis(9_800));
        fail(5);

        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void aLongSilenceForgetsAllCalls() {
        fail(9);
        ticker.advance(Duration.ofDays(400));
        fail(9);

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void inconclusiveCallsCountNeitherWay() {
        for (int i = 0; i < 100; i++) {
            pass().release();
        }
        fail(9);

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void letsOneProbeThroughAfterFiveSeconds() {
        fail(10);
        ticker.advance(Duration.ofMillis(4_999));

        assertThat(breaker.tryAcquire()).isNull();

        ticker.advance(Duration.ofMillis(1));

        assertThat(breaker.tryAcquire()).as("the probe").isNotNull();
        assertThat(breaker.tryAcquire()).as("a second at the same time").isNull();
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void aProbeThatIsAnsweredCloses() {
        fail(10);
        ticker.advance(Duration.ofSeconds(5));
        TestResults.succeed(pass());

        assertThat(breaker.isOpen()).isFalse();
        fail(9);
        assertThat(breaker.isOpen()).as("earlier failures are forgotten").isFalse();
        assertThat(changes).containsExactly("CLOSED>OPEN 5", "OPEN>HALF_OPEN 0", "HALF_OPEN>CLOSED 0");
    }

    @Test
    void callsBeforeAResetCountNeitherAsMadeNorAsFailed() {
        fail(9);
        breaker.reset();
        assertThat(changes).as("it was closed").isEmpty();
        answer(9);
        fail(1);
        assertThat(breaker.isOpen()).as("one of ten failed").isFalse();

        breaker.reset();
        fail(9);
        assertThat(breaker.isOpen()).as("nine were made").isFalse();
        fail(1);
        assertThat(breaker.isOpen()).as("ten of ten failed").isTrue();

        breaker.reset();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(changes).containsExactly("CLOSED>OPEN 5", "OPEN>CLOSED 0");
        fail(10);
        assertThat(breaker.isOpen())
                .as("ten of ten, after those that were forgotten")
                .isTrue();
    }

    @Test
    void theWaitEndsWhenAProbeIsDueAndGoesOnWhileOneIsUnderWay() {
        assertThat(breaker.waitTime()).as("closed").isZero();
        fail(10);
        assertThat(breaker.waitTime()).isEqualTo(Duration.ofSeconds(5));
        ticker.advance(Duration.ofMillis(4_999));
        assertThat(breaker.waitTime()).isEqualTo(Duration.ofMillis(1));
        ticker.advance(Duration.ofMillis(2));
        assertThat(breaker.waitTime()).as("due").isZero();

        Breaker.Permission probe = pass();
        assertThat(breaker.waitTime()).as("under way").isPositive();
        TestResults.succeed(probe);
        assertThat(breaker.waitTime()).as("closed again").isZero();
    }

    @Test
    void aChangeNamesTheGuardsThatShareTheBreaker() {
        List<BreakerChange> received = new ArrayList<>();
        Breaker shared = new Breaker(ticker, TestResults.endpoint("host:1"), TIMEOUT, received::add);
        shared.addGuard("signup");
        shared.addGuard("contact");
        for (int i = 0; i < 10; i++) {
            TestResults.fail(shared.tryAcquire());
        }

        assertThat(received)
                .singleElement()
                .satisfies(change -> assertThat(change.guards()).containsExactly("contact", "signup"));
    }

    @Test
    void aProbeThatNeverReportsHasFailed() {
        fail(10);
        ticker.advance(Duration.ofSeconds(5));
        Breaker.Permission lost = pass();
        ticker.advance(TIMEOUT.plusSeconds(5).minusNanos(1));
        assertThat(breaker.tryAcquire()).isNull();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);

        ticker.advance(Duration.ofNanos(1));
        assertThat(breaker.tryAcquire()).isNull();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.waitTime()).isEqualTo(Duration.ofSeconds(10));

        ticker.advance(Duration.ofSeconds(10));
        Breaker.Permission next = pass();
        TestResults.succeed(lost);
        assertThat(breaker.state()).as("the lost probe counts no more").isEqualTo(BreakerState.HALF_OPEN);
        TestResults.succeed(next);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void aProbeThatWasLostLongAgoIsFollowedByAnotherAtOnce() {
        fail(10);
        ticker.advance(Duration.ofSeconds(5));
        pass();
        ticker.advance(Duration.ofHours(1));

        TestResults.succeed(pass());

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void aListenerThatBlocksDoesNotKeepTheBreakerHalfOpen() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        Breaker told = new Breaker(ticker, TestResults.endpoint("host:1"), TIMEOUT, change -> {
            if (change.to() == BreakerState.HALF_OPEN) {
                entered.countDown();
                try {
                    blocked.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        for (int i = 0; i < 10; i++) {
            TestResults.fail(told.tryAcquire());
        }
        ticker.advance(Duration.ofSeconds(5));
        Thread visitor = new Thread(told::tryAcquire);
        visitor.start();
        entered.await();

        ticker.advance(TIMEOUT.plusSeconds(15));
        TestResults.succeed(told.tryAcquire());

        assertThat(told.isOpen()).isFalse();
        blocked.countDown();
        visitor.join();
    }

    @Test
    void failedProbesDoubleTheTimeUpToThirtySeconds() {
        fail(10);
        for (int seconds : new int[] {5, 10, 20, 30, 30}) {
            ticker.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(breaker.tryAcquire()).as("before %s s", seconds).isNull();
            ticker.advance(Duration.ofMillis(1));
            TestResults.fail(pass());
        }
        ticker.advance(Duration.ofSeconds(30));
        TestResults.succeed(pass());
        changes.clear();
        fail(10);

        assertThat(changes).as("begins at 5 s again").containsExactly("CLOSED>OPEN 5");
    }

    @Test
    void aProbeThatSaysNothingLeavesTheNextCallToProbe() {
        fail(10);
        ticker.advance(Duration.ofSeconds(5));
        pass().release();

        assertThat(breaker.tryAcquire()).isNotNull();
    }

    @Test
    void probesThatSayNothingAreNotAChange() {
        fail(10);
        ticker.advance(Duration.ofSeconds(5));
        changes.clear();
        pass().release();

        assertThat(changes).containsExactly("OPEN>HALF_OPEN 0");
    }

    @Test
    void aListenerThatFailsDoesNotKeepTheBreakerHalfOpen() {
        Breaker failing = new Breaker(ticker, TestResults.endpoint("host:1"), Duration.ofSeconds(2), change -> {
            if (change.to() == BreakerState.HALF_OPEN && changes.isEmpty()) {
                changes.add("failed");
                throw new StackOverflowError("listener");
            }
        });
        for (int i = 0; i < 10; i++) {
            TestResults.fail(failing.tryAcquire());
        }
        ticker.advance(Duration.ofSeconds(5));
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(failing::tryAcquire);

        assertThat(failing.tryAcquire()).as("the next one probes").isNotNull();
    }

    @Test
    void resultsOfCallsThatBeganBeforeAChangeAreIgnored() {
        Breaker.Permission slow = pass();
        Breaker.Permission slower = pass();
        fail(10);
        TestResults.succeed(slow);
        assertThat(breaker.isOpen()).isTrue();

        ticker.advance(Duration.ofSeconds(5));
        Breaker.Permission probe = pass();
        TestResults.fail(slower);
        TestResults.succeed(probe);

        assertThat(breaker.isOpen()).isFalse();
    }

    private Breaker.Permission pass() {
        Breaker.Permission pass = breaker.tryAcquire();
        assertThat(pass).isNotNull();
        return pass;
    }

    private void answer(int times) {
        for (int i = 0; i < times; i++) {
            TestResults.succeed(pass());
        }
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            TestResults.fail(pass());
        }
    }
}
