package com.playtcha.jakarta.late.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Runs simulations of several nodes, a seed each, and writes the figures. Started by
 * {@code mvn -pl playtcha-jakarta -Psimulation}. Arguments: how many seeds; the one seed to be run by itself, or 0; how many
 * at once; and the page. Ends with status 1 where a seed failed, whose schedule it prints.
 */
public final class SimulationHarness {
    private static final int MAX_PRINTED = 3;
    private static final int PROGRESS = 500;

    private final AtomicLong next = new AtomicLong(1);
    private final AtomicLong ended = new AtomicLong();
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<Simulation.Report> failed = new ArrayList<>();
    private long events;

    public static void main(String[] arguments) throws Exception {
        long seeds = Long.parseLong(arguments[0]);
        long alone = Long.parseLong(arguments[1]);
        SimulationHarness harness = new SimulationHarness();
        long began = System.nanoTime();
        if (alone > 0) {
            harness.run(alone, alone, 1);
        } else {
            harness.run(1, seeds, Integer.parseInt(arguments[2]));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        harness.failed.stream()
                .limit(MAX_PRINTED)
                .map(SimulationHarness::describe)
                .forEach(System.out::println);
        System.out.printf(
                "%,d seeds in %.0f s, %,d events, %d failures%n",
                alone > 0 ? 1 : seeds, seconds, harness.events, harness.failed.size());
        if (alone == 0) {
            harness.write(Path.of(arguments[3]), seeds, seconds, arguments[2]);
        }
        System.exit(harness.failed.isEmpty() ? 0 : 1);
    }

    /** Runs seeds, from the first to the last. */
    void run(long first, long last, int threads) throws Exception {
        next.set(first);
        Level before = setLogLevel(Level.OFF);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        Path directory = Files.createTempDirectory(temporary(), "simulation");
        try {
            List<Callable<Void>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Path own = Files.createDirectory(directory.resolve(String.valueOf(i)));
                workers.add(() -> work(last, own));
            }
            for (Future<Void> worker : executor.invokeAll(workers)) {
                worker.get();
            }
        } finally {
            executor.shutdown();
            setLogLevel(before);
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Returns the level before. Thousands of faults would be logged, each of which the schedule has. */
    static Level setLogLevel(Level level) {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        root.setLevel(level);
        return before;
    }

    /** A directory in memory where there is one: each file of a spool is flushed twice. */
    private static Path temporary() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private Void work(long last, Path directory) throws Exception {
        try (JsonWriter writer = new JsonWriter()) {
            ResultText results = new ResultText(new StrictJson(), writer);
            try (SimulatedDatabase database = new SimulatedDatabase(results)) {
                for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
                    add(Simulation.run(seed, database, results, directory));
                }
            }
        }
        return null;
    }

    private synchronized void add(Simulation.Report report) {
        report.counts().forEach((kind, times) -> counts.merge(kind, (long) times, Long::sum));
        events += report.events().size();
        if (ended.incrementAndGet() % PROGRESS == 0) {
            System.out.printf("%,d seeds, %d failures%n", ended.get(), failed.size());
        }
        if (!report.violations().isEmpty()) {
            failed.add(report);
            System.out.println("Failed: seed " + report.seed() + ", " + report.violations());
        }
    }

    /** Returns what was violated in a seed, and all that happened. */
    static String describe(Simulation.Report report) {
        return "Seed " + report.seed() + " failed:\n  " + String.join("\n  ", report.violations()) + "\n"
                + String.join("\n", report.events()) + "\nRun it again with -Psimulation -Dsimulation.seed="
                + report.seed();
    }

    Map<String, Long> counts() {
        return counts;
    }

    List<Simulation.Report> failed() {
        return failed;
    }

    private void write(Path page, long seeds, double seconds, String threads) throws IOException {
        Runtime machine = Runtime.getRuntime();
        Files.writeString(page, """
                # Simulation of several nodes

                Ran on JDK %s (%s), %d processors (%s), %s. `mvn -pl playtcha-jakarta -Psimulation -Dsimulation.seeds=%d`
                makes it again.

                Each seed runs the late results engine of two to four nodes on one database, H2 in memory, through the store
                that applications use. One thing happens at a time, also in the middle of another node's statement, commit,
                poll or call of the handler, and the seed decides what: callbacks that are lost, repeated or late, polls
                without an answer, a database that refuses connections, breaks them, loses the answer to a commit or
                applies it later, disks that fail, clocks that are wrong, nodes that are killed or stopped and started
                again on their spool, handlers that fail in each way, and an operator. Then the faults end, and time goes on
                until nothing is left to do. A seed fails where anything acknowledged was lost, an effect is missing or was
                had twice, an outcome changed, a later result won, a verdict is not Playtcha's, something expired early,
                a lease or a file of the spool is left, or a node's counters differ from the store.

                %,d seeds, %,d events, %d failures, %.0f s with %s seeds at once.

                | Event | Times |
                | --- | ---: |
                %s
                """.formatted(
                        System.getProperty("java.runtime.version"),
                        System.getProperty("java.vendor"),
                        machine.availableProcessors(),
                        System.getProperty("os.arch"),
                        LocalDate.now(ZoneOffset.UTC),
                        seeds,
                        seeds,
                        events,
                        failed.size(),
                        seconds,
                        threads,
                        counts.entrySet().stream()
                                .map(each -> "| %s | %,d |".formatted(each.getKey(), each.getValue()))
                                .collect(Collectors.joining("\n"))));
    }
}
