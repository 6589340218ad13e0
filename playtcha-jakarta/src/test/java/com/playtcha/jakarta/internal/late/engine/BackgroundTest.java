package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.TestClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the engine does in the background, and by whose clock (contract, section 7). */
class BackgroundTest extends EngineFixture {
    private final TestClock own = new TestClock();
    private volatile Runnable whileTheStoreAnswers = () -> {};

    @Test
    void aNodeWhoseClockIsMinutesAheadExpiresNothingEarly() {
        store = JdbcStores.withLeaseClock(database, results, clock);
        engine = LateEngineBuilder.of(
                        config(),
                        store,
                        (result, delivery) -> handled.add(result),
                        Clock.offset(clock, Duration.ofMinutes(5)),
                        Runnable::run)
                .nanoTime(clock::nanoTime)
                .build();
        try (CapturedLog log = new CapturedLog(EngineContext.class.getName(), Level.INFO)) {
            engine.openStore();
            prepare(engine);
            String tracked = track("token", false);

            pollAfter(Duration.ofSeconds(11));

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN The clock of this node is 300 s off the database's");
            assertThat(verdictPolls).containsExactly("token");
            assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.VERIFIED);
            assertThat(store.find(tracked).orElseThrow().getExpiresAt())
                    .isEqualTo(clock.instant().plus(Duration.ofMinutes(5)).minusSeconds(11));
        }
    }

    @Test
    void aNodeWhoseClockIsMinutesAheadExpiresNothingEarlyWhereTheStoreIsSlow() {
        Clock slow = new Clock() {
            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                clock.advance(Duration.ofSeconds(3));
                return clock.instant();
            }
        };
        store = JdbcStores.withLeaseClock(database, results, slow);
        engine = LateEngineBuilder.of(
                        config(),
                        store,
                        (result, delivery) -> handled.add(result),
                        Clock.offset(clock, Duration.ofMinutes(30)),
                        Runnable::run)
                .nanoTime(clock::nanoTime)
                .build();
        store.take(
                new Arrival.FailOpen(
                        new NewItem(
                                "late-1",
                                LateKind.LATE_VERDICT,
                                "default",
                                "token",
                                false,
                                clock.instant(),
                                clock.instant().plusSeconds(5),
                                clock.instant().plusSeconds(300)),
                        Ids.digest("project", "token"),
                        clock.instant().plusSeconds(300)),
                10,
                clock.instant());
        engine.openStore();
        prepare(engine);

        pollAfter(Duration.ofSeconds(11));
        pollAfter(Duration.ofSeconds(1));

        assertThat(verdictPolls).containsExactly("token");
    }

    @Test
    void aSlowAnswerBlursNothingThatAQuickOneHasToldOfTheClock() {
        startWithOwnClock();
        own.jump(Duration.ofMinutes(30));
        engine.openStore();

        answerSlowly();

        assertThatItemsExpireInTime();
    }

    @Test
    void aSlowAnswerBlursNothingThatIsKnownOfAClockThatWasSet() {
        startWithOwnClock();
        engine.openStore();
        own.jump(Duration.ofMinutes(30));

        answerSlowly();

        assertThatItemsExpireInTime();
    }

    @Test
    void aSlowAnswerShowsThatTheClockWasSetRight() {
        startWithOwnClock();
        own.jump(Duration.ofMinutes(30));
        engine.openStore();
        own.jump(Duration.ofMinutes(-30));

        answerSlowly();

        assertThatItemsExpireInTime();
    }

    @Test
    void aClockThatIsSetBackWhileTheStoreAnswersIsMeasuredAsItIsNow() {
        startWithOwnClock();
        AtomicBoolean isSet = new AtomicBoolean();
        whileTheStoreAnswers = () -> {
            if (!isSet.getAndSet(true)) {
                own.jump(Duration.ofHours(-1));
            }
        };

        engine.openStore();

        assertThatItemsExpireInTime();
    }

    @Test
    void whoIsTrackedRightAfterTheClockWasSetHasFiveMinutes() {
        startWithOwnClock();
        engine.openStore();
        own.jump(Duration.ofMinutes(-30));

        assertThatItemsExpireInTime();
        pass(Duration.ofSeconds(11));

        assertThat(verdictPolls).containsExactly("token");
    }

    @Test
    void whoIsTrackedRightAfterAWrongClockWasSetRightHasFiveMinutes() {
        startWithOwnClock();
        own.jump(Duration.ofMinutes(30));
        engine.openStore();
        own.jump(Duration.ofMinutes(-30));

        assertThatItemsExpireInTime();
    }

    @Test
    void aClockThatIsSetWhileTokensAreAskedForExpiresNothingEarly() {
        startWithOwnClock();
        engine.openStore();
        track("t1", false);
        track("t2", false);
        playtcha = token -> {
            if (verdictPolls.size() == 1) {
                own.jump(Duration.ofMinutes(10));
            }
            return ok(true);
        };

        pass(Duration.ofSeconds(11));

        assertThat(verdictPolls).containsExactlyInAnyOrder("t1", "t2");
        assertThat(handled)
                .extracting(LateResult::getOutcome)
                .containsExactly(LateOutcome.VERIFIED, LateOutcome.VERIFIED);
    }

    private void pass(Duration time) {
        own.advance(time);
        pollAfter(time);
    }

    /** Starts a node whose clock is not the store's. */
    private void startWithOwnClock() {
        Clock observed = new Clock() {
            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                Instant answer = clock.instant();
                whileTheStoreAnswers.run();
                return answer;
            }
        };
        store = JdbcStores.withLeaseClock(database, results, observed);
        engine = LateEngineBuilder.of(config(), store, (result, delivery) -> handled.add(result), own, Runnable::run)
                .build();
        prepare(engine);
    }

    private void answerSlowly() {
        whileTheStoreAnswers = () -> {
            clock.advance(Duration.ofSeconds(3));
            own.advance(Duration.ofSeconds(3));
        };
        engine.openStore();
        whileTheStoreAnswers = () -> {};
    }

    private void assertThatItemsExpireInTime() {
        String tracked = track("token", false);

        assertThat(store.find(tracked).orElseThrow().getExpiresAt())
                .isEqualTo(clock.instant().plus(Duration.ofMinutes(5)));
    }

    @Test
    void manyThatExpireAtOnceAreEndedInBatches() {
        start();
        for (int i = 0; i < 450; i++) {
            engine.inbox().track("t" + i);
        }

        pollAfter(Duration.ofHours(1));
        assertThat(handled).hasSize(200);
        pollAfter(Duration.ofMillis(100));
        assertThat(handled).hasSize(400);
        pollAfter(Duration.ofMillis(100));

        assertThat(handled).hasSize(450).allMatch(result -> result.getOutcome() == LateOutcome.EXPIRED);
        assertThat(transitions).filteredOn("AWAITING>READY"::equals).hasSize(450);
    }

    @Test
    void manyThatExpireAtOnceDoNotWaitForTheNextTick() {
        store = JdbcStores.withLeaseClock(database, results, clock);
        AtomicInteger expired = new AtomicInteger();
        engine = LateEngineBuilder.of(config(), store, (result, delivery) -> expired.incrementAndGet(), clock, null)
                .build();
        for (int i = 0; i < 450; i++) {
            engine.inbox().track("t" + i);
        }
        engine.start(Duration.ofHours(1), () -> {});
        clock.advance(Duration.ofHours(1));
        engine.pollOnce();

        await().until(() -> {
            clock.advance(Duration.ofMillis(100));
            return expired.get() == 450;
        });
    }

    @Test
    void thousandsThatHaveEndedAreDeletedInOneGo() throws Exception {
        start();
        engine.openStore();
        execute("INSERT INTO playtcha_late_item (item_key, item_id, kind, state, lane, source, tracked, sent, attempts,"
                + " failures, started_at, due_at, expires_at, dead_since, created_at, updated_at, fence, lease_until)"
                + " SELECT LPAD(x, 64, '0'), 't' || x, 'TASK', 'DELIVERED', 'DONE', 'tasks', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
                + " 1, 0 FROM SYSTEM_RANGE(1, 5500)");

        engine.pollOnce();

        assertThat(number("SELECT COUNT(*) FROM playtcha_late_item")).isZero();
    }

    @Test
    void statisticsAndListingsThatFailAreNoOutageOfTheStore() {
        start();
        engine.openStore();
        database.refuse("SELECT COUNT(*)");

        try (CapturedLog log = new CapturedLog(LateEngine.class.getName(), Level.WARN)) {
            assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.STORED);
            pollAfter(Duration.ofMinutes(1));

            assertThat(log.lines()).isEmpty();
        }
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(count(LateCounter.STORE_FAILED)).isPositive();
        assertThat(engine.metrics().getTimeSinceCount()).isEqualTo(Duration.ofMinutes(1));
    }
}
