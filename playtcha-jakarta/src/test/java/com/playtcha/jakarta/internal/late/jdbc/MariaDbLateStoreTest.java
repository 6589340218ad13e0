package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbLateStoreTest extends JdbcStoreContract {
    @TempDir
    private static Path directory;

    private static Optional<MariaDb> server = Optional.empty();

    @BeforeAll
    static void start() throws IOException {
        server = MariaDb.start(directory);
        assumeThat(server)
                .as("NOT RUN: the store on MariaDB, of which there is no server for this machine")
                .isPresent();
    }

    @AfterAll
    static void stop() {
        server.ifPresent(MariaDb::close);
    }

    @Override
    protected DataSource database() {
        return server.orElseThrow().dataSource();
    }

    @Override
    protected void drop() throws SQLException {
        server.orElseThrow().execute("", "DROP DATABASE late", "CREATE DATABASE late");
    }

    @Test
    void aDriverThatDoesNotCountBatchesClaimsAndSettles() {
        LateStore bulk = JdbcStores.withLeaseClock(server.orElseThrow().bulkDataSource(), results, clock);
        for (int i = 0; i < 3; i++) {
            Single.accept(bulk, completed("t" + i, "x"), 10, now());
        }

        List<Lease> leases = bulk.claim(wanted(WorkQueue.DELIVER, 10));

        assertThat(leases).hasSize(3);
        List<Settlement> delivered = leases.stream()
                .map(lease -> (Settlement) new Settlement.Delivered(lease, now()))
                .toList();
        assertThat(bulk.settle(delivered, now())).containsExactly(true, true, true);
        assertThat(bulk.settle(delivered, now())).containsExactly(false, false, false);
    }
}
