package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * Two nodes at work on one database, of which one is killed, or stopped for longer than its leases last: the other is to
 * take its leases over, and who comes back is to change nothing.
 */
final class TwoNodes {
    static final String[] SPOOLS = {"spool-a", "spool-b"};
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE_FOR_LEASES = Duration.ofSeconds(2);

    private final Path directory;
    private final String url;
    private final DataSource dataSource;
    private final Ledger ledger;
    private final String mode;
    private final WorkerProcess[] nodes = new WorkerProcess[2];
    private int started;
    private int leasesLeft;
    private long longestMillis;

    TwoNodes(Path directory, String url, DataSource dataSource, Ledger ledger, String mode) {
        this.directory = directory;
        this.url = url;
        this.dataSource = dataSource;
        this.ledger = ledger;
        this.mode = mode;
    }

    void start() throws IOException, InterruptedException {
        start(0);
        start(1);
        for (WorkerProcess node : nodes) {
            node.awaitBegun();
        }
    }

    private void start(int n) throws IOException {
        nodes[n] = WorkerProcess.start(directory, url, SPOOLS[n], "n" + n + "k" + ++started, mode);
    }

    /** Kills one, waits until the other has taken over what it worked on, starts it anew. */
    void killOne() throws IOException, InterruptedException, SQLException {
        int victim = pickAtWork();
        WorkerProcess killed = nodes[victim];
        long patience = System.nanoTime() + PATIENCE_FOR_LEASES.toNanos();
        while (leases(killed.node()) == 0 && System.nanoTime() < patience) {
            killed.pause(5);
        }
        killed.kill();
        ledger.note(killed);
        int left = leases(killed.node());
        leasesLeft += left;
        long begun = System.nanoTime();
        while (leases(killed.node()) > 0) {
            nodes[1 - victim].requireAlive();
            nodes[1 - victim].pause(20);
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new IOException(
                        "leases of a node that was killed are not taken over: " + leasesInDetail(killed.node()));
            }
        }
        if (left > 0) {
            longestMillis = Math.max(longestMillis, (System.nanoTime() - begun) / 1_000_000);
        }
        start(victim);
        nodes[victim].awaitBegun();
    }

    /** Stops one for longer than its leases last. */
    void stopOne() throws IOException, InterruptedException, SQLException {
        int victim = pickAtWork();
        nodes[victim].signal("STOP");
        nodes[1 - victim].pause(CrashWorker.LEASE.toMillis() * 3 / 2);
        nodes[victim].signal("CONT");
        nodes[victim].pause(500);
    }

    private int pickAtWork() throws IOException, InterruptedException {
        int victim = ThreadLocalRandom.current().nextInt(2);
        nodes[victim].pause(200 + ThreadLocalRandom.current().nextInt(800));
        for (WorkerProcess node : nodes) {
            node.requireAlive();
        }
        return victim;
    }

    private int leases(String owner) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM playtcha_late_item"
                        + " WHERE owner LIKE ? AND lease_until > 0 AND lane <> 'DONE'")) {
            query.setString(1, "%" + owner);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private List<String> leasesInDetail(String owner) throws SQLException {
        List<String> leases = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT lane, state, failures, attempts, due_at, lease_until, fence, item_id,"
                                + " CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
                                + " FROM playtcha_late_item WHERE owner LIKE ? AND lease_until > 0 AND lane <> 'DONE'")) {
            query.setString(1, "%" + owner);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    leases.add(row.getString(1) + " " + row.getString(2) + ", failures " + row.getInt(3) + ", attempts "
                            + row.getInt(4) + ", due " + row.getLong(5) + ", leased until " + row.getLong(6)
                            + ", fence " + row.getLong(7) + ", id " + row.getString(8) + ", now " + row.getLong(9));
                }
            }
        }
        return leases;
    }

    /** How many leases killed nodes left behind; all were taken over. */
    int leasesTakenOver() {
        return leasesLeft;
    }

    /** Kills both, and lets each work off what is left, its own directory first. */
    void end() throws IOException, InterruptedException {
        for (WorkerProcess node : nodes) {
            node.kill();
            ledger.note(node);
        }
        for (String spool : SPOOLS) {
            WorkerProcess last = WorkerProcess.start(directory, url, spool, "last-" + spool, "drain");
            last.awaitDone(CrashHarness.DRAINED_WITHIN);
            ledger.note(last);
        }
    }

    String report() {
        return "leases of killed nodes taken over " + leasesLeft + ", the last of them within at most " + longestMillis
                + " ms (a lease lasts " + CrashWorker.LEASE.toMillis() + ")";
    }
}
