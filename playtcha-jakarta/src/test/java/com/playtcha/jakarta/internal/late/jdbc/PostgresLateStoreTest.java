package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.LockedException;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresLateStoreTest extends JdbcStoreContract {
    private static final int TRACKED = 200;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    private HikariDataSource pool;

    @Override
    protected DataSource database() {
        pool = pool(server());
        return pool;
    }

    DataSource server() {
        return postgres.getPostgresDatabase();
    }

    @Override
    protected void drop() throws SQLException {
        pool.close();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA public CASCADE");
            statement.execute("CREATE SCHEMA public");
        }
    }

    @Test
    void tablesThatADbaMadeWithoutGrantingThemAreSaidToBeThere() throws Exception {
        store.counts();
        execute("DROP ROLE IF EXISTS shop");
        execute("CREATE ROLE shop LOGIN PASSWORD 'shop'");
        execute("GRANT USAGE ON SCHEMA public TO shop");
        PGSimpleDataSource own = new PGSimpleDataSource();
        own.setUrl("jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres");
        own.setUser("shop");
        own.setPassword("shop");

        assertThatThrownBy(() -> JdbcStores.of(own, results).counts())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("grant it SELECT, INSERT, UPDATE and DELETE");

        execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop");
        assertThat(JdbcStores.of(own, results).counts().awaiting()).isZero();
    }

    @Test
    void aServerThatTakesNoWritesAnyMoreIsSeenToBeDownUntilItDoes() throws Exception {
        PGSimpleDataSource writable = (PGSimpleDataSource) postgres.getPostgresDatabase();
        PGSimpleDataSource demoted = (PGSimpleDataSource) postgres.getPostgresDatabase();
        demoted.setOptions("-c default_transaction_read_only=on");
        AtomicReference<DataSource> server = new AtomicReference<>(writable);
        LateStore node =
                new JdbcLateStore(new Transactions(() -> server.get().getConnection(), null, null, false), results);
        try (node;
                LateEngine engine = LateEngineBuilder.of(
                                new TestLateConfig(), node, (result, delivery) -> {}, Clock.systemUTC(), null)
                        .build()) {
            engine.openStore();
            assertThat(engine.inbox().accept("before", "x")).isEqualTo(AcceptResult.STORED);
            engine.pollOnce();
            server.set(demoted);

            assertThat(engine.inbox().accept("after", "x")).isEqualTo(AcceptResult.REFUSED);
            for (int beats = 0; beats < 3; beats++) {
                engine.pollOnce();
                assertThat(engine.canKeepResults()).isFalse();
            }

            server.set(writable);
            engine.pollOnce();
            assertThat(engine.canKeepResults()).isTrue();
            assertThat(engine.inbox().accept("after", "x")).isEqualTo(AcceptResult.STORED);
        }
    }

    /** Options that change how the driver sends statements, of which several go together. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepareThreshold=-1",
                "prepareThreshold=0",
                "prepareThreshold=1",
                "preferQueryMode=simple",
                "preferQueryMode=extendedForPrepared",
                "preferQueryMode=extendedCacheEverything",
                "autosave=always",
                "defaultRowFetchSize=1",
                "reWriteBatchedInserts=true",
                "binaryTransfer=false"
            })
    void anyModeOfTheDriver(String option) throws Exception {
        PGSimpleDataSource server = (PGSimpleDataSource) postgres.getPostgresDatabase();
        server.setURL(server.getURL() + (server.getURL().contains("?") ? "&" : "?") + option);
        try (HikariDataSource connections = pool(server);
                LateStore node = JdbcStores.withLeaseClock(connections, results, clock)) {
            for (int round = 0; round < 8; round++) {
                String n = " " + round;
                Single.track(node, task("tracked" + n), now());
                Single.track(node, task("tracked too" + n), now());
                for (String mostly : List.of("new", "tracked", "more")) {
                    List<Arrival> group = Stream.of("", " too", " as well")
                            .map(more -> (Arrival) new Arrival.Result(completed(mostly + more + n, "x")))
                            .toList();
                    assertThat(node.takeAll(group, 1000, now()))
                            .extracting(LateStore.AcceptOutcome::outcome)
                            .containsOnly(AcceptResult.STORED);
                    assertThat(node.takeAll(group, 1000, now()))
                            .extracting(LateStore.AcceptOutcome::outcome)
                            .containsOnly(AcceptResult.DUPLICATE);
                }
                List<Lease> leases = node.claim(wanted(WorkQueue.DELIVER, 50));
                assertThat(leases).hasSize(9);
                assertThat(node.renew(leases, LEASE)).containsOnly(LateStore.Renewal.RENEWED);
                for (Lease lease : leases) {
                    assertThat(deliver(node, lease)).isTrue();
                }
                assertThat(node.takeAll(
                                List.of(
                                        new Arrival.Result(completed("new" + n, "x")),
                                        new Arrival.Result(completed("newer" + n, "x")),
                                        new Arrival.Result(completed("tracked" + n, "y"))),
                                1000,
                                now()))
                        .extracting(LateStore.AcceptOutcome::outcome)
                        .containsExactly(AcceptResult.DUPLICATE, AcceptResult.STORED, AcceptResult.DIFFERENT);
                assertThat(deliver(node, only(node.claim(wanted(WorkQueue.DELIVER, 50)))))
                        .isTrue();
            }
        }
    }

    @Test
    void aResultThatNobodyTrackedTakesOneExchangeAndItsEndAnother() {
        RecordingDataSource recording = new RecordingDataSource(dataSource, true);
        LateStore node = JdbcStores.withLeaseClock(recording, results, clock);
        Single.accept(node, completed("before", "x"), 10, now());
        recording.clear();

        LateStore.AcceptOutcome outcome = node.takeAll(
                        List.of(new Arrival.Result(completed("t1", "x"))),
                        10,
                        new LateStore.LeaseTerms("me", LEASE, 1),
                        now())
                .get(0);
        Lease lease = Objects.requireNonNull(outcome.lease());
        node.settle(List.of(new Settlement.Delivered(lease, now().plusSeconds(600))), now());

        assertThat(recording.statements()).hasSize(2).allMatch(sql -> sql.endsWith("; COMMIT"));
        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
    }

    @Test
    void whatTheDatabaseRefusesToCommitIsNotAccepted() throws Exception {
        Single.accept(store, completed("before", "x"), 10, now());
        deliver(store, only(claim(WorkQueue.DELIVER)));
        execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$");
        execute("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON playtcha_late_item DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION refuse()");

        assertThatThrownBy(() -> Single.accept(store, completed("t1", "x"), 10, now()))
                .isInstanceOf(StoreException.class);

        execute("DROP TRIGGER late ON playtcha_late_item");
        execute("DROP FUNCTION refuse()");
        assertThat(store.find("t1")).isEmpty();
        assertThat(Single.accept(store, completed("t1", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
    }

    @Test
    void aWarningOfATriggerIsNoCommitInDoubt() throws Exception {
        Single.accept(store, completed("before", "x"), 10, now());
        execute("CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE WARNING 'a late result'; RETURN NEW; END $$");
        execute(
                "CREATE TRIGGER late BEFORE INSERT OR UPDATE ON playtcha_late_item FOR EACH ROW EXECUTE FUNCTION warn()");

        assertThat(Single.accept(store, completed("t1", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
        Single.track(store, task("t2"), now());
        assertThat(Single.accept(store, completed("t2", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
    }

    /** A time limit of the statement cancels it in the same way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheStandbyMayNotHaveIsNotAccepted(boolean isTracked) throws Exception {
        PGSimpleDataSource server = (PGSimpleDataSource) postgres.getPostgresDatabase();
        server.setOptions("-c synchronous_commit=on");
        try (HikariDataSource connections = pool(server);
                LateStore node = JdbcStores.withLeaseClock(connections, results, clock)) {
            Single.accept(node, completed("before", "x"), 10, now());
            for (int i = 0; isTracked && i < TRACKED; i++) {
                Single.track(node, task("t" + i), now());
            }
            execute("ALTER SYSTEM SET synchronous_standby_names = 'away'");
            execute("SELECT pg_reload_conf()");
            AtomicInteger accepted = new AtomicInteger();
            AtomicReference<CompletableFuture<AcceptResult>> last = new AtomicReference<>();
            try {
                // The server takes up the setting soon.
                await().until(() -> {
                    if (last.get() == null || last.get().isDone()) {
                        String id = "t" + accepted.incrementAndGet();
                        last.set(CompletableFuture.supplyAsync(
                                () -> Single.accept(node, completed(id, "x"), 1000, now())));
                    }
                    return cancelledWaits() == 1;
                });

                assertThatThrownBy(() -> last.get().get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(StoreException.class);
            } finally {
                execute("ALTER SYSTEM RESET synchronous_standby_names");
                execute("SELECT pg_reload_conf()");
            }
            // It is there, and so brought again in vain.
            assertThat(Single.accept(node, completed("t" + accepted.get(), "x"), 1000, now()))
                    .isEqualTo(AcceptResult.DUPLICATE);
        }
    }

    /** Cancels what waits for a standby; returns how many sessions did. */
    private int cancelledWaits() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(pg_cancel_backend(pid)) FROM pg_stat_activity"
                        + " WHERE wait_event = 'SyncRep'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** PostgreSQL takes nothing more in a transaction of which one statement failed, whoever caught the exception. */
    @Test
    void aFailureThatAHandlerSwallowedIsNoCompletion() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));

        assertThatThrownBy(() -> Single.deliver(store, lease, now(), now(), delivery -> {
                    Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                    try (Statement statement = connection.createStatement()) {
                        assertThatThrownBy(() -> statement.execute("SELECT nothing FROM nowhere"))
                                .isInstanceOf(SQLException.class);
                    }
                }))
                .isInstanceOf(StoreException.class);

        assertThat(Single.fail(store, lease, "not recorded", now().plusSeconds(300), now()))
                .isTrue();
        assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.RETRYING);
    }

    @Test
    void aSavepointLetsAHandlerGoOnAfterAFailure() throws Exception {
        Single.accept(store, completed("t1", "x"), 10, now());

        assertThat(Single.deliver(store, only(claim(WorkQueue.DELIVER)), now(), now(), delivery -> {
                    Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                    Savepoint before = connection.setSavepoint();
                    try (Statement statement = connection.createStatement()) {
                        assertThatThrownBy(() -> statement.execute("SELECT nothing FROM nowhere"))
                                .isInstanceOf(SQLException.class);
                    }
                    connection.rollback(before);
                }))
                .isTrue();
    }

    @Test
    void whatATransactionOfTheApplicationHasLockedHoldsUpNothingElse() throws Exception {
        store.counts();
        try (Connection own = dataSource.getConnection()) {
            own.setAutoCommit(false);
            store.track(task("t1"), own, now());

            assertThatThrownBy(() -> Single.accept(store, completed("t1", "x"), 10, now()))
                    .isInstanceOf(LockedException.class);
            assertThat(Single.accept(store, completed("t2", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
            own.commit();
        }
        assertThat(Single.accept(store, completed("t1", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
    }

    @Test
    void whatAGroupHasAddedIsStoredAlthoughTheStoreFailsAtTheRestOfIt() {
        RecordingDataSource failing = new RecordingDataSource(dataSource, true);
        LateStore node = JdbcStores.withLeaseClock(failing, results, clock);
        Single.accept(node, completed("before", "x"), 10, now());
        Single.track(node, task("awaited"), now());
        failing.refuse("SET state = 'READY'");

        List<LateStore.AcceptOutcome> outcomes = node.takeAll(
                Stream.of("new", "awaited")
                        .map(id -> (Arrival) new Arrival.Result(completed(id, "x")))
                        .toList(),
                10,
                new LateStore.LeaseTerms("me", LEASE, 2),
                now());

        assertThat(outcomes.get(0).outcome()).isEqualTo(AcceptResult.STORED);
        assertThat(node.isLeaseValid(Objects.requireNonNull(outcomes.get(0).lease())))
                .isTrue();
        assertThat(outcomes.get(1)).as("not taken").isNull();
    }

    @Test
    void connectionsThatFallSilentAreGivenUpAndResultsAreStoredAndDeliveredAgain() throws Exception {
        CountDownLatch silent = new CountDownLatch(1);
        Set<String> delivered = ConcurrentHashMap.newKeySet();
        LateResultHandler handler = (result, delivery) -> delivered.add(result.getId());
        try (SilentRouter router = new SilentRouter(postgres.getPort())) {
            PGSimpleDataSource server = (PGSimpleDataSource) postgres.getPostgresDatabase();
            server.setPortNumbers(new int[] {router.port()});
            HikariDataSource connections = pool(server);
            RecordingDataSource recording = new RecordingDataSource(connections, true);
            try (connections;
                    LateEngine engine = LateEngineBuilder.of(
                                    new TestLateConfig(),
                                    JdbcStores.of(recording, results),
                                    handler,
                                    Clock.systemUTC(),
                                    null)
                            .build()) {
                engine.start(Duration.ofMillis(100));
                engine.inbox().accept("before", "x");
                await().atMost(Duration.ofMinutes(1)).until(() -> delivered.contains("before"));
                // In a claim, for which the engine does nothing else.
                recording.runBefore("FOR UPDATE SKIP LOCKED", () -> {
                    router.silence();
                    silent.countDown();
                });
                Single.accept(store, completed("of another node", "x"), 10, Instant.now());
                assertThat(silent.await(1, TimeUnit.MINUTES)).isTrue();

                await().atMost(Duration.ofMinutes(1)).until(() -> delivered.contains("of another node"));
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> engine.inbox().accept("after", "x").isAcknowledged());
                await().atMost(Duration.ofMinutes(1)).until(() -> delivered.contains("after"));
            }
        }
    }

    /** A closed connection of a pool cannot be aborted, since it may be another's, and in JTA it has its locks until the end. */
    @Test
    void aHandlerThatHangsAfterItsCompletionStopsNoOtherItem() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        Set<String> delivered = ConcurrentHashMap.newKeySet();
        LateResultHandler handler = (result, delivery) -> {
            if (!result.getId().equals("hangs")) {
                delivered.add(result.getId());
                return;
            }
            try (Connection own = dataSource.getConnection()) {
                own.setAutoCommit(false);
                delivery.completeWith(closed(own));
                hangs.countDown();
                while (end.getCount() > 0) {
                    try {
                        end.await();
                    } catch (InterruptedException ignored) {
                        // As a driver may do.
                    }
                }
                own.rollback();
            }
        };
        LateStore node = JdbcStores.of(dataSource, results);
        TestLateConfig config = new TestLateConfig().handling(8, Duration.ofSeconds(1), Duration.ofSeconds(10));
        LateEngine engine = LateEngineBuilder.of(config, node, handler, Clock.systemUTC(), null)
                .build();
        try {
            engine.start(Duration.ofMillis(100));
            engine.inbox().accept("hangs", "x");
            assertThat(hangs.await(60, TimeUnit.SECONDS)).isTrue();
            // The store has refused to record that the call took too long.
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> engine.metrics().getCounters().get("store-failed") > 0);
            Instant now = Instant.now();
            node.takeAll(
                    List.of(new Arrival.Result(LateResult.of("other", LateKind.TASK, LateOutcome.COMPLETED, now)
                            .code("x")
                            .build())),
                    10,
                    now);

            await().atMost(Duration.ofMinutes(1)).until(() -> delivered.contains("other"));
            assertThat(end.getCount()).as("it hangs").isEqualTo(1);
        } finally {
            end.countDown();
            engine.close();
        }
    }

    /** A connection that its user has closed, of a pool that has not ended its transaction. */
    private static Connection closed(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                PostgresLateStoreTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("isClosed") ? true : method.invoke(real, arguments));
    }
}
