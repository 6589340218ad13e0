package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.acceptance.Naming;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class H2LateStoreTest extends JdbcStoreContract {
    @TempDir
    private Path directory;

    private EmbeddedH2 h2;

    @Override
    protected DataSource database() throws SQLException {
        h2 = EmbeddedH2.in(directory, null);
        // Many at once wait for one row, on a machine that may be slow.
        write(h2, "SET DEFAULT_LOCK_TIMEOUT 60000");
        return JdbcStores.dataSource(h2);
    }

    @Override
    protected void drop() {
        h2.close();
    }

    @Test
    void whatAProcessHadClaimedThatEndedCanBeClaimedOnceItsLeaseHas() throws Exception {
        LateResult expired =
                LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, now()).build();
        Path folder = directory.resolve("late");
        EmbeddedH2 first = EmbeddedH2.in(folder, null);
        Lease lost;
        try (LateStore before = JdbcStores.withLeaseClock(JdbcStores.dataSource(first), results, clock, first)) {
            Single.accept(before, expired, 10, now());
            lost = only(before.claim(wanted(WorkQueue.DELIVER, 10)));
        }

        EmbeddedH2 second = EmbeddedH2.in(folder, null);
        try (LateStore after = JdbcStores.withLeaseClock(JdbcStores.dataSource(second), results, clock, second)) {
            assertThat(after.claim(wanted(WorkQueue.DELIVER, 10))).isEmpty();
            assertThat(Single.accept(after, completed("t1", "x"), 10, now()))
                    .as("a handler may have heard of the first one")
                    .isEqualTo(AcceptResult.DIFFERENT);
            clock.advance(LEASE.plusMillis(1));

            Lease claimed = only(after.claim(wanted(WorkQueue.DELIVER, 10)));

            assertThat(claimed.result().getOutcome()).isEqualTo(LateOutcome.EXPIRED);
            assertThat(claimed.called()).isTrue();
            assertThat(Single.release(after, lost)).isFalse();
        }
    }

    private Claim claimed(WorkQueue queue, int most) {
        return Single.claim(queue, null, false, now(), "me", Duration.ofMinutes(3), most, false);
    }

    @Test
    void aHandlerInATransactionOfTheServerIsToldHowToCompleteInIt() throws Exception {
        AtomicInteger status = new AtomicInteger(Status.STATUS_ACTIVE);
        Object registry = Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TransactionSynchronizationRegistry.class},
                (proxy, method, arguments) -> status.get());
        Single.accept(store, completed("t1", "x"), 10, now());
        Lease lease = only(claim(WorkQueue.DELIVER));
        try (Naming.Binding bound = Naming.bind("java:comp/TransactionSynchronizationRegistry", registry);
                LateStore.HandlerTransaction call = store.transaction(lease, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> call.unwrap(Connection.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("completeWith(Connection)");
            assertThat(call.use()).isEqualTo(LateStore.HandlerTransaction.Use.NONE);

            status.set(Status.STATUS_NO_TRANSACTION);
            assertThat(call.unwrap(Connection.class)).isPresent();
        }
    }

    @Test
    void aTaskIsNotTrackedWithAConnectionOfAnotherDatabase() throws Exception {
        store.counts();
        NewItem task = task("t1");
        try (Connection other = DriverManager.getConnection("jdbc:h2:mem:")) {
            other.setAutoCommit(false);

            assertThatThrownBy(() -> store.track(task, other, now()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("without the store's tables");
        }
    }

    /** With dirty reads, the writer of a result sees a task that is rolled back while it waits for its row. */
    @Test
    void aResultOfATaskWhoseTransactionIsRolledBackIsKept() throws Exception {
        DataSource dirty = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Connection connection = h2.getConnection();
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
                    return connection;
                });
        LateStore node = JdbcStores.withLeaseClock(dirty, results, clock);
        try (Connection own = dataSource.getConnection()) {
            node.counts();
            own.setAutoCommit(false);
            node.track(task("t1"), own, now());
            CompletableFuture<AcceptResult> accepting =
                    CompletableFuture.supplyAsync(() -> Single.accept(node, completed("t1", "x"), 10, now()));
            await().atMost(Duration.ofMinutes(1)).until(() -> isExecuting(h2, "%state = 'READY'%"));

            own.rollback();

            assertThat(accepting.get(1, TimeUnit.MINUTES)).isEqualTo(AcceptResult.STORED);
            assertThat(node.find("t1").orElseThrow().getState()).isEqualTo(LateState.READY);
        }
    }

    @Test
    void aUserWithoutAdminRightsIsRefusedSinceItsCommitsCouldBeLost() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("others");
        JdbcDataSource admin = h2(url, "admin");
        JdbcStores.of(admin, results).counts();
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER plain PASSWORD ''");
            statement.execute("GRANT ALL ON SCHEMA public TO plain");
            JdbcLateStore node = JdbcStores.of(h2(url, "plain"), results);

            assertThatThrownBy(() -> Single.accept(node, completed("t1", "x"), 10, now()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("90040");
            statement.execute("SHUTDOWN");
        }
    }

    private static JdbcDataSource h2(String url, String user) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        dataSource.setUser(user);
        dataSource.setPassword("");
        return dataSource;
    }

    @Test
    void aThreadThatIsInterruptedClosesTheDatabaseForNobody() throws Exception {
        Path folder = directory.resolve("interrupted");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        try (LateStore interrupted = JdbcLateStore.embedded(folder, null, results, false)) {
            for (int i = 0; i < 4; i++) {
                int first = i * 100;
                all.add(threads.submit(() -> {
                    for (int id = first; id < first + 100; id++) {
                        LateResult result = completed("t" + id, "x".repeat(5000));
                        if (id % 3 == 0) {
                            Thread.currentThread().interrupt();
                        }
                        acceptInTheEnd(interrupted, result);
                        Thread.interrupted();
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        try (LateStore again = JdbcLateStore.embedded(folder, null, results, false)) {
            clock.advance(Duration.ofHours(1));
            assertThat(again.claim(claimed(WorkQueue.DELIVER, 500)))
                    .hasSize(400)
                    .allMatch(lease -> String.valueOf(lease.result().getCode()).length() == 5000);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStatementOfAHandlerThatIsAbortedKeepsNobodyFromTheStore(boolean isEmbedded) throws Exception {
        EmbeddedH2 own = EmbeddedH2.in(directory.resolve("long"), null);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (LateStore used = JdbcStores.embedded(JdbcStores.dataSource(own), results, isEmbedded ? own : null)) {
            Single.accept(used, completed("t1", "x"), 10, now());
            Lease lease = only(used.claim(claimed(WorkQueue.DELIVER, 10)));
            LateStore.HandlerTransaction call = used.transaction(lease, Duration.ofMinutes(1));
            Statement statement = call.unwrap(Connection.class).orElseThrow().createStatement();
            statement.setQueryTimeout(3600);
            Future<?> handler = threads.submit(
                    () -> statement.execute("SELECT COUNT(*) FROM SYSTEM_RANGE(1, 1000000000000) WHERE X > 0"));
            await().atMost(Duration.ofMinutes(1)).until(() -> isExecuting(own, "%SYSTEM_RANGE%"));

            threads.submit(call::abort).get(60, TimeUnit.SECONDS);

            assertThat(Single.accept(used, completed("t2", "x"), 10, now())).isEqualTo(AcceptResult.STORED);
            assertThatThrownBy(handler::get).hasCauseInstanceOf(SQLException.class);
        } finally {
            threads.shutdownNow();
            own.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatABatchOfAHandlerWritesAfterItsCallWasAbortedIsRolledBackToo(boolean isEmbedded) throws Exception {
        EmbeddedH2 own = EmbeddedH2.in(directory.resolve("batch"), null);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        write(own, "CREATE TABLE effects (id BIGINT)");
        try (LateStore used = JdbcStores.embedded(JdbcStores.dataSource(own), results, isEmbedded ? own : null)) {
            Single.accept(used, completed("t1", "x"), 10, now());
            Lease lease = only(used.claim(claimed(WorkQueue.DELIVER, 10)));
            LateStore.HandlerTransaction call = used.transaction(lease, Duration.ofMinutes(1));
            Statement statement = call.unwrap(Connection.class).orElseThrow().createStatement();
            statement.addBatch("INSERT INTO effects SELECT X FROM SYSTEM_RANGE(1, 1000000000000) WHERE MOD(X, 2) = 2");
            for (int i = 0; i < 5_000; i++) {
                statement.addBatch("INSERT INTO effects VALUES (" + i + ")");
            }
            // H2 goes on with the rest of a batch when one of its statements is cancelled.
            Future<?> handler = threads.submit(statement::executeBatch);
            await().atMost(Duration.ofMinutes(1)).until(() -> isExecuting(own, "%SYSTEM_RANGE%"));

            threads.submit(call::abort).get(60, TimeUnit.SECONDS);

            assertThatThrownBy(handler::get).hasCauseInstanceOf(SQLException.class);
            try (Connection connection = own.getConnection();
                    Statement count = connection.createStatement();
                    ResultSet row = count.executeQuery("SELECT COUNT(*) FROM effects")) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        } finally {
            threads.shutdownNow();
            own.close();
        }
    }

    private static boolean isExecuting(EmbeddedH2 h2, String pattern) throws SQLException {
        try (Connection connection = h2.getConnection();
                PreparedStatement sessions = connection.prepareStatement(
                        "SELECT 1 FROM INFORMATION_SCHEMA.SESSIONS WHERE EXECUTING_STATEMENT LIKE ?")) {
            sessions.setString(1, pattern);
            return sessions.executeQuery().next();
        }
    }

    /** Two that are interrupted at once may make the file fail for a third, who only has to call again. */
    private void acceptInTheEnd(LateStore interrupted, LateResult result) {
        for (int attempt = 1; ; attempt++) {
            try {
                assertThat(Single.accept(interrupted, result, 1000, now()))
                        .isIn(AcceptResult.STORED, AcceptResult.DUPLICATE);
                return;
            } catch (StoreException e) {
                assertThat(attempt).as("after %s", e).isLessThan(10);
                Thread.interrupted();
            }
        }
    }

    @Test
    void whoComesAfterTheEndDoesNotOpenTheDatabaseAnew() throws Exception {
        LateStore ended = JdbcLateStore.embedded(directory.resolve("ended"), null, results, false);
        Single.accept(ended, completed("t1", "x"), 10, now());
        clock.advance(Duration.ofHours(1));
        Lease lease = only(ended.claim(claimed(WorkQueue.DELIVER, 10)));

        assertThatThrownBy(() -> Single.deliver(ended, lease, now(), now(), delivery -> ended.close()))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> Single.release(ended, lease)).isInstanceOf(StoreException.class);

        String file = directory.resolve("ended").resolve("playtcha-late.mv.db").toString();
        try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).as("nobody has it open").isNotNull();
        }
    }

    @Test
    void theFileIsCompactedAtItsEnd() throws Exception {
        Path folder = directory.resolve("grown");
        Path file = folder.resolve("playtcha-late.mv.db");
        try (LateStore store = JdbcLateStore.embedded(folder, null, results, false)) {
            Single.track(store, task("kept"), now());
            for (int item = 0; Files.size(file) < 8 << 20; item++) {
                Single.accept(store, completed("t" + item, "x".repeat(60_000)), 100_000, now());
                Lease lease = only(store.claim(claimed(WorkQueue.DELIVER, 10)));
                store.settle(List.of(new Settlement.Delivered(lease, now())), now());
            }
        }
        // Each end has two seconds at most, in which a busy machine does a part of it.
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            try (LateStore store = JdbcLateStore.embedded(folder, null, results, false)) {
                assertThat(store.find("kept").orElseThrow().getState()).isEqualTo(LateState.AWAITING);
            }
            assertThat(Files.size(file)).isLessThan(2 << 20);
        });
    }

    @Test
    void theFileIsCompactedWhenItIsMostlyEmptyAndNoHandlerUsesIt() throws Exception {
        Path folder = directory.resolve("emptied");
        Path file = folder.resolve("playtcha-late.mv.db");
        try (LateStore store = JdbcLateStore.embedded(folder, null, results, false)) {
            Single.track(store, task("kept"), now());
            passBacklog(store, file, now());
            Single.accept(store, completed("t1", "x"), 100_000, now());
            Lease lease = only(store.claim(claimed(WorkQueue.DELIVER, 10)));

            boolean delivered = Single.deliver(store, lease, now(), now(), delivery -> {
                Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                assertThat(store.purge(now(), 10_000)).isGreaterThan(100);
                assertThat(Files.size(file)).as("while a handler uses it").isGreaterThan(32 << 20);
                connection
                        .prepareStatement("SELECT COUNT(*) FROM playtcha_late_item")
                        .close();
            });

            assertThat(delivered).isTrue();
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
                store.purge(now(), 1000);
                assertThat(Files.size(file)).isLessThan(20 << 20);
            });
            assertThat(store.find("kept").orElseThrow().getState()).isEqualTo(LateState.AWAITING);
            assertThat(Single.accept(store, completed("t2", "x"), 100_000, now()))
                    .isEqualTo(AcceptResult.STORED);
        }
    }

    /** Results that take 32 MB and more, and are delivered, but not deleted yet; returns how many. */
    static int passBacklog(LateStore store, Path file, Instant now) throws IOException {
        String code = "x".repeat(60_000);
        int items = 0;
        for (; Files.size(file) <= 32 << 20; items += 20) {
            List<Arrival> arrivals = IntStream.range(items, items + 20)
                    .mapToObj(i -> LateResult.of("b" + i, LateKind.TASK, LateOutcome.COMPLETED, now))
                    .<Arrival>map(each -> new Arrival.Result(each.code(code).build()))
                    .toList();
            store.takeAll(arrivals, 100_000, now);
        }
        Claim claim = Single.claim(WorkQueue.DELIVER, null, false, now, "me", Duration.ofMinutes(3), 100, false);
        for (List<Lease> leases = store.claim(claim); !leases.isEmpty(); leases = store.claim(claim)) {
            store.settle(
                    leases.stream()
                            .<Settlement>map(lease -> new Settlement.Delivered(lease, now))
                            .toList(),
                    now);
        }
        return items;
    }

    @Test
    void noThreadOutlivesTheDatabase() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        EmbeddedH2 database = EmbeddedH2.in(directory.resolve("threads"), null);
        write(database, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR)");
        write(database, "INSERT INTO t VALUES (1, SPACE(5000))");
        write(database, "CHECKPOINT SYNC");

        database.close();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("awaitility"))
                .allMatch(before::contains));
    }

    private static void write(EmbeddedH2 database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
