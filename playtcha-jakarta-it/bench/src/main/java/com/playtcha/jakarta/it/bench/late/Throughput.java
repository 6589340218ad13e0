package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.it.bench.Report;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** All contenders on one PostgreSQL, in turns, several rounds; medians. */
final class Throughput {
    private static final int PRODUCERS = 16;
    private static final int POOL = 32;
    private static final int THREADS = 16;

    private static final String OWN = "this library";
    private static final String OUTBOX = "transaction-outbox";
    private static final String SCHEDULER = "db-scheduler";
    private static final String PLAIN = "plain SQL";
    private static final String SPIKE = "item table on db-scheduler";
    private static final String HTTP = "this library, HTTP, pool of 8";
    private static final String H2 = "this library, H2";

    private static final List<String> SLOW = List.of(H2);

    private Throughput() {}

    static void run(int items, int rounds, String only) throws Exception {
        Map<String, Contender> contenders = new LinkedHashMap<>();
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        try (Postgres postgres = Postgres.start();
                HikariDataSource pool = Postgres.pool(postgres.url(), POOL, "bench")) {
            contenders.put(OWN, PlaytchaContender.pooled(pool, THREADS));
            contenders.put(OUTBOX, new OutboxContender(pool, THREADS));
            contenders.put(SCHEDULER, new DbSchedulerContender(pool, THREADS));
            contenders.put(PLAIN, new PlainContender(pool));
            contenders.put(SPIKE, new SpikeContender(pool, THREADS, Duration.ofSeconds(10)));
            contenders.put(HTTP, PlaytchaContender.http(postgres.url(), pool));
            contenders.put(H2, PlaytchaContender.embedded());
            contenders.keySet().removeIf(name -> !name.matches(only));
            for (int round = 0; round <= rounds; round++) {
                List<String> order = new ArrayList<>(contenders.keySet());
                Collections.rotate(order, -round);
                for (String name : order) {
                    postgres.settle();
                    int count = SLOW.contains(name) ? items / 5 : items;
                    Turn turn = Turn.run(Objects.requireNonNull(contenders.get(name)), postgres, count, PRODUCERS);
                    System.out.printf("round %d, %s: %s%n", round, name, turn);
                    if (round > 0) {
                        turns.computeIfAbsent(name, key -> new ArrayList<>()).add(turn);
                    }
                }
            }
            report(postgres.version(), contenders, turns, items, rounds);
        }
    }

    private static void report(
            String version, Map<String, Contender> contenders, Map<String, List<Turn>> turns, int items, int rounds) {
        Report report = new Report("bench-late", "Late results: items a second, end to end")
                .ranOn(Versions.of(version))
                .text(("%,d items of 100 characters (a fifth of them on H2), %d producers that wait for each"
                                + " acknowledgement, a handler that does nothing, %d rounds in turns after one that does"
                                + " not count, so that code is compiled, medians. fsync and"
                                + " synchronous_commit are on; all but HTTP and H2 share a HikariCP pool of %d"
                                + " connections. Before each turn, all tables are vacuumed and analyzed; finished items stay"
                                + " where their contender keeps them. The clock runs from the first arrival until the"
                                + " last item is recorded as handled.")
                        .formatted(items, PRODUCERS, rounds, POOL));
        double best = Math.max(
                median(turns.getOrDefault(OUTBOX, List.of())), median(turns.getOrDefault(SCHEDULER, List.of())));
        double plain = median(turns.getOrDefault(PLAIN, List.of()));
        List<List<String>> rows = new ArrayList<>();
        Map<String, Double> bars = new LinkedHashMap<>();
        for (String name : contenders.keySet()) {
            List<Turn> all = turns.getOrDefault(name, List.of());
            double median = median(all);
            bars.put(name, median);
            rows.add(List.of(
                    name,
                    Report.figure(median),
                    Report.figure(least(all)) + " to " + Report.figure(greatest(all)),
                    Report.figure(median(all, Turn::acceptedPerSecond)),
                    Report.figure(median / best),
                    Report.figure(median / plain),
                    Report.figure(median(all, Turn::medianMillis)) + " / "
                            + Report.figure(median(all, Turn::p99Millis)),
                    Report.figure(median(all, Turn::cpuMicros)) + " / "
                            + Report.figure(median(all, Turn::callersMicros)) + " / "
                            + Report.figure(median(all, Turn::databaseMicros)),
                    all.isEmpty() ? "" : all.get(all.size() - 1).work()));
        }
        report.table(
                List.of(
                        "",
                        "items/s",
                        "least to most",
                        "accepted/s",
                        "to the better of transaction-outbox and db-scheduler",
                        "to plain SQL",
                        "arrival to handler, ms: median / p99",
                        "processor, µs an item: this process / of which the producers' threads / PostgreSQL",
                        "for an item: statements / transactions that write / flushes of the log"),
                rows);
        report.bars("throughput", "Late results on PostgreSQL, 16 producers", "items a second, end to end", bars);
        report.text("How each was set up:");
        List<List<String>> tuning = new ArrayList<>();
        contenders.forEach((name, contender) -> tuning.add(List.of(name, contender.tuning())));
        report.table(List.of("", "Set up"), tuning);
        report.write();
    }

    private static double median(List<Turn> turns) {
        return median(turns, Turn::itemsPerSecond);
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> figure) {
        double[] sorted = sorted(turns, figure);
        int middle = sorted.length / 2;
        return sorted.length == 0
                ? 0
                : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double least(List<Turn> turns) {
        return sorted(turns, Turn::itemsPerSecond)[0];
    }

    private static double greatest(List<Turn> turns) {
        double[] sorted = sorted(turns, Turn::itemsPerSecond);
        return sorted[sorted.length - 1];
    }

    private static double[] sorted(List<Turn> turns, ToDoubleFunction<Turn> figure) {
        return turns.stream().mapToDouble(figure).sorted().toArray();
    }
}
