package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.RetryLater;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a handler may answer besides returning: later, never, or in a transaction of its own (contract, section 7). */
class HandlerAnswersTest extends EngineFixture {

    @Test
    void aHandlerThatAsksForALaterCallHasNotFailed() {
        List<String> failed = new ArrayList<>();
        listeners.add(new LateListener() {
            @Override
            public void onTransition(String id, LateKind kind, LateState from, LateState to, LateOutcome outcome) {}

            @Override
            public void onFailure(String id, LateKind kind, LateOutcome outcome) {
                failed.add(id);
            }
        });
        start();
        List<Integer> attempts = new ArrayList<>();
        handler = (result, delivery) -> {
            attempts.add(delivery.getAttempt());
            if (attempts.size() < 30) {
                throw new IllegalStateException("wrapped, as by a container", new RetryLater(Duration.ofSeconds(40)));
            }
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        LateItem item = store.find("t1").orElseThrow();
        assertThat(item.getState()).isEqualTo(LateState.RETRYING);
        assertThat(item.getFailures()).isZero();
        assertThat(item.getDueAt()).isEqualTo(clock.instant().plusSeconds(40));
        assertThat(item.getLastError()).contains("called again in 40 s");
        run(Duration.ofSeconds(39));
        assertThat(attempts).hasSize(1);
        run(Duration.ofSeconds(2));
        assertThat(attempts).hasSize(2);
        run(Duration.ofMinutes(30), Duration.ofSeconds(10));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(attempts).containsOnly(1);
        assertThat(failed).isEmpty();
        assertThat(count(LateCounter.HANDLER_FAILED)).isZero();
    }

    @Test
    void aPauseOfAnyLengthHoldsUpNoOtherItem() {
        start();
        Map<String, Duration> pauses = Map.of(
                "never", Duration.ofMillis(Long.MAX_VALUE), "longer than time", Duration.ofSeconds(Long.MAX_VALUE));
        handler = (result, delivery) -> {
            Duration pause = pauses.get(result.getId());
            if (pause != null) {
                throw new RetryLater(pause);
            }
        };
        pauses.keySet().forEach(id -> engine.inbox().accept(id, "x"));
        run(Duration.ofSeconds(5));
        engine.inbox().accept("other", "x");
        run(Duration.ofMinutes(10), Duration.ofSeconds(10));

        assertThat(state("other")).isEqualTo(LateState.DELIVERED);
        for (String id : pauses.keySet()) {
            assertThat(state(id)).isEqualTo(LateState.RETRYING);
            assertThat(store.find(id).orElseThrow().getDueAt())
                    .isAfter(clock.instant().plus(Duration.ofDays(365)));
        }
        assertThat(handled).hasSize(3);
    }

    @Test
    void anExceptionWithoutATextHoldsUpNoOtherItem() {
        start();
        handler = (result, delivery) -> {
            if (result.getId().equals("t1")) {
                throw new IllegalStateException() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String toString() {
                        return null;
                    }
                };
            }
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofSeconds(5));
        engine.inbox().accept("t2", "x");
        run(Duration.ofSeconds(5));

        assertThat(state("t2")).isEqualTo(LateState.DELIVERED);
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        assertThat(store.find("t1").orElseThrow().getFailures()).isEqualTo(1);
    }

    @Test
    void whatAHandlerGivesUpIsKeptUntilAnOperatorRetriesIt() {
        start();
        handler = (result, delivery) -> {
            throw new GiveUp("no such customer");
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofHours(5), Duration.ofMinutes(1));

        assertThat(handled).hasSize(1);
        LateItem item = engine.deadLetters()
                .list(DeadLetterFilter.all().state(LateState.DEAD_LETTER), null, 10)
                .getItems()
                .get(0);
        assertThat(item.getLastError()).contains("no such customer");
        assertThat(item.getFailures()).isEqualTo(1);
        assertThat(engine.metrics().getDeadLetters()).isEqualTo(1);
        assertThat(engine.metrics().getRetrying()).isZero();
        assertThat(transitions).containsExactly("null>READY", "READY>DEAD_LETTER");

        handler = (result, delivery) -> {};
        assertThat(engine.deadLetters().retry("t1")).isTrue();
        run(Duration.ofSeconds(2));
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void anItemIsGivenUpAfterSoManyFailures() {
        engine = build(config().maxAttempts(3), Runnable::run).spool(spool).build();
        handler = (result, delivery) -> {
            throw new IllegalStateException("mail is down");
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofHours(5), Duration.ofMinutes(1));

        assertThat(handled).hasSize(3);
        assertThat(state("t1")).isEqualTo(LateState.DEAD_LETTER);
        assertThat(store.find("t1").orElseThrow().getFailures()).isEqualTo(3);

        engine.deadLetters().retryAll();
        run(Duration.ofHours(5), Duration.ofMinutes(1));
        assertThat(handled).as("one more call for each retry by hand").hasSize(4);
        assertThat(state("t1")).isEqualTo(LateState.DEAD_LETTER);
        assertThat(engine.deadLetters().discardAll(DeadLetterFilter.all().errorContaining("mail")))
                .isEqualTo(1);
        assertThat(state("t1")).isEqualTo(LateState.DISCARDED);
    }

    @Test
    void pausedHandlersRestOnAllNodesAndAfterARestart() {
        start();
        engine.inbox().accept("before", "x");
        engine.setPaused(true);
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(2));
        assertThat(handled).isEmpty();
        assertThat(engine.metrics().isPaused()).isTrue();
        engine.close();

        start();
        engine.inbox().accept("t2", "x");
        run(Duration.ofMinutes(2));
        assertThat(handled).isEmpty();
        assertThat(engine.metrics().isPaused()).isTrue();

        engine.setPaused(false);
        run(Duration.ofSeconds(5));
        assertThat(handled).hasSize(3);
    }

    @Test
    void aHeartbeatThatBeganBeforeAnOperatorPausesDoesNotResume() {
        LateStore real = store;
        AtomicBoolean pauses = new AtomicBoolean();
        store = (LateStore) Proxy.newProxyInstance(
                LateStore.class.getClassLoader(), new Class<?>[] {LateStore.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(real, arguments);
                    if (method.getName().equals("beat") && pauses.getAndSet(false)) {
                        engine.setPaused(true);
                    }
                    return answer;
                });
        start();
        pauses.set(true);

        pollAfter(Duration.ofSeconds(1));

        assertThat(pauses).isFalse();
        assertThat(engine.metrics().isPaused()).isTrue();
        engine.inbox().accept("t1", "x");
        run(Duration.ofSeconds(5));
        assertThat(handled).isEmpty();
    }

    @Test
    void aHeartbeatThatHungUndoesNothingThatALaterOneRead() {
        LateStore real = store;
        AtomicBoolean hangs = new AtomicBoolean();
        store = (LateStore) Proxy.newProxyInstance(
                LateStore.class.getClassLoader(), new Class<?>[] {LateStore.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(real, arguments);
                    if (method.getName().equals("beat") && hangs.getAndSet(false)) {
                        // An operator of another node, and this node's next heartbeat.
                        real.setPaused(true);
                        engine.openStore();
                        assertThat(engine.metrics().isPaused()).isTrue();
                    }
                    return answer;
                });
        start();
        hangs.set(true);

        engine.openStore();

        assertThat(hangs).isFalse();
        assertThat(engine.metrics().isPaused()).isTrue();
    }

    @Test
    void aCompletionInTheHandlersTransactionIsOneWithItsEffect() throws SQLException {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        start();
        List<String> rolledBack = new ArrayList<>();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection();
                    Statement statement = own.createStatement()) {
                own.setAutoCommit(false);
                statement.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
                delivery.completeWith(own);
                if (rolledBack.isEmpty()) {
                    rolledBack.add(result.getId());
                    own.rollback();
                } else {
                    own.commit();
                }
            }
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        assertThat(number("SELECT COUNT(*) FROM effects")).isZero();
        assertThat(store.find("t1").orElseThrow().getLastError()).contains("was not committed");
        run(Duration.ofMinutes(6), Duration.ofSeconds(10));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(number("SELECT COUNT(*) FROM effects")).isEqualTo(1);
        assertThat(handled).hasSize(2);
        assertThat(transitions).containsExactly("null>READY", "READY>RETRYING", "RETRYING>DELIVERED");
    }

    @Test
    void aHandlerThatRollsBackWhenItCannotCompleteHasDeliveredNothing() {
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                own.close();
                try {
                    delivery.completeWith(own);
                } catch (LateUnavailableException e) {
                    // As its page asks for: what was written is rolled back, here by closing.
                }
            }
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        assertThat(store.find("t1").orElseThrow().getLastError()).contains("was not committed");
    }

    /** What it wrote there would be rolled back, and the item delivered nevertheless. */
    @Test
    void aHandlerThatHasCompletedInItsTransactionGetsNoOtherOne() throws SQLException {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        start();
        List<Throwable> refused = new ArrayList<>();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                own.commit();
            }
            try {
                Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                try (Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
                }
            } catch (IllegalStateException e) {
                refused.add(e);
            }
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(6), Duration.ofSeconds(10));

        assertThat(refused)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("use either unwrap or completeWith"));
        assertThatOneDeliveryIsCounted();
    }

    /** The engine would take the call for one that has lost its lease, and not count what the first transaction does. */
    @Test
    void aHandlerThatCompletesBeforeItUnwrapsInOneTransactionIsRefusedTheSecond() throws SQLException {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                try (Statement statement =
                        delivery.unwrap(Connection.class).orElseThrow().createStatement()) {
                    statement.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
                }
                own.commit();
            }
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofSeconds(10));

        assertThat(number("SELECT COUNT(*) FROM effects")).isZero();
        assertThat(state("t1")).isEqualTo(LateState.RETRYING);
        assertThat(store.find("t1").orElseThrow().getLastError()).contains("use either unwrap or completeWith");
    }

    @Test
    void anExceptionAfterTheCommitChangesNothing() throws SQLException {
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                own.commit();
            }
            throw new IllegalStateException("too late");
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofHours(1), Duration.ofMinutes(1));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(handled).hasSize(1);
    }

    @Test
    void aDeliveryIsCountedByTheNodeWhoseTransactionWasCommitted() throws SQLException {
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                own.rollback();
            }
            // The call goes on for so long that another node delivers the item.
            clock.advance(Duration.ofMinutes(2));
            Lease taken = store.claim(Single.claim(
                            WorkQueue.DELIVER, null, false, clock.instant(), "other", Duration.ofSeconds(10), 1, false))
                    .get(0);
            Instant purgeAt = clock.instant().plus(Duration.ofDays(7));
            assertThat(store.settle(List.of(new Settlement.Delivered(taken, purgeAt)), clock.instant()))
                    .containsExactly(true);
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(1));

        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(count(LateCounter.DELIVERED)).isZero();
        assertThat(count(LateCounter.STALE)).isEqualTo(1);
        assertThat(transitions).containsExactly("null>READY");
    }

    @Test
    void aDeliveryIsCountedAlsoWhereTheStoreFailsAfterItsCommit() throws SQLException {
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                own.commit();
            }
            database.failNext(2);
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(1));

        assertThat(handled).hasSize(1);
        assertThatOneDeliveryIsCounted();
    }

    @Test
    void aDeliveryIsCountedAlsoWhereThePoolThrowsAfterItsCommit() throws SQLException {
        start();
        handler = (result, delivery) -> {
            try (Connection own = h2.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(own);
                own.commit();
            }
            database.throwInstead(new IllegalStateException("the pool has ended"));
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        database.throwInstead(null);
        run(Duration.ofMinutes(1));

        assertThat(handled).hasSize(1);
        assertThatOneDeliveryIsCounted();
    }

    @Test
    void aDeliveryWhoseCommitWasNotAnsweredIsCountedOnce() {
        store = JdbcStores.withLeaseClock(database, results, clock);
        start();
        handler = (result, delivery) -> database.loseNextAnswer();
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(1));

        assertThat(handled).hasSize(1);
        assertThatOneDeliveryIsCounted();
    }

    @Test
    void aDeliveryInTheEnginesTransactionWhoseCommitWasNotAnsweredIsCountedOnce() {
        store = JdbcStores.withLeaseClock(database, results, clock);
        start();
        handler = (result, delivery) -> {
            delivery.unwrap(Connection.class).orElseThrow();
            database.loseNextAnswer();
        };
        engine.inbox().accept("t1", "x");
        run(Duration.ofMinutes(1));

        assertThat(handled).hasSize(1);
        assertThatOneDeliveryIsCounted();
    }

    private void assertThatOneDeliveryIsCounted() {
        assertThat(state("t1")).isEqualTo(LateState.DELIVERED);
        assertThat(count(LateCounter.DELIVERED)).isEqualTo(1);
        assertThat(count(LateCounter.STALE)).isZero();
        assertThat(transitions).containsExactly("null>READY", "READY>DELIVERED");
    }

    @Test
    void aTaskIsTrackedIfTheApplicationsTransactionIsCommitted() throws SQLException {
        start();
        try (Connection own = h2.getConnection()) {
            own.setAutoCommit(false);
            assertThat(engine.inbox().track("lost", own).getState()).isEqualTo(LateState.AWAITING);
            own.rollback();
            engine.inbox().track("kept", own);
            engine.inbox().track("kept", own);
            own.commit();
        }

        assertThat(engine.inbox().find("lost")).isEmpty();
        assertThat(engine.inbox().find("kept").orElseThrow().isTracked()).isTrue();
        service = id -> Poll.ready("done");
        run(Duration.ofMinutes(3));
        assertThat(handled)
                .singleElement()
                .satisfies(result -> assertThat(result.getId()).isEqualTo("kept"));
    }

    @Test
    void aPauseUntilTheNextCallIsPositive() {
        assertThatThrownBy(() -> new RetryLater(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
