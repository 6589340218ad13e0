package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.it.bench.Report;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** This library in 1, 2 and 4 processes on one PostgreSQL: items a second, shares, connections, and a killed node. */
final class Nodes implements AutoCloseable {
    private static final int PRODUCERS = 16;
    private static final int POOL = 8;
    private static final int CONCURRENCY = 8;
    private static final int WARM_UP = 2_000;
    private static final int[] COUNTS = {1, 2, 4};
    private static final String REMAINING =
            "SELECT COUNT(*) FROM playtcha_late_item WHERE state NOT IN ('DELIVERED', 'EXPIRED')";
    private static final String CONNECTIONS =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name LIKE 'node-%'";
    private static final String ACTIVE = CONNECTIONS + " AND state <> 'idle'";
    private static final long LIMIT_SECONDS = 270;

    private final DataSource observer;
    private final List<Child> nodes = new ArrayList<>();
    private long connections;
    private long active;
    private int batches;

    private Nodes(DataSource observer, String url, int count) throws IOException {
        this.observer = observer;
        for (int i = 0; i < count; i++) {
            nodes.add(Child.start("node", url, "node-" + i, Integer.toString(POOL), Integer.toString(CONCURRENCY)));
        }
    }

    static void run(int items, int rounds) throws Exception {
        try (Postgres postgres = Postgres.start();
                HikariDataSource observer = Postgres.pool(postgres.url(), 2, "observer")) {
            Report report = new Report("bench-late-nodes", "Late results: several nodes on one PostgreSQL")
                    .ranOn(Versions.of(postgres.version()))
                    .text(("Processes on one machine together with the database, each with a pool of %d connections and"
                                    + " late-concurrency=%d; %,d items from %d producers, a handler that does nothing,"
                                    + " fsync on, median of %d rounds. All processes and the database share the"
                                    + " processors, so that the figures show what nodes cost each other, not what more"
                                    + " machines gain.")
                            .formatted(POOL, CONCURRENCY, items, PRODUCERS, rounds));
            List<List<String>> rows = new ArrayList<>();
            Map<String, Double> bars = new LinkedHashMap<>();
            for (int count : COUNTS) {
                try (Nodes nodes = new Nodes(observer, postgres.url(), count)) {
                    nodes.turn(WARM_UP, count);
                    for (boolean spread : count == 1 ? new boolean[] {true} : new boolean[] {true, false}) {
                        List<Double> rates = new ArrayList<>();
                        List<Double> shares = new ArrayList<>();
                        nodes.connections = 0;
                        nodes.active = 0;
                        for (int round = 0; round < rounds; round++) {
                            postgres.settle();
                            long[] before = nodes.handled();
                            rates.add(nodes.turn(items, spread ? count : 1));
                            long[] after = nodes.handled();
                            for (int i = 0; i < count; i++) {
                                shares.add(100.0 * (after[i] - before[i]) / items);
                            }
                            Postgres.execute(observer, "TRUNCATE playtcha_late_item");
                        }
                        String arrivals = count == 1 ? "one node" : spread ? "all nodes" : "one of them";
                        rates.sort(null);
                        shares.sort(null);
                        double rate = rates.get(rates.size() / 2);
                        bars.put(count + (count == 1 ? " node" : " nodes, arrivals at " + arrivals), rate);
                        rows.add(List.of(
                                Integer.toString(count),
                                arrivals,
                                Report.figure(rate),
                                "%.0f %% to %.0f %%".formatted(shares.get(0), shares.get(shares.size() - 1)),
                                nodes.connections + " / " + nodes.active));
                        System.out.println(rows.get(rows.size() - 1));
                    }
                }
            }
            report.table(
                    List.of(
                            "Nodes",
                            "Arrivals at",
                            "items/s",
                            "a node's share",
                            "connections: open / at work, at most"),
                    rows);
            report.bars("throughput", "Nodes on one PostgreSQL, on one machine", "items a second, end to end", bars);
            report.text(takeOver(postgres, observer));
            report.write();
        }
    }

    /** Spreads the arrivals over the first nodes, and returns the items a second until all are delivered. */
    private double turn(int items, int producing) throws Exception {
        long begin = System.nanoTime();
        String batch = "batch-" + batches++ + "-";
        for (int i = 0; i < producing; i++) {
            nodes.get(i)
                    .send("produce " + items / producing + " " + Math.max(1, PRODUCERS / producing) + " " + batch + i
                            + "-");
        }
        for (int i = 0; i < producing; i++) {
            nodes.get(i).answer();
            sample();
        }
        awaitDelivered(begin);
        return items * 1e9 / (System.nanoTime() - begin);
    }

    private void awaitDelivered(long begin) throws Exception {
        while (Postgres.count(observer, REMAINING) > 0) {
            sample();
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new TimeoutException(Postgres.count(observer, REMAINING) + " items are not delivered");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void sample() throws SQLException {
        connections = Math.max(connections, Postgres.count(observer, CONNECTIONS));
        active = Math.max(active, Postgres.count(observer, ACTIVE));
    }

    private long[] handled() throws IOException {
        long[] counts = new long[nodes.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Long.parseLong(nodes.get(i).ask("count"));
        }
        return counts;
    }

    /** Two nodes with a handler that takes 50 ms; one is killed while it works on items. */
    private static String takeOver(Postgres postgres, DataSource observer) throws Exception {
        int items = 1_000;
        try (Nodes nodes = new Nodes(observer, postgres.url(), 2)) {
            nodes.turn(WARM_UP, 2);
            for (Child each : nodes.nodes) {
                each.ask("delay 50");
            }
            long before = LongStream.of(nodes.handled()).sum();
            nodes.nodes.get(0).ask("produce " + items + " " + PRODUCERS + " takeover-");
            long begin = System.nanoTime();
            nodes.nodes.get(0).kill();
            long left = Postgres.count(observer, REMAINING);
            nodes.nodes.remove(0);
            double steady = 0;
            long last = left;
            // The survivor first works off what nobody held; then it waits for the leases of the dead.
            while (last > 0) {
                long now = Postgres.count(observer, REMAINING);
                if (now < last) {
                    last = now;
                }
                if (now > 0 && now <= 2 * CONCURRENCY && steady == 0) {
                    steady = seconds(begin);
                }
                if (seconds(begin) > LIMIT_SECONDS) {
                    throw new TimeoutException(now + " items are not delivered");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            double end = seconds(begin);
            System.out.println("take-over: " + left + " left, all delivered after " + end + " s, before " + before);
            return ("Take-over: of two nodes whose handler takes 50 ms, one was killed with SIGKILL while %d accepted items"
                            + " were left. The other one had delivered all but the last %d after %s s, and the last after"
                            + " %s s.")
                    .formatted(left, 2 * CONCURRENCY, Report.figure(steady), Report.figure(end));
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void close() {
        nodes.forEach(Child::close);
    }
}
