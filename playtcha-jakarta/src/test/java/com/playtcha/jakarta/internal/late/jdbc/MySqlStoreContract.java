package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateResult;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MariaDB and MySQL have in common. */
abstract class MySqlStoreContract extends JdbcStoreContract {
    @TempDir
    static Path directory;

    private static Optional<MySqlServer> server = Optional.empty();

    private HikariDataSource pool;

    /** To be called before all tests. */
    static void use(Optional<MySqlServer> started, String name) {
        server = started;
        assumeThat(server)
                .as("NOT RUN: the store on %s, of which there is no server for this machine", name)
                .isPresent();
    }

    /** The driver's option to send a batch as one statement, of which it may not say how many rows each part changed. */
    abstract String bulkOption();

    @AfterAll
    static void stop() {
        server.ifPresent(MySqlServer::close);
    }

    @Override
    protected DataSource database() {
        pool = pool(server.orElseThrow().dataSource());
        return pool;
    }

    @Override
    protected void drop() throws SQLException {
        pool.close();
        server.orElseThrow().execute("", "DROP DATABASE late", "CREATE DATABASE late");
    }

    @Test
    void aDriverThatSendsBatchesAsOneClaimsAndSettles() {
        LateStore bulk = JdbcStores.withLeaseClock(server.orElseThrow().dataSource(bulkOption()), results, clock);
        for (int i = 0; i < 5; i++) {
            Single.accept(bulk, completed("t" + i, "x"), 10, now());
        }

        List<Lease> leases = bulk.claim(wanted(WorkQueue.DELIVER, 10));

        assertThat(leases).hasSize(5);
        List<Settlement> delivered = leases.stream()
                .map(lease -> (Settlement) new Settlement.Delivered(lease, now()))
                .toList();
        assertThat(bulk.settle(delivered, now())).doesNotContain(false);
        assertThat(bulk.settle(delivered, now())).doesNotContain(true);
    }

    @Test
    void aDriverThatCountsChangedRowsOnlyPausesTwice() {
        LateStore changed =
                JdbcStores.withLeaseClock(server.orElseThrow().dataSource("useAffectedRows=true"), results, clock);

        changed.setPaused(true);
        changed.setPaused(true);
        assertThat(changed.beat(now()).paused()).isTrue();

        changed.setPaused(false);
        assertThat(changed.beat(now()).paused()).isFalse();
    }

    /** Where a repeated read saw the row as it was, the same result would be logged as a different one. */
    @Test
    void theSameResultOnTwoNodesAtOnceIsADuplicate() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        Single.track(slowNode, task("t1"), now());
        LateResult result = completed("t1", "x");
        List<AcceptResult> first = new ArrayList<>();
        slow.runBefore("state = 'READY'", () -> first.add(Single.accept(store, result, 10, now())));

        AcceptResult second = Single.accept(slowNode, result, 10, now());

        assertThat(first).containsExactly(AcceptResult.STORED);
        assertThat(second).isEqualTo(AcceptResult.DUPLICATE);
    }

    @Test
    void aClaimDoesNotKeepOtherNodesFromAddingItems() throws Exception {
        RecordingDataSource slow = new RecordingDataSource(dataSource, true);
        LateStore slowNode = JdbcStores.withLeaseClock(slow, results, clock);
        for (int i = 0; i < 5; i++) {
            Single.accept(slowNode, completed("t" + i, "x"), 10, now());
        }
        List<AcceptResult> added = new ArrayList<>();
        slow.runBefore("commit", () -> added.add(Single.accept(store, completed("other", "x"), 10, now())));

        List<Lease> claimed = slowNode.claim(wanted(WorkQueue.DELIVER, 50));

        assertThat(claimed).hasSize(5);
        assertThat(added).containsExactly(AcceptResult.STORED);
    }

    /** The database ends one of the two: the group is repeated, or the application repeats its transaction. */
    @Test
    void aGroupOfResultsThatDeadlocksWithATransactionOfTheApplicationIsTaken() throws Exception {
        List<String> ids =
                Stream.of("t1", "t2").sorted(Comparator.comparing(Ids::key)).toList();
        ids.forEach(id -> Single.pollNow(store, task(id), 10, now()));
        try (Connection own = dataSource.getConnection()) {
            own.setAutoCommit(false);
            store.track(task(ids.get(1)), own, now());
            CompletableFuture<List<LateStore.AcceptOutcome>> taking = CompletableFuture.supplyAsync(() -> store.takeAll(
                    List.of(new Arrival.Result(completed("t1", "x")), new Arrival.Result(completed("t2", "x"))),
                    10,
                    now()));
            await().atMost(Duration.ofMinutes(1)).until(this::waitsForALock);

            try {
                store.track(task(ids.get(0)), own, now());
                own.commit();
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("40001");
                own.rollback();
            }

            assertThat(taking.get(1, TimeUnit.MINUTES))
                    .extracting(LateStore.AcceptOutcome::outcome)
                    .containsOnly(AcceptResult.STORED);
        }
        assertThat(claim(WorkQueue.DELIVER)).hasSize(2);
    }

    /** A task that is rolled back while its row is waited for would be answered as if it were there. */
    @Test
    void aPoolWithDirtyReadsIsUsedWithoutThem() throws Exception {
        try (HikariDataSource dirty = new HikariDataSource();
                Connection own = dataSource.getConnection()) {
            dirty.setDataSource(server.orElseThrow().dataSource());
            dirty.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED");
            LateStore node = JdbcStores.withLeaseClock(dirty, results, clock);
            node.counts();
            own.setAutoCommit(false);
            node.track(task("t1"), own, now());
            CompletableFuture<AcceptResult> polling =
                    CompletableFuture.supplyAsync(() -> Single.pollNow(node, task("t1"), 10, now()));
            await().atMost(Duration.ofMinutes(1)).until(this::waitsForALock);

            own.rollback();

            assertThat(polling.get(1, TimeUnit.MINUTES)).isEqualTo(AcceptResult.STORED);
            assertThat(node.find("t1")).isPresent();
        }
    }

    private boolean waitsForALock() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")) {
            row.next();
            return row.getInt(1) == 1;
        }
    }
}
