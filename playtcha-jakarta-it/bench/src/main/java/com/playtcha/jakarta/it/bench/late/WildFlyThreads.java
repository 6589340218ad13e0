package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.it.bench.Report;
import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Handlers on the managed threads of WildFly, and on the library's own in another WildFly that has no managed ones. */
final class WildFlyThreads {
    private static final int PRODUCERS = 16;
    private static final int POOL = 32;
    private static final int CONCURRENCY = 16;
    private static final int WARM_UPS = 4;

    private WildFlyThreads() {}

    /** One server and its rounds. */
    private record Side(String name, WildFlyServer server, HikariDataSource database, List<String[]> rounds) {
        double median(int figure) {
            double[] sorted = rounds.stream()
                    .mapToDouble(round -> Double.parseDouble(round[figure]))
                    .sorted()
                    .toArray();
            return sorted[sorted.length / 2];
        }
    }

    static void run(int items, int rounds) throws Exception {
        List<Side> sides = new ArrayList<>();
        try (Postgres postgres = Postgres.start()) {
            try {
                for (boolean managed : new boolean[] {true, false}) {
                    String name = managed ? "managed" : "own";
                    // Nodes on one database would take each other's items.
                    try (HikariDataSource any = Postgres.pool(postgres.url(), 1, "bench")) {
                        Postgres.execute(any, "CREATE DATABASE " + name);
                    }
                    String url = postgres.url().replace("/postgres?", "/" + name + "?");
                    HikariDataSource database = Postgres.pool(url, 1, "bench");
                    WildFlyServer server = WildFlyServer.start(url, managed, POOL, CONCURRENCY);
                    sides.add(new Side(name, server, database, new ArrayList<>()));
                }
                for (int round = 1 - WARM_UPS; round <= rounds; round++) {
                    for (int i = 0; i < sides.size(); i++) {
                        Side side = sides.get(Math.floorMod(i + round, sides.size()));
                        Postgres.execute(side.database, "VACUUM ANALYZE", "CHECKPOINT");
                        String[] result = side.server.load(items, PRODUCERS);
                        System.out.printf("round %d, %s: %s%n", round, side.name, String.join(" ", result));
                        if (round > 0) {
                            side.rounds.add(result);
                        }
                    }
                }
                report(postgres.version(), sides, items, rounds);
            } finally {
                for (Side side : sides) {
                    side.server.close();
                    side.database.close();
                }
            }
        }
    }

    private static void report(String postgres, List<Side> sides, int items, int rounds) {
        double own = sides.get(1).median(0);
        List<List<String>> rows = new ArrayList<>();
        for (Side side : sides) {
            rows.add(List.of(
                    side.name,
                    Report.figure(side.median(0)),
                    Report.figure(side.median(0) / own),
                    Report.figure(side.median(1)),
                    Report.figure(side.median(2)),
                    "`" + side.rounds.get(0)[3] + "`"));
        }
        new Report("bench-late-wildfly", "Late results on WildFly's managed threads")
                .ranOn(Map.of(
                        "PostgreSQL",
                        postgres,
                        "WildFly",
                        System.getProperty("bench.wildfly").replaceAll(".*wildfly-", "")))
                .text(("%,d items of 100 characters, brought by %d threads of the application that wait for each"
                                + " acknowledgement, late-concurrency=%d, a handler that does nothing, WildFly's pool of"
                                + " %d connections, fsync on; %d rounds in turns after %d to warm up, medians. Two"
                                + " servers, each with a database of its own: one as it is distributed, and one whose"
                                + " default bindings lack the context service and the managed executor, where the"
                                + " library falls back to threads of its own.")
                        .formatted(items, PRODUCERS, CONCURRENCY, POOL, rounds, WARM_UPS))
                .table(
                        List.of(
                                "Handler threads",
                                "items/s",
                                "to own threads",
                                "accepted/s",
                                "processor, µs an item, WildFly",
                                "such as"),
                        rows)
                .write();
    }
}
