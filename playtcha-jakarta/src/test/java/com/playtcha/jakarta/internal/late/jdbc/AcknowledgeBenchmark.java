package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * What it costs to acknowledge a result on the embedded H2: with a commit alone (of which a killed process loses some), and
 * with a flush. In one run and in turns; prints medians, and ratios to the first. Started by {@code mvn -pl playtcha-jakarta -Pbenchmark}.
 */
public final class AcknowledgeBenchmark {
    private static final int ROUNDS = 5;
    private static final PrintStream OUT = System.out;

    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong untracked = new AtomicLong();
    private final ResultText results = new ResultText(new StrictJson(), new JsonWriter());

    private AcknowledgeBenchmark() {}

    /** One way to take a result. */
    private interface Way {
        void accept(Sql.SqlFunction<Sql, ?> work) throws Exception;
    }

    /**
     * Runs it.
     *
     * @param arguments how long a round lasts in milliseconds, 1000 without
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        Duration round = Duration.ofMillis(arguments.length == 0 ? 1000 : Long.parseLong(arguments[0]));
        Path directory = Files.createTempDirectory("playtcha-acknowledge");
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory, null)) {
            new AcknowledgeBenchmark().run(h2, round);
        } finally {
            delete(directory);
        }
    }

    private void run(EmbeddedH2 h2, Duration round) throws Exception {
        Transactions plain = new Transactions(h2::getConnection, null, null, false);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("commit alone", work -> plain.run("take", work));
        ways.put(
                "with a flush",
                work -> plain.run("take", sql -> {
                    sql.durable = true;
                    return work.apply(sql);
                }));
        for (int threads : new int[] {1, 8, 32}) {
            compare(ways, threads, round, plain);
        }
    }

    private void compare(Map<String, Way> ways, int threads, Duration round, Transactions plain) throws Exception {
        Map<String, double[]> figures = new LinkedHashMap<>();
        for (int i = -1; i < ROUNDS; i++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                double figure = measure(way.getValue(), threads, round);
                // Counting those that wait is part of taking one, so their number is to be the same for all.
                plain.run("empty", sql -> sql.update("DELETE FROM playtcha_late_item"));
                if (i >= 0) {
                    figures.computeIfAbsent(way.getKey(), key -> new double[ROUNDS])[i] = figure;
                }
            }
        }
        OUT.printf("%d thread(s), medians of %d rounds of %d ms%n", threads, ROUNDS, round.toMillis());
        double base = median(figures.get("commit alone"));
        figures.forEach((name, values) -> OUT.printf(
                Locale.ROOT, "  %-15s %7.0f acknowledged/s (x%.2f)%n", name, median(values), median(values) / base));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double measure(Way way, int threads, Duration round) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long begun = System.nanoTime();
            long end = begun + round.toNanos();
            List<Future<Integer>> parts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                parts.add(executor.submit(() -> {
                    int done = 0;
                    while (System.nanoTime() < end) {
                        LateResult result = LateResult.of(
                                        "t" + ids.incrementAndGet(),
                                        LateKind.TASK,
                                        LateOutcome.COMPLETED,
                                        Instant.now())
                                .code("a result of a usual length")
                                .build();
                        way.accept(sql -> new ArrivalWriter(
                                        sql,
                                        new ItemRows(results, LateStore.LeaseTerms.NONE, Instant.now()),
                                        1_000_000_000)
                                .takeAll(List.of(new Arrival.Result(result))));
                        done++;
                    }
                    return done;
                }));
            }
            long done = 0;
            for (Future<Integer> part : parts) {
                done += part.get();
            }
            return done * 1e9 / (System.nanoTime() - begun);
        } finally {
            executor.shutdown();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
