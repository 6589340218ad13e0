package com.playtcha.jakarta.internal.late.spool;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.late.engine.EngineFixture;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code discard} is final, also while the store is down (contract, section 7). */
class SpooledDiscardTest extends EngineFixture {

    @BeforeEach
    void openStore() {
        start();
        store.counts();
    }

    private void spoolAndDiscard(String id) {
        database.setDown(true);
        assertThat(engine.inbox().accept(id, "yes")).isEqualTo(AcceptResult.SPOOLED);
        assertThat(engine.deadLetters().list(10))
                .singleElement()
                .satisfies(item -> assertThat(item.getFailures()).isZero())
                .satisfies(item -> assertThat(item.getState()).isEqualTo(LateState.READY));
        assertThat(engine.deadLetters().discard(id)).isTrue();
        assertThat(engine.deadLetters().list(10)).isEmpty();
    }

    @Test
    void aTrackedItemStaysDiscardedAndItsResultIsAcknowledged() {
        engine.inbox().track("t1");
        spoolAndDiscard("t1");

        assertThat(engine.inbox().accept("t1", "yes").isAcknowledged()).isTrue();
        run(Duration.ofSeconds(10));
        database.setDown(false);
        run(Duration.ofSeconds(30));

        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
        assertThat(engine.inbox().accept("t1", "yes").isAcknowledged()).isTrue();
        assertThat(engine.inbox().track("t1").getState()).isEqualTo(LateState.DISCARDED);
        run(Duration.ofMinutes(10));
        assertThat(handled).isEmpty();
        assertThat(polled).isEmpty();
        assertThat(spool.load().files()).isZero();
    }

    @Test
    void anItemThatTheStoreDoesNotHaveStaysDiscarded() {
        spoolAndDiscard("t1");
        database.setDown(false);
        run(Duration.ofSeconds(30));

        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
        assertThat(engine.inbox().accept("t1", "yes").isAcknowledged()).isTrue();
        run(Duration.ofSeconds(30));
        assertThat(handled).isEmpty();
    }

    @Test
    void aResultThatArrivesBeforeTheDiscardIsDrainedIsNotDelivered() {
        engine.inbox().track("t1");
        spoolAndDiscard("t1");
        database.setDown(false);

        assertThat(engine.inbox().accept("t1", "yes")).isEqualTo(AcceptResult.DUPLICATE);
        run(Duration.ofSeconds(30));

        assertThat(handled).isEmpty();
        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
    }

    @Test
    void aDiscardOutlivesARestartDuringTheOutage() {
        engine.inbox().track("t1");
        spoolAndDiscard("t1");
        engine.close();
        spool = spool(100);
        start();
        database.setDown(false);
        run(Duration.ofSeconds(30));

        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
        assertThat(handled).isEmpty();
    }

    @Test
    void aDeadLetterThatOnlyTheStoreHasIsDiscardedWhenTheStoreWorks() {
        handler = (result, delivery) -> {
            throw new IllegalStateException("mail is down");
        };
        engine.inbox().accept("t1", "yes");
        run(Duration.ofSeconds(1));
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        database.setDown(true);

        assertThat(engine.deadLetters().discard("t1")).isTrue();
        assertThat(engine.inbox().accept("t1", "yes").isAcknowledged()).isTrue();
        engine.close();
        spool = spool(100);
        handled.clear();
        handler = (result, delivery) -> {};
        start();
        database.setDown(false);
        run(Duration.ofMinutes(10));

        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
        assertThat(handled).isEmpty();
    }

    @Test
    void discardsOfMoreThanOneDrainAreFinalToo() {
        engine.close();
        spool = spool(1000);
        start();
        for (int i = 0; i < 150; i++) {
            engine.inbox().accept("t" + i, "yes");
        }
        database.setDown(true);
        for (int i = 0; i < 150; i++) {
            assertThat(engine.deadLetters().discard("t" + i)).isTrue();
        }
        database.setDown(false);

        run(Duration.ofSeconds(30));

        assertThat(handled).isEmpty();
        for (int i = 0; i < 150; i++) {
            assertThat(state("t" + i)).isEqualTo(LateState.DISCARDED);
        }
    }

    @Test
    void aDiscardThatTheDatabaseDidNotWriteOutIsSpooled() {
        handler = (result, delivery) -> {
            throw new IllegalStateException("mail is down");
        };
        engine.inbox().accept("t1", "yes");
        run(Duration.ofSeconds(1));
        database.refuse("CHECKPOINT");

        assertThat(engine.deadLetters().discard("t1")).isTrue();

        assertThat(spool.load().files()).isEqualTo(1);
        database.refuse(null);
    }

    @Test
    void aRetriedSpooledItemIsDeliveredWhenTheStoreWorks() {
        database.setDown(true);
        engine.inbox().accept("t1", "yes");
        run(Duration.ofSeconds(30));
        assertThat(engine.deadLetters().retry("t1")).isTrue();
        database.setDown(false);
        run(Duration.ofSeconds(5));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }
}
