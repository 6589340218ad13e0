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
import javax.sql.DataSource;

/** This library in 1, 2 and 4 processes on one PostgreSQL: items a second, shares, connections, and a killed node. */
final class Nodes implements AutoCloseable {
    private static final int PRODUCERS = 16;
    private static final int POOL = 8;
    private static final int CONCURRENCY = 8;
    /** Of each node: after 20,000, the compilers of four still took 41 % of two processors. */
    private static final int WARM_UP = 80_000;

    private static final int KILLED_AMONG = 1_000;
    private static final int[] COUNTS = {1, 2, 4};
    private static final String REMAINING =
            "SELECT COUNT(*) FROM playtcha_late_item WHERE state NOT IN ('DELIVERED', 'EXPIRED')";
    private static final String CONNECTIONS =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name LIKE 'node-%'";
    private static final String ACTIVE = CONNECTIONS + " AND state <> 'idle'";
    private static final long LIMIT_SECONDS = 270;
    private static final double QUIET_SECONDS = 4;

    /** What the nodes have to do. */
    private enum Load {
        SPREAD("arrivals at all", 0),
        AT_ONE("arrivals at one", 0),
        SLOW("arrivals at one, handler takes 20 ms", 20);

        private final String text;
        private final int delay;

        Load(String text, int delay) {
            this.text = text;
            this.delay = delay;
        }
    }

    /** Counted over all, since an id that came before is not delivered again. */
    private static int batches;

    private final DataSource observer;
    private final List<Child> nodes = new ArrayList<>();
    private volatile long connections;
    private volatile long active;
    private volatile boolean closed;

    private Nodes(DataSource observer, String url, int count) throws IOException {
        this.observer = observer;
        for (int i = 0; i < count; i++) {
            nodes.add(Child.start("node", url, "node-" + i, Integer.toString(POOL), Integer.toString(CONCURRENCY)));
        }
        new Thread(this::sample, "sampler").start();
    }

    static void run(int items, int rounds) throws Exception {
        try (Postgres postgres = Postgres.start();
                HikariDataSource observer = Postgres.pool(postgres.url(), 2, "observer")) {
            List<List<String>> rows = new ArrayList<>();
            Map<String, Double> bars = new LinkedHashMap<>();
            for (int count : COUNTS) {
                try (Nodes nodes = new Nodes(observer, postgres.url(), count)) {
                    nodes.turn(WARM_UP * count, count);
                    for (Load load : Load.values()) {
                        if (count > 1 || load != Load.AT_ONE) {
                            int share = load == Load.SLOW ? items / 5 : items;
                            rows.add(nodes.row(postgres, load, share, rounds, bars));
                            System.out.println(rows.get(rows.size() - 1));
                        }
                    }
                }
            }
            new Report("bench-late-nodes", "Late results: several nodes on one PostgreSQL")
                    .ranOn(Versions.of(postgres.version()))
                    .text(("Processes on one machine together with the database, each with a pool of %d connections and"
                                    + " late-concurrency=%d; %,d items from %d producers, a fifth of them where the"
                                    + " handler takes 20 ms instead of nothing, after %,d for each node that do not count, so"
                                    + " that its code is compiled; fsync on, %s. All"
                                    + " processes and the database share the processors: with a handler that does"
                                    + " nothing, the figures show what nodes cost each other, not what more machines"
                                    + " gain.")
                            .formatted(
                                    POOL,
                                    CONCURRENCY,
                                    items,
                                    PRODUCERS,
                                    WARM_UP,
                                    rounds == 1 ? "one round" : "median of " + rounds + " rounds"))
                    .table(
                            List.of(
                                    "Nodes",
                                    "Load",
                                    "items/s",
                                    "a node's share",
                                    "connections at most: open / at work",
                                    "for an item: statements / transactions that write / flushes of the log"),
                            rows)
                    .bars("throughput", "Nodes on one PostgreSQL, on one machine", "items a second, end to end", bars)
                    .text(takeOver(postgres, observer))
                    .write();
        }
    }

    private List<String> row(Postgres postgres, Load load, int items, int rounds, Map<String, Double> bars)
            throws Exception {
        int count = nodes.size();
        List<Double> rates = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (Child each : nodes) {
            each.ask("delay " + load.delay);
        }
        connections = 0;
        active = 0;
        Postgres.Work work = postgres.work();
        for (int round = 0; round < rounds; round++) {
            postgres.settle();
            long[] before = handled();
            rates.add(turn(items, load == Load.SPREAD ? count : 1));
            long[] after = handled();
            for (int i = 0; i < count; i++) {
                shares.add(100.0 * (after[i] - before[i]) / items);
            }
        }
        rates.sort(null);
        shares.sort(null);
        double rate = rates.get(rates.size() / 2);
        bars.put(count + (count == 1 ? " node, " : " nodes, ") + load.text, rate);
        return List.of(
                Integer.toString(count),
                load.text,
                Report.figure(rate),
                "%.0f %% to %.0f %%".formatted(shares.get(0), shares.get(shares.size() - 1)),
                connections + " / " + active,
                postgres.work().since(work).perItem(items * (double) rounds));
    }

    /** Spreads the arrivals over the first nodes, and returns the items a second until all are delivered. */
    private double turn(int items, int producing) throws Exception {
        long begin = System.nanoTime();
        String command = "produce " + items / producing + " " + PRODUCERS / producing + " batch-" + batches++ + "-";
        for (int i = 0; i < producing; i++) {
            nodes.get(i).send(command + i + "-");
        }
        for (int i = 0; i < producing; i++) {
            nodes.get(i).answer();
        }
        while (remaining() > 0) {
            checkTime(begin);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return items * 1e9 / (System.nanoTime() - begin);
    }

    private long remaining() throws SQLException {
        return Postgres.count(observer, REMAINING);
    }

    private void checkTime(long begin) throws SQLException, TimeoutException {
        if (seconds(begin) > LIMIT_SECONDS) {
            throw new TimeoutException(remaining() + " items are not delivered");
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void sample() {
        try {
            while (!closed) {
                connections = Math.max(connections, Postgres.count(observer, CONNECTIONS));
                active = Math.max(active, Postgres.count(observer, ACTIVE));
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long[] handled() throws IOException {
        long[] counts = new long[nodes.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Long.parseLong(nodes.get(i).ask("count"));
        }
        return counts;
    }

    /** Kills one of two nodes while it works, and says when the other had delivered everything. */
    private static String takeOver(Postgres postgres, DataSource observer) throws Exception {
        try (Nodes nodes = new Nodes(observer, postgres.url(), 2)) {
            nodes.turn(WARM_UP / 2, 2);
            for (Child each : nodes.nodes) {
                each.ask("delay 50");
            }
            nodes.nodes.get(0).ask("produce " + KILLED_AMONG + " " + PRODUCERS + " killed-");
            long begin = System.nanoTime();
            nodes.nodes.remove(0).kill();
            long atKill = nodes.remaining();
            long left = atKill;
            long claimed = 0;
            double changed = 0;
            double rest = 0;
            // The survivor first delivers what nobody holds; then it waits until the leases of the dead node end.
            while (left > 0) {
                long now = nodes.remaining();
                if (now < left) {
                    left = now;
                    changed = seconds(begin);
                } else if (claimed == 0 && seconds(begin) - changed > QUIET_SECONDS) {
                    claimed = now;
                    rest = changed;
                }
                nodes.checkTime(begin);
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return ("Take-over: of two nodes whose handler takes 50 ms, one was killed with SIGKILL while %d accepted items"
                            + " were not delivered. The other one had delivered those that the dead one had not claimed"
                            + " after %s s. The %d that it had claimed followed when their leases ended: the last %s s"
                            + " after the kill.")
                    .formatted(atKill, Report.figure(rest), claimed, Report.figure(seconds(begin)));
        }
    }

    @Override
    public void close() {
        closed = true;
        nodes.forEach(Child::close);
    }
}
