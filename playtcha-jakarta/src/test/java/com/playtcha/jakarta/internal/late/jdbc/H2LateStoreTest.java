package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Incoming;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void whatAProcessHadClaimedThatEndedCanBeClaimedAtOnceInTheEmbeddedDatabase() throws Exception {
        Lease handing = null;
        Lease polling = null;
        try (LateStore before = JdbcLateStore.embedded(directory.resolve("late"), null, results)) {
            Single.accept(before, completed("t1", "x"), 10, now());
            Single.track(before, task("t2"), now());
            Single.track(before, task("t3"), now());
            clock.advance(Duration.ofHours(1));
            handing = only(before.claim(claimed(WorkQueue.DELIVER, 10)));
            polling = before.claim(claimed(WorkQueue.POLL, 1)).get(0);
            assertThat(before.claim(claimed(WorkQueue.DELIVER, 10))).isEmpty();
        }

        try (LateStore after = JdbcLateStore.embedded(directory.resolve("late"), null, results)) {
            List<Lease> polled = after.claim(claimed(WorkQueue.POLL, 10));
            Lease handed = only(after.claim(claimed(WorkQueue.DELIVER, 10)));

            assertThat(polled).extracting(Lease::id).containsExactlyInAnyOrder("t2", "t3");
            assertThat(handed.fence()).isGreaterThan(handing.fence() + 1);
            assertThat(Single.fail(after, handing, "stale", now(), now())).isFalse();
            assertThat(Single.resolve(after, polling, completed(polling.id(), "stale"), now()))
                    .isFalse();
            assertThat(Single.release(after, handing)).isFalse();
            assertThat(after.claim(claimed(WorkQueue.DELIVER, 10))).isEmpty();
        }
    }

    @Test
    void whatAHandlerMayHaveHeardBeforeItsProcessEndedIsNotReplaced() throws Exception {
        LateResult expired =
                LateResult.of("t1", LateKind.TASK, LateOutcome.EXPIRED, now()).build();
        try (LateStore before = JdbcLateStore.embedded(directory.resolve("late"), null, results)) {
            Single.accept(before, expired, 10, now());
            only(before.claim(claimed(WorkQueue.DELIVER, 10)));
        }

        try (LateStore after = JdbcLateStore.embedded(directory.resolve("late"), null, results)) {
            assertThat(Single.accept(after, completed("t1", "x"), 10, now())).isEqualTo(AcceptResult.DIFFERENT);
            assertThat(only(after.claim(claimed(WorkQueue.DELIVER, 10)))
                            .result()
                            .getOutcome())
                    .isEqualTo(LateOutcome.EXPIRED);
        }
    }

    private Claim claimed(WorkQueue lane, int most) {
        return new Claim(lane, null, false, now(), "me", Duration.ofMinutes(3), most, false);
    }

    @Test
    void aUserWithoutAdminRightsIsRefusedSinceItsCommitsCouldBeLost() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("others");
        JdbcDataSource admin = h2(url, "admin");
        JdbcLateStore.of(admin, results).counts();
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER plain PASSWORD ''");
            statement.execute("GRANT ALL ON SCHEMA public TO plain");
            JdbcLateStore node = JdbcLateStore.of(h2(url, "plain"), results);

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
        try (LateStore interrupted = JdbcLateStore.embedded(folder, null, results)) {
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

        try (LateStore again = JdbcLateStore.embedded(folder, null, results)) {
            clock.advance(Duration.ofHours(1));
            assertThat(again.claim(claimed(WorkQueue.DELIVER, 500)))
                    .hasSize(400)
                    .allMatch(lease -> String.valueOf(lease.result().getCode()).length() == 5000);
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
        LateStore ended = JdbcLateStore.embedded(directory.resolve("ended"), null, results);
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
        try (LateStore store = JdbcLateStore.embedded(folder, null, results)) {
            Single.track(store, task("kept"), now());
            for (int item = 0; Files.size(file) < 20 << 20; item++) {
                Single.accept(store, completed("t" + item, "x"), 100_000, now());
                Lease lease = only(store.claim(claimed(WorkQueue.DELIVER, 10)));
                store.settle(List.of(new Settlement.Delivered(lease, now())), now());
            }
        }
        assertThat(Files.size(file)).isLessThan(5 << 20);
        try (LateStore store = JdbcLateStore.embedded(folder, null, results)) {
            assertThat(store.find("kept").orElseThrow().state()).isEqualTo(LateState.AWAITING);
        }
    }

    @Test
    void theFileIsCompactedWhenItIsMostlyEmptyAndNoHandlerUsesIt() throws Exception {
        Path folder = directory.resolve("emptied");
        Path file = folder.resolve("playtcha-late.mv.db");
        try (LateStore store = JdbcLateStore.embedded(folder, null, results)) {
            Single.track(store, task("kept"), now());
            passBacklog(store, file, now());
            Single.accept(store, completed("t1", "x"), 100_000, now());
            Lease lease = only(store.claim(claimed(WorkQueue.DELIVER, 10)));

            boolean delivered = Single.deliver(store, lease, now(), now(), delivery -> {
                Connection connection = delivery.unwrap(Connection.class).orElseThrow();
                assertThat(store.forget(now(), 10_000)).isGreaterThan(100);
                assertThat(Files.size(file)).as("while a handler uses it").isGreaterThan(32 << 20);
                connection
                        .prepareStatement("SELECT COUNT(*) FROM playtcha_late_item")
                        .close();
            });

            assertThat(delivered).isTrue();
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
                store.forget(now(), 1000);
                assertThat(Files.size(file)).isLessThan(20 << 20);
            });
            assertThat(store.find("kept").orElseThrow().state()).isEqualTo(LateState.AWAITING);
            assertThat(Single.accept(store, completed("t2", "x"), 100_000, now()))
                    .isEqualTo(AcceptResult.STORED);
        }
    }

    /** Results that take 32 MB and more, and are delivered, but not deleted yet; returns how many. */
    static int passBacklog(LateStore store, Path file, Instant now) throws IOException {
        String code = "x".repeat(60_000);
        int items = 0;
        for (; Files.size(file) <= 32 << 20; items += 20) {
            List<Incoming> arrivals = IntStream.range(items, items + 20)
                    .mapToObj(i -> LateResult.of("b" + i, LateKind.TASK, LateOutcome.COMPLETED, now))
                    .<Incoming>map(each -> new Incoming.Result(each.code(code).build()))
                    .toList();
            store.takeAll(arrivals, 100_000, now);
        }
        Claim claim = new Claim(WorkQueue.DELIVER, null, false, now, "me", Duration.ofMinutes(3), 100, false);
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
