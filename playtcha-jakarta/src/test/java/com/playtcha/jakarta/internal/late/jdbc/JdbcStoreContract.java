package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Renewal;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreContract;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.acceptance.Naming;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store in a database promises beyond the others: transactions, nodes, tables of its own. */
abstract class JdbcStoreContract extends StoreContract {

    /** An empty database. */
    protected abstract DataSource database() throws Exception;

    /** As new. */
    protected abstract void drop() throws Exception;

    DataSource dataSource;

    @Override
    protected LateStore open() throws Exception {
        dataSource = database();
        return JdbcStores.withLeaseClock(dataSource, results, clock);
    }

    @Override
    protected LateStore secondNode() {
        return JdbcStores.withLeaseClock(dataSource, results, clock);
    }

    /** A pool of one test's own, since a new connection for each transaction costs more than most tests. */
    static HikariDataSource pool(DataSource server) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(server);
        config.setMaximumPoolSize(50);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    @AfterEach
    void dropDatabase() throws Exception {
        drop();
    }

    @Test
    void aNodeThatOpensASharedDatabaseLeavesTheLeasesOfOthersAlone() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        try (LateStore other = secondNode()) {
            assertThat(other.claim(Single.claim(WorkQueue.DELIVER, null, false, now(), "other", LEASE, 10, false)))
                    .isEmpty();
        }

        assertThat(Single.release(store, lease)).isTrue();
    }

    @Test
    void aClaimLocksNothingOfTheQueueThatItDoesNotTake() throws Exception {
        for (int i = 0; i < 20; i++) {
            Single.accept(store, completed("t" + i, "x"), 100, now());
            clock.advance(Duration.ofMillis(1));
        }
        RecordingDataSource recording = new RecordingDataSource(dataSource, true);
        List<Lease> meanwhile = new ArrayList<>();
        try (LateStore other = secondNode();
                LateStore claimant = JdbcStores.withLeaseClock(recording, results, clock)) {
            claimant.counts();
            recording.runBefore(
                    "commit",
                    () -> meanwhile.addAll(
                            other.claim(Single.claim(WorkQueue.DELIVER, null, false, now(), "other", LEASE, 5, true))));

            List<Lease> oldest = claimant.claim(wanted(WorkQueue.DELIVER, 5));

            assertThat(oldest).extracting(Lease::id).containsExactly("t0", "t1", "t2", "t3", "t4");
        }
        assertThat(meanwhile).extracting(Lease::id).containsExactly("t15", "t16", "t17", "t18", "t19");
    }

    @Test
    void aWarmUpLeavesNothing() throws Exception {
        store.warmUp(now());

        assertThat(count("playtcha_late_item")).isZero();
        assertThat(count("playtcha_late_grant")).isZero();
    }

    @Test
    void whatAHandlerWritesThroughItsTransactionHasEffectOnce() throws Exception {
        effects("CREATE TABLE effects (id VARCHAR(200) NOT NULL)");
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease old = only(claim(WorkQueue.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        Lease fresh = only(claim(WorkQueue.DELIVER));

        assertThat(Single.deliver(
                        store,
                        fresh,
                        now(),
                        now(),
                        delivery -> write(delivery.unwrap(Connection.class).orElseThrow())))
                .isTrue();
        assertThat(Single.deliver(
                        store,
                        old,
                        now(),
                        now(),
                        delivery -> write(delivery.unwrap(Connection.class).orElseThrow())))
                .isFalse();

        assertThat(countEffects()).isEqualTo(1);
    }

    @Test
    void whatAFailingHandlerWroteIsRolledBack() throws Exception {
        effects("CREATE TABLE effects (id VARCHAR(200) NOT NULL)");
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThatThrownBy(() -> Single.deliver(store, lease, now(), now(), delivery -> {
                    write(delivery.unwrap(Connection.class).orElseThrow());
                    throw new IllegalStateException("after writing");
                }))
                .isInstanceOf(Single.HandlerException.class);

        assertThat(countEffects()).isZero();
    }

    @Test
    void aHandlerCannotEndTheTransactionItWasHanded() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        List<Connection> kept = new ArrayList<>();

        Single.deliver(store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> {
            Connection connection = delivery.unwrap(Connection.class).orElseThrow();
            kept.add(connection);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
            assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connection.setAutoCommit(true)).isInstanceOf(SQLException.class);
            connection.close();
            assertThat(connection.isClosed()).isFalse();
            assertThat(delivery.unwrap(String.class)).isEmpty();
        });

        assertThat(kept.get(0).isClosed()).isTrue();
        assertThatThrownBy(() -> kept.get(0).createStatement())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("ended");
    }

    @Test
    void nothingThatAHandlerIsHandedLeadsToTheRealConnection() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        List<Statement> kept = new ArrayList<>();

        Single.deliver(store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> {
            Connection connection = delivery.unwrap(Connection.class).orElseThrow();
            PreparedStatement statement = connection.prepareStatement("SELECT item_id FROM playtcha_late_item");
            ResultSet row = statement.executeQuery();
            kept.add(statement);
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("t1");
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(row.getStatement().getConnection()).isSameAs(connection);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(connection.getMetaData().getTables(null, null, "%", null).getStatement())
                    .satisfiesAnyOf(
                            made -> assertThat(made).isNull(),
                            made -> assertThat(made.getConnection()).isSameAs(connection));
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThat(connection.isWrapperFor(Connection.class)).isTrue();
            Class<?> real = dataSource.getConnection().getClass();
            assertThat(connection.isWrapperFor(real)).isFalse();
            assertThatThrownBy(() -> connection.unwrap(real)).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connection.setSchema("elsewhere")).isInstanceOf(SQLException.class);
            connection.setAutoCommit(false);
        });

        assertThat(kept.get(0).isClosed()).isTrue();
        assertThatThrownBy(() -> kept.get(0).executeQuery("SELECT item_id FROM playtcha_late_item"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("ended");
    }

    @Test
    void aCallThatIsAbortedLeavesNeitherWritesNorLocksBehind() throws Exception {
        effects("CREATE TABLE effects (id VARCHAR(200) NOT NULL)");
        effects("INSERT INTO effects (id) VALUES ('locked')");
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        try (LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            Connection connection = transaction.unwrap(Connection.class).orElseThrow();
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE effects SET id = 'held' WHERE id = 'locked'");
            }

            // Another thread, since the handler's own does not come back.
            Thread other = new Thread(transaction::abort);
            other.start();
            other.join();

            effects("UPDATE effects SET id = 'free' WHERE id = 'locked'");
            assertThatThrownBy(connection::createStatement)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("taken too long");
            assertThat(Single.fail(store, lease, "hangs", now(), now())).isTrue();
        }
        assertThat(countEffects()).isEqualTo(1);
    }

    @Test
    void aHandlerThatLingersAfterItsCompletionHoldsUpNoOtherLease() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Single.accept(store, completed("t2", "x"), 10, now());
        Map<String, Lease> leases = byId(claim(WorkQueue.DELIVER));
        List<Lease> both = List.of(leases.get("t1"), leases.get("t2"));

        try (Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(both.get(0), Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            transaction.completeWith(own, now(), now());

            assertThat(store.renew(both, LEASE)).containsExactly(Renewal.LOCKED, Renewal.RENEWED);
            clock.advance(LEASE.plusSeconds(1));
            assertThat(claim(WorkQueue.DELIVER)).extracting(Lease::id).containsExactly("t2");
            own.rollback();
        }

        assertThat(store.renew(both, LEASE)).containsExactly(Renewal.RENEWED, Renewal.LOST);
    }

    @Test
    void aCompletionInAnAbortedCallsOwnTransactionLeavesNoLockBehind() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Connection own = dataSource.getConnection();
        try (LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            transaction.completeWith(own, now(), now());

            Thread other = new Thread(transaction::abort);
            other.start();
            other.join();

            assertThat(Single.fail(store, lease, "hangs", now(), now())).isTrue();
            assertThat(own.isClosed()).isTrue();
        }
    }

    @Test
    void aCompletionThatWouldBeCommittedAtOnceIsRefused() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Settlement.Delivered delivered = new Settlement.Delivered(lease, now().plusSeconds(600));
        try (Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> transaction.completeWith(own, delivered.purgeAt(), now()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("auto-commit is on");
            assertThat(store.isDelivered(delivered)).isFalse();

            own.setAutoCommit(false);
            transaction.completeWith(own, delivered.purgeAt(), now());
            own.commit();
        }

        assertThat(store.isDelivered(delivered)).isTrue();
    }

    /** As of a data source of WildFly with jta=false: a rollback of the handler's transaction would lose the result. */
    @Test
    void aCompletionOutsideOfTheActiveJtaTransactionIsRefused() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Settlement.Delivered delivered = new Settlement.Delivered(lease, now().plusSeconds(600));
        try (Naming.Binding bound = activeJta();
                Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> transaction.completeWith(own, delivered.purgeAt(), now()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("takes part in the JTA transaction")
                    .hasMessageContaining("jta=false");
            assertThat(store.isDelivered(delivered)).isFalse();
        }
    }

    @Test
    void aConnectionThatBreaksInAJtaTransactionIsAFailureOfTheDatabase() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        try (Naming.Binding bound = activeJta();
                Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            Connection broken = (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("createStatement")) {
                            throw new SQLException("gone", "08006");
                        }
                        return method.invoke(own, arguments);
                    });
            assertThatThrownBy(() -> transaction.completeWith(broken, now().plusSeconds(600), now()))
                    .isInstanceOf(LateUnavailableException.class);
        }
    }

    /** Open Liberty says that auto-commit is on while a connection takes part in a JTA transaction. */
    @Test
    void aConnectionThatTakesPartInItMaySayThatAutoCommitIsOn() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Settlement.Delivered delivered = new Settlement.Delivered(lease, now().plusSeconds(600));
        try (Naming.Binding bound = activeJta();
                Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            Connection libertys = (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("getAutoCommit") ? true : method.invoke(own, arguments));

            transaction.completeWith(libertys, delivered.purgeAt(), now());
            own.commit();
        }
        assertThat(store.isDelivered(delivered)).isTrue();
    }

    /** A transaction that is rolled back would leave a task behind that nobody knows, and that expires. */
    @Test
    void aTaskIsTrackedInATransactionOnly() throws Exception {
        store.counts();
        NewItem task = task("t1");
        try (Connection own = dataSource.getConnection()) {
            assertThatThrownBy(() -> store.track(task, own, now()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("auto-commit is on");
            try (Naming.Binding bound = activeJta()) {
                assertThatThrownBy(() -> store.track(task, own, now()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("takes part in the JTA transaction");
            }
        }
        assertThat(store.find("t1")).isEmpty();
    }

    private Naming.Binding activeJta() throws Exception {
        return Naming.bind(
                "java:comp/TransactionSynchronizationRegistry",
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {TransactionSynchronizationRegistry.class},
                        (proxy, method, arguments) -> Status.STATUS_ACTIVE));
    }

    @Test
    void aConnectionOfAnotherDatabaseIsSaidToBeOne() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        try (Connection other = DriverManager.getConnection("jdbc:h2:mem:");
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            other.setAutoCommit(false);

            assertThatThrownBy(() -> transaction.completeWith(other, now().plusSeconds(600), now()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("without the store's tables")
                    .hasMessageContaining("late-datasource");
        }
    }

    @Test
    void aDeliveryIsKnownInItsPlaceAndAfterItWasMoved() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Settlement.Delivered delivered = new Settlement.Delivered(lease, now().plusSeconds(600));
        try (Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            transaction.completeWith(own, delivered.purgeAt(), now());
            own.rollback();
            assertThat(store.isDelivered(delivered)).isFalse();
            transaction.completeWith(own, delivered.purgeAt(), now());
            own.commit();
        }

        assertThat(store.isDelivered(delivered)).isTrue();
        store.purge(now(), 10);
        assertThat(store.isDelivered(delivered)).isTrue();
    }

    @Test
    void aDeliveryOfAnotherLeaseOrADiscardIsNotTakenForThisDelivery() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease old = only(claim(WorkQueue.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        Lease fresh = only(claim(WorkQueue.DELIVER));
        Settlement.Delivered first = new Settlement.Delivered(old, now().plusSeconds(600));
        Settlement.Delivered second = new Settlement.Delivered(fresh, now().plusSeconds(601));
        Single.accept(store, completed("t2", "x"), 10, now());
        Lease failed = only(claim(WorkQueue.DELIVER));
        Single.fail(store, failed, "failed", now(), now());
        Settlement.Delivered discarded = new Settlement.Delivered(failed, now().plusSeconds(602));

        assertThat(store.settle(List.of(second), now())).containsExactly(true);
        assertThat(store.discard(List.of("t2"), discarded.purgeAt(), now())).containsExactly("t2");

        for (int i = 0; i < 2; i++) {
            assertThat(store.isDelivered(first)).isFalse();
            assertThat(store.isDelivered(second)).isTrue();
            assertThat(store.isDelivered(discarded)).isFalse();
            store.purge(now(), 10);
        }
    }

    /** As with a pool of REPEATABLE READ or stricter, or MariaDB's snapshots. */
    @Test
    void aLeaseThatIsRenewedMeanwhileIsNoConflict() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThat(Single.deliver(store, lease, now(), now(), transaction -> {
                    transaction.unwrap(Connection.class).orElseThrow();
                    assertThat(store.renew(List.of(lease), LEASE)).containsExactly(Renewal.RENEWED);
                }))
                .isTrue();
    }

    @Test
    void aTransactionThatDoesNotSeeAResultRevivesNoItem() throws Exception {
        store.counts();
        try (Connection own = dataSource.getConnection()) {
            own.setAutoCommit(false);
            own.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            for (LateState state : List.of(LateState.DELIVERED, LateState.READY)) {
                NewItem task = task(state.name());
                try (Statement statement = own.createStatement()) {
                    statement.executeQuery("SELECT COUNT(*) FROM playtcha_late_item");
                }
                Single.accept(store, completed(task.id(), "x"), 10, now());
                if (state == LateState.DELIVERED) {
                    Lease lease = only(claim(WorkQueue.DELIVER));
                    store.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now());
                }

                assertThat(trackedOrRepeated(task, own)).isEqualTo(state);
            }
            assertThat(store.track(task("new"), own, now()).getState()).isEqualTo(LateState.AWAITING);
            own.commit();
        }
        assertThat(store.find("new").orElseThrow().isTracked()).isTrue();
        assertThat(count("playtcha_late_ended")).isEqualTo(1);
    }

    /** H2 sees what was committed meanwhile. */
    private LateState trackedOrRepeated(NewItem task, Connection own) throws Exception {
        try {
            return store.track(task, own, now()).getState();
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("roll it back and repeat it");
            own.rollback();
            return store.track(task, own, now()).getState();
        } finally {
            own.commit();
        }
    }

    /** As a transaction of an earlier version could leave it, which tracked what it could not see. */
    @Test
    void anItemThatEndedBeforeEndsOnceMore() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Single.accept(store, completed("t2", "x"), 10, now());
        Map<String, Lease> leases = byId(claim(WorkQueue.DELIVER));
        try (Connection own = dataSource.getConnection();
                Statement statement = own.createStatement()) {
            statement.execute("INSERT INTO playtcha_late_ended (state, purge_at, ended_at, item_key, kind, outcome,"
                    + " result_digest, tracked, attempts, failures, expires_at, last_error, created_at) SELECT 'DISCARDED', 9999999999999, 0,"
                    + " item_key, kind, outcome, result_digest, tracked, attempts, failures, expires_at, last_error,"
                    + " created_at FROM playtcha_late_item");
        }

        assertThat(store.settle(List.of(new Settlement.Delivered(leases.get("t1"), now().plusSeconds(600))), now()))
                .containsExactly(true);
        try (Connection own = dataSource.getConnection();
                LateStore.HandlerTransaction transaction = store.transaction(leases.get("t2"), Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            transaction.completeWith(own, now().plusSeconds(600), now());
            own.commit();
        }
        store.purge(Instant.EPOCH, 10);

        assertThat(count("playtcha_late_item")).isZero();
        assertThat(count("playtcha_late_ended")).isEqualTo(2);
    }

    /** A pool may have lent it to somebody else. */
    @Test
    void aConnectionThatTheHandlerHasClosedIsNotAborted() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        Connection pooled = dataSource.getConnection();
        List<String> calls = new CopyOnWriteArrayList<>();
        Connection own = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    return method.invoke(pooled, arguments);
                });
        try (LateStore.HandlerTransaction transaction = store.transaction(lease, Duration.ofMinutes(1))) {
            own.setAutoCommit(false);
            transaction.completeWith(own, now(), now());
            own.commit();
            own.close();
            calls.clear();

            transaction.abort();

            assertThat(calls).containsExactly("isClosed");
        }
    }

    @Test
    void whoseLeaseIsOldIsNotEvenCalled() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease old = only(claim(WorkQueue.DELIVER));
        clock.advance(LEASE.plusSeconds(1));
        only(claim(WorkQueue.DELIVER));
        List<String> calls = new ArrayList<>();

        assertThat(Single.deliver(store, old, now(), now(), delivery -> calls.add("called")))
                .isFalse();

        assertThat(calls).isEmpty();
    }

    @Test
    void aFailedStatementOfTheHandlersOwnIsTheHandlersFailure() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThatThrownBy(() -> Single.deliver(store, lease, now(), now(), delivery -> {
                    try (Statement statement =
                            delivery.unwrap(Connection.class).orElseThrow().createStatement()) {
                        statement.execute("SELECT nothing FROM nowhere");
                    }
                }))
                .isInstanceOf(Single.HandlerException.class);

        assertThat(Single.fail(store, lease, "its own fault", now(), now())).isTrue();
    }

    @Test
    void connectionsGoBackInTheModeTheyCameIn() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            RecordingDataSource recording = new RecordingDataSource(dataSource, autoCommit);
            LateStore node = JdbcStores.withLeaseClock(recording, results, clock);
            String id = "t-" + autoCommit;

            Single.track(node, task(id), now());
            assertThat(store.find(id)).as("committed").isPresent();

            assertThat(recording.modesAtClose()).isNotEmpty().containsOnly(autoCommit);
        }
    }

    @Test
    void aConnectionGoesBackInTheModeItCameInAlthoughItsTimeLimitCannotBeTakenBack() throws Exception {
        RecordingDataSource recording = new RecordingDataSource(dataSource, true);
        LateStore node = JdbcStores.withLeaseClock(recording, results, clock);
        Single.accept(node, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        recording.clear();
        recording.runBefore(
                "setNetworkTimeout",
                () -> recording.runBefore("setNetworkTimeout", () -> {
                    throw new IllegalStateException("not now");
                }));

        Single.deliver(node, lease, now(), now(), delivery -> delivery.unwrap(Connection.class));

        assertThat(recording.modesAtClose()).containsOnly(true);
    }

    @Test
    void aResultWhoseItemEndsOnAnotherNodeBeforeItIsAddedIsADuplicate() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        slowNode.counts();
        LateResult result = completed("t1", "x");
        slow.runBefore("INSERT INTO playtcha_late_item", () -> {
            Single.accept(store, result, 10, now());
            Lease lease = only(claim(WorkQueue.DELIVER));
            store.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now());
        });

        AcceptResult second = Single.accept(slowNode, result, 10, now());

        assertThat(second).isEqualTo(AcceptResult.DUPLICATE);
        assertThat(claim(WorkQueue.DELIVER)).isEmpty();
        assertThat(slowNode.find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
        assertThat(count("playtcha_late_item")).isZero();
        assertThat(count("playtcha_late_ended")).isEqualTo(1);
    }

    /** What has ended has no fence any more, and looks like an item that nobody has changed. */
    @Test
    void aResultWhoseTaskEndsOnAnotherNodeMeanwhileIsComparedWithTheOneOfThatEnd() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        for (String repeated : List.of("x", "y")) {
            LateResult result = completed("t-" + repeated, "x");
            Single.track(slowNode, task(result.getId()), now());
            slow.runBefore("UPDATE playtcha_late_item SET state = 'READY'", () -> {
                Single.accept(store, result, 10, now());
                Lease lease = only(claim(WorkQueue.DELIVER));
                store.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now());
            });

            AcceptResult second = Single.accept(slowNode, completed(result.getId(), repeated), 10, now());

            assertThat(second).isEqualTo(repeated.equals("x") ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT);
        }
    }

    /** After one of an unknown id, a group of results is added without a look where the database can tell what it adds. */
    @Test
    void aGroupOfResultsOfItemsInAnyState() throws Exception {
        for (String id : List.of("ended", "ended with another", "ready", "ready with another")) {
            Single.accept(store, completed(id, "first"), 10, now());
            if (id.startsWith("ended")) {
                deliver(store, only(claim(WorkQueue.DELIVER)));
            }
        }
        Single.track(store, task("awaiting"), now());
        Map<String, AcceptResult> expected = new LinkedHashMap<>();
        expected.put("new", AcceptResult.STORED);
        expected.put("ended", AcceptResult.DUPLICATE);
        expected.put("ended with another", AcceptResult.DIFFERENT);
        expected.put("awaiting", AcceptResult.STORED);
        expected.put("ready", AcceptResult.DUPLICATE);
        expected.put("ready with another", AcceptResult.DIFFERENT);
        expected.put("new too", AcceptResult.STORED);

        List<LateStore.AcceptOutcome> outcomes = store.takeAll(
                expected.keySet().stream()
                        .map(id -> result(id, id.contains("another") ? "second" : "first"))
                        .toList(),
                100,
                new LateStore.LeaseTerms("me", LEASE, 2),
                now());

        assertThat(outcomes).extracting(LateStore.AcceptOutcome::outcome).containsExactlyElementsOf(expected.values());
        List<Lease> leases = new ArrayList<>(outcomes.stream()
                .map(LateStore.AcceptOutcome::lease)
                .filter(Objects::nonNull)
                .toList());
        assertThat(leases).hasSizeBetween(1, 2).allMatch(store::isLeaseValid);
        leases.addAll(claim(WorkQueue.DELIVER));
        assertThat(leases)
                .extracting(Lease::id)
                .containsExactlyInAnyOrder("new", "awaiting", "ready", "ready with another", "new too");
        for (Lease lease : leases) {
            assertThat(deliver(store, lease)).isTrue();
        }
        assertThat(count("playtcha_late_item")).isZero();
        assertThat(count("playtcha_late_ended")).isEqualTo(expected.size());
    }

    @Test
    void resultsOfAGroupThatAnotherNodeTakesAndEndsMeanwhileAreDuplicates() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        Single.accept(slowNode, completed("an unknown one before", "x"), 10, now());
        deliver(store, only(claim(WorkQueue.DELIVER)));
        slow.runBefore("INSERT INTO playtcha_late_item", () -> {
            Single.accept(store, completed("ended", "x"), 10, now());
            Lease lease = only(claim(WorkQueue.DELIVER));
            store.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now());
            Single.accept(store, completed("taken", "x"), 10, now());
        });

        List<LateStore.AcceptOutcome> outcomes =
                slowNode.takeAll(List.of(result("new", "x"), result("taken", "x"), result("ended", "y")), 10, now());

        assertThat(outcomes)
                .extracting(LateStore.AcceptOutcome::outcome)
                .containsExactly(AcceptResult.STORED, AcceptResult.DUPLICATE, AcceptResult.DIFFERENT);
        assertThat(byId(claim(WorkQueue.DELIVER))).containsOnlyKeys("new", "taken");
    }

    @Test
    void ofAGroupOfAwaitedResultsThoseThatAnotherNodeTakesMeanwhileAreComparedWithIts() {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        List<String> ids = List.of("t1", "t2", "t3");
        ids.forEach(id -> Single.track(store, task(id), now()));
        slow.runBefore("UPDATE playtcha_late_item SET state = 'READY'", () -> {
            Single.accept(store, completed("t1", "x"), 10, now());
            Single.accept(store, completed("t2", "another"), 10, now());
        });

        List<LateStore.AcceptOutcome> outcomes = slowNode.takeAll(
                ids.stream().map(id -> result(id, "x")).toList(), 10, new LateStore.LeaseTerms("me", LEASE, 10), now());

        assertThat(outcomes)
                .extracting(LateStore.AcceptOutcome::outcome)
                .containsExactly(AcceptResult.DUPLICATE, AcceptResult.DIFFERENT, AcceptResult.STORED);
        assertThat(outcomes)
                .extracting(outcome ->
                        outcome.lease() == null ? null : outcome.lease().id())
                .containsExactly(null, null, "t3");
    }

    private Arrival result(String id, String code) {
        return new Arrival.Result(completed(id, code));
    }

    @Test
    void anItemThatEndsOnAnotherNodeWhileItIsTrackedIsReturnedAsItEnded() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        slowNode.counts();
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        slow.runBefore(
                "SET tracked = 1",
                () -> store.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now()));

        Single.Tracked tracked = Single.track(slowNode, task("t1"), now());

        assertThat(tracked.item().getState()).isEqualTo(LateState.DELIVERED);
        assertThat(tracked.isNew()).isFalse();
        assertThat(count("playtcha_late_item")).isZero();
    }

    /** The schema of version 1 is kept as it was; its nodes look for ended items among the others. */
    @Test
    void nodesOfVersion1WorkOnTheSameTablesUntilSomebodySaysThatThereAreNone() throws Exception {
        String file;
        try (Connection connection = dataSource.getConnection()) {
            file = Database.of(connection, false).schemaFile(1);
        }
        for (String statement : Schema.statements(file)) {
            effects(statement);
        }

        Single.accept(store, completed("old", "x"), 10, now());
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();

        assertThat(count("playtcha_late_schema WHERE id = 1 AND version = 1"))
                .as("what version 1 asks for when it starts")
                .isEqualTo(1);
        assertThat(count("playtcha_late_item WHERE state = 'DELIVERED' AND lane = 'DONE'"))
                .as("what version 1 finds")
                .isEqualTo(1);
        effects("UPDATE playtcha_late_schema SET version = 2 WHERE id = 1");
        store.purge(now(), 100);
        assertThat(count("playtcha_late_item")).isZero();
        assertThat(store.find("old").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
        assertThat(Single.accept(store, completed("old", "x"), 10, now())).isEqualTo(AcceptResult.DUPLICATE);
        Single.accept(store, completed("new", "x"), 10, now());
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();
        assertThat(count("playtcha_late_ended")).isEqualTo(2);
    }

    @Test
    void severalNodesMakeTheTablesAtOnce() throws Exception {
        List<Boolean> tracked = atOnce(4, n -> {
            LateStore node = JdbcStores.withLeaseClock(dataSource, results, clock);
            return Single.track(node, task("t" + n), now()).isNew();
        });

        assertThat(tracked).containsOnly(true);
        assertThat(store.counts().awaiting()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE TABLE playtcha_late_item", "CREATE TABLE playtcha_late_ended", "VALUES (3, 2)"})
    void tablesThatANodeDidNotFinishAreThoseOfANewInstallation(String killedBefore) throws Exception {
        RecordingDataSource recording = new RecordingDataSource(dataSource, true);
        recording.runBefore(killedBefore, () -> {
            throw new IllegalStateException("killed");
        });
        try (LateStore killed = JdbcStores.withLeaseClock(recording, results, clock)) {
            assertThatThrownBy(killed::counts).hasMessage("killed");
        }

        Single.accept(store, completed("t1", "x"), 10, now());

        assertThat(count("playtcha_late_schema WHERE id = 1 AND version = 2"))
                .as("no node of version 1 uses the tables")
                .isEqualTo(1);
        assertThat(deliver(store, only(claim(WorkQueue.DELIVER)))).isTrue();
        assertThat(count("playtcha_late_ended")).isEqualTo(1);
    }

    @Test
    void tablesOfALaterVersionAreRefused() throws Exception {
        store.counts();
        effects("UPDATE playtcha_late_schema SET version = 99 WHERE id = 1");

        assertThatThrownBy(() -> secondNode().counts())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 99");
    }

    @Test
    void leasesRunByTheDatabasesClockWhateverTheTimeZone() throws Exception {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            LateStore node = JdbcStores.of(dataSource, results);
            Single.accept(node, completed("t1", "x"), 10, now());
            assertThat(node.claim(wanted(WorkQueue.DELIVER, 1))).hasSize(1);
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Pago_Pago"));

            LateStore elsewhere = JdbcStores.of(dataSource, results);
            assertThat(elsewhere.claim(wanted(WorkQueue.DELIVER, 1))).isEmpty();
            effects("UPDATE playtcha_late_item SET lease_until = lease_until - " + (LEASE.toMillis() + 60_000));
            assertThat(elsewhere.claim(wanted(WorkQueue.DELIVER, 1))).hasSize(1);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static void write(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO effects (id) VALUES (?)")) {
            statement.setString(1, "t1");
            statement.executeUpdate();
        }
    }

    private void effects(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int countEffects() throws SQLException {
        return count("effects");
    }

    private int count(String rows) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + rows)) {
            row.next();
            return row.getInt(1);
        }
    }
}
