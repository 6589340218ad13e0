package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Callbacks, polling, and both (contract, section 7). */
class LateTaskTest extends EngineFixture {

    @Test
    void aCallbackIsHandedOver() {
        start();
        engine.inbox().track("t1");

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.STORED);
        engine.pollOnce();

        assertThat(handled).extracting(LateResult::getCode).containsExactly("yes");
        assertThat(handled.get(0).getOutcome()).isEqualTo(LateOutcome.COMPLETED);
        assertThat(polled).isEmpty();
        assertThat(transitions).containsExactly("null>AWAITING", "AWAITING>READY", "READY>DELIVERED");
    }

    @Test
    void aCallbackThatNobodyExpectedIsTheBeginningOfItsItem() {
        start();

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.STORED);
        engine.inbox().track("t1");
        engine.pollOnce();

        assertThat(transitions).containsExactly("null>READY", "READY>DELIVERED");
    }

    @Test
    void aResultThatTakesThePlaceOfAnExpiryIsToldAsOne() {
        start();
        engine.inbox().track("t1");
        LateResult expired = LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, clock.instant())
                .build();
        Single.accept(store, expired, 10, clock.instant());

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.STORED);

        assertThat(transitions).containsExactly("null>AWAITING", "READY>READY");
    }

    @Test
    void aRepeatedCallbackIsAcknowledgedAndChangesNothing() {
        start();
        engine.inbox().accept("t1", "yes");
        engine.pollOnce();

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.DUPLICATE);
        assertThat(engine.inbox().accept("t1", "no")).isEqualTo(AcceptResult.DIFFERENT);
        run(Duration.ofSeconds(5));

        assertThat(handled).hasSize(1);
        assertThat(count(LateCounter.DUPLICATE)).isEqualTo(1);
        assertThat(count(LateCounter.DIFFERENT)).isEqualTo(1);
        assertThat(AcceptResult.DIFFERENT.isAcknowledged()).isTrue();
    }

    @Test
    void aCallbackThatOvertakesItsTaskIsKnownWhenTheTaskIsTracked() {
        start();
        engine.inbox().accept("t1", "yes");

        assertThat(engine.inbox().track("t1").getState()).isEqualTo(LateState.READY);
        engine.pollOnce();

        assertThat(engine.inbox().track("t1").getState()).isEqualTo(LateState.DELIVERED);
        assertThat(engine.inbox().find("t1").orElseThrow().isTracked()).isTrue();
        assertThat(handled).hasSize(1);
    }

    @Test
    void aTaskWhoseCallbackDoesNotComeIsPolledFor() {
        start();
        engine.inbox().track("t1");
        run(Duration.ofSeconds(119));
        assertThat(polled).isEmpty();
        run(Duration.ofSeconds(1));
        assertThat(polled).hasSize(1);
        run(Duration.ofSeconds(29));
        assertThat(polled).hasSize(1);
        run(Duration.ofSeconds(1));
        assertThat(polled).hasSize(2);
        service = id -> Poll.ready("polled");
        run(Duration.ofSeconds(30));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("polled");
        assertThat(handled.get(0).getAttempts()).isEqualTo(3);
        assertThat(engine.inbox().accept("t1", "polled")).isEqualTo(AcceptResult.DUPLICATE);
    }

    @Test
    void aPermanentErrorIsHandedOverAsAFailure() {
        start();
        service = id -> Poll.permanent("ERROR_CAPTCHA_UNSOLVABLE");
        engine.inbox().track("t1");

        run(Duration.ofSeconds(120));

        assertThat(handled.get(0).getOutcome()).isEqualTo(LateOutcome.FAILED);
        assertThat(handled.get(0).getFailure()).isEqualTo("ERROR_CAPTCHA_UNSOLVABLE");
    }

    @Test
    void troubleOnTheWayIsNeverPermanent() {
        start();
        service = id -> Poll.failure("503", Duration.ofSeconds(90), Poll.Scope.SERVICE);
        engine.inbox().track("t1");
        run(Duration.ofMinutes(30), Duration.ofSeconds(5));
        assertThat(handled).isEmpty();
        assertThat(polled).hasSizeBetween(5, 20);
        service = id -> Poll.ready("at last");

        run(Duration.ofMinutes(5));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("at last");
    }

    @Test
    void aTaskThatTheServiceDoesNotKnowKeepsNoOtherFromBeingPolledFor() {
        start();
        service = id ->
                id.startsWith("odd") ? Poll.failure("HTTP status 404", null, Poll.Scope.ITEM) : Poll.ready("polled");
        for (int i = 0; i < 10; i++) {
            engine.inbox().track("odd" + i);
        }
        engine.inbox().track("t1");

        run(Duration.ofSeconds(121));

        assertThat(polled).hasSize(11);
        assertThat(handled).extracting(LateResult::getId).containsExactly("t1");
        run(Duration.ofSeconds(30));
        assertThat(polled).hasSize(21);
    }

    @Test
    void troubleAfterManyPollsIsFollowedByTheNextPollInItsTime() {
        start();
        engine.inbox().track("t1");
        run(Duration.ofMinutes(10));
        service = id -> Poll.failure("HTTP status 500", null, Poll.Scope.REACHED);
        run(Duration.ofSeconds(30));
        service = id -> Poll.ready("polled");

        run(Duration.ofSeconds(31));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("polled");
    }

    @Test
    void tasksAtWhichTheServiceFailsDelayNoOthers() {
        start();
        service = id ->
                id.startsWith("bad") ? Poll.failure("HTTP status 500", null, Poll.Scope.REACHED) : Poll.ready("polled");
        for (int i = 0; i < 20; i++) {
            engine.inbox().track("bad" + i);
        }
        engine.inbox().track("good");

        run(config().firstPoll.plusSeconds(30));

        assertThat(handled).extracting(LateResult::getId).containsExactly("good");
        int before = polled.size();
        run(Duration.ofMinutes(5));
        assertThat(polled.size() - before).as("each once an interval").isLessThanOrEqualTo(200);
    }

    @Test
    void aServiceThatIsBackAfterALongOutageIsPolledWithinOneInterval() {
        start();
        service = id -> Poll.failure("connect", null, Poll.Scope.SERVICE);
        for (int i = 0; i < 20; i++) {
            engine.inbox().track("t" + i);
        }
        run(Duration.ofMinutes(30));
        assertThat(polled).as("one at a time, once an interval").hasSizeBetween(56, 72);
        service = id -> Poll.ready("polled");

        run(Duration.ofSeconds(31));

        assertThat(handled).isNotEmpty();
        run(Duration.ofSeconds(30));
        assertThat(handled).hasSize(20);
    }

    @Test
    void theWindowThatAThrottlingServiceAsksForIsWaitedOutWhereItIsLongerThanTheInterval() {
        start();
        service = id -> Poll.failure("HTTP status 429", Duration.ofSeconds(100), Poll.Scope.SERVICE);
        engine.inbox().track("t1");
        run(Duration.ofSeconds(120));
        service = id -> Poll.ready("polled");

        run(Duration.ofSeconds(99));
        assertThat(polled).hasSize(1);
        run(Duration.ofSeconds(1));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("polled");
    }

    @Test
    void aTaskWithoutAResultExpires() {
        start();
        engine.inbox().track("t1");

        run(Duration.ofHours(1), Duration.ofSeconds(5));

        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.EXPIRED);
        assertThat(engine.inbox().accept("t1", "too late")).isEqualTo(AcceptResult.DIFFERENT);
        assertThat(state("t1")).isEqualTo(LateState.EXPIRED);
    }

    @Test
    void newsOfAResultMakesItPolledForAtOnce() {
        start();
        service = id -> Poll.ready("polled " + id);
        engine.inbox().track("t1");

        assertThat(engine.inbox().pollNow("t1")).isEqualTo(AcceptResult.STORED);
        assertThat(engine.inbox().pollNow("unknown")).isEqualTo(AcceptResult.STORED);
        engine.pollOnce();

        assertThat(handled).extracting(LateResult::getCode).containsExactlyInAnyOrder("polled t1", "polled unknown");
        assertThat(engine.inbox().pollNow("t1")).isEqualTo(AcceptResult.DUPLICATE);
    }

    @Test
    void newsOfAResultDuringAPollMakesItPolledForAgainAtOnce() {
        start();
        service = id -> {
            if (polled.size() == 1) {
                engine.inbox().pollNow(id);
                return new Poll.NotReady();
            }
            return Poll.ready("polled");
        };
        engine.inbox().track("t1");

        run(Duration.ofSeconds(121));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("polled");
    }

    @Test
    void theResultOfAPollDuringWhichTheNewsOfItComesIsItsResult() {
        start();
        service = id -> {
            engine.inbox().pollNow(id);
            return Poll.ready("polled " + polled.size());
        };
        engine.inbox().track("t1");

        run(Duration.ofSeconds(125));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("polled 1");
        assertThat(polled).hasSize(1);
    }

    @Test
    void withCallbacksAloneNobodyPollsAndTheTaskExpires() {
        engine = build(config(), Runnable::run).build();
        engine.inbox().track("t1");
        assertThat(engine.inbox().canPoll()).isFalse();

        run(Duration.ofHours(1), Duration.ofSeconds(5));

        assertThat(polled).isEmpty();
        assertThat(handled).extracting(LateResult::getOutcome).containsExactly(LateOutcome.EXPIRED);
    }

    @Test
    void whatComesWhileTheDatabaseIsGoneIsAcknowledgedAndHandedOverLater() {
        start();
        engine.inbox().track("t1");
        database.setDown(true);

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(count(LateCounter.SPOOLED)).isEqualTo(1);
        assertThat(count(LateCounter.DUPLICATE)).isEqualTo(1);
        assertThatThrownBy(() -> engine.inbox().track("t2")).isInstanceOf(LateUnavailableException.class);
        run(Duration.ofSeconds(30));
        assertThat(engine.metrics().getSpoolFiles()).isEqualTo(1);
        assertThat(engine.metrics().getDeadLetters()).isZero();
        assertThat(handled).isEmpty();
        database.setDown(false);
        run(Duration.ofSeconds(5));

        assertThat(handled).extracting(LateResult::getCode).containsExactly("yes");
        assertThat(spool.list(10, null, any -> true)).isEmpty();
        assertThat(engine.metrics().getSpoolFiles()).isZero();
        assertThat(count(LateCounter.DRAINED)).isEqualTo(1);
    }

    @Test
    void aSpooledItemThatTheStoreHasAlreadyIsOnlyDeleted() {
        start();
        engine.inbox().accept("t1", "yes");
        engine.pollOnce();
        spool.put(new Arrival.Result(handled.get(0)), "the process died before it deleted this");

        run(Duration.ofSeconds(5));

        assertThat(spool.list(10, null, any -> true)).isEmpty();
        assertThat(handled).hasSize(1);
        assertThat(count(LateCounter.DIFFERENT)).isZero();
    }

    @Test
    void twoEnginesMayDrainOneDirectory() {
        start();
        LateEngine other = build(config(), Runnable::run).spool(spool(100)).build();
        database.setDown(true);
        for (int i = 0; i < 10; i++) {
            assertThat((i % 2 == 0 ? engine : other).inbox().accept("t" + i, "x"))
                    .isEqualTo(AcceptResult.SPOOLED);
        }
        database.setDown(false);

        engine.pollOnce();
        other.pollOnce();
        run(Duration.ofSeconds(2));
        other.close();

        assertThat(handled).hasSize(10).extracting(LateResult::getId).doesNotHaveDuplicates();
    }

    @Test
    void whatNothingCanKeepIsRefused() {
        spool = spool(1);
        start();
        store.counts();
        database.setDown(true);
        assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.SPOOLED);

        assertThat(engine.inbox().accept("t2", "x")).isEqualTo(AcceptResult.REFUSED);

        assertThat(AcceptResult.REFUSED.isAcknowledged()).isFalse();
        assertThat(count(LateCounter.REFUSED)).isEqualTo(1);
    }

    @Test
    void aDatabaseThatHangsSendsCallbacksToTheDirectory() {
        store.counts();
        CountDownLatch open = new CountDownLatch(1);
        // The disk may be slow.
        TestLateConfig config = config().callbacks(Duration.ofSeconds(1), Duration.ofMinutes(5));
        engine = build(config, Runnable::run).spool(spool).build();
        database.hangUntil(open);
        try {
            assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.SPOOLED);
            assertThat(engine.inbox().accept("t2", "x")).isEqualTo(AcceptResult.SPOOLED);
        } finally {
            open.countDown();
        }
        clock.advance(Duration.ofSeconds(1));
        engine.close();
        start();
        run(Duration.ofSeconds(5));

        assertThat(handled).extracting(LateResult::getId).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void hostileIdsAndResultsAreBounded() {
        start();
        assertThat(engine.inbox().accept("../../x\u0000", "\ud800".repeat(10))).isEqualTo(AcceptResult.STORED);
        assertThatThrownBy(() -> engine.inbox().accept("x".repeat(201), "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.inbox().accept("  ", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.inbox().accept("t1", "x".repeat(65_537)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.inbox().accept("t1", "\u4e2d".repeat(30_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(engine.inbox().accept("t1", "x".repeat(65_536))).isEqualTo(AcceptResult.STORED);
        assertThatThrownBy(() -> engine.inbox().track("")).isInstanceOf(IllegalArgumentException.class);
        assertThat(engine.inbox().find("x".repeat(1000))).isEmpty();
    }

    @Test
    void resultsOfUntrackedIdsPastTheLimitAreSpooledAndDeadLettersDoNotCount() {
        AtomicBoolean rejecting = new AtomicBoolean(true);
        engine = build(config().maxUntracked(1), work -> {
                    if (rejecting.get()) {
                        throw new RejectedExecutionException();
                    }
                    work.run();
                })
                .spool(spool)
                .build();
        assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.STORED);
        assertThat(engine.inbox().accept("t2", "x")).isEqualTo(AcceptResult.SPOOLED);

        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        rejecting.set(false);
        run(Duration.ofSeconds(10));
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        assertThat(state("t2")).isEqualTo(LateState.RETRYING);

        rejecting.set(true);
        assertThat(engine.inbox().accept("t3", "x")).isEqualTo(AcceptResult.STORED);
        spool.list(10, null, any -> true)
                .forEach(entry -> assertThat(entry.id()).isNotEqualTo("t3"));
    }
}
