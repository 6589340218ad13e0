package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Lets servers of a database of several fail under load, and looks whether what was acknowledged was lost or had effect twice,
 * and how long callbacks were spooled. Started by {@code mvn -pl playtcha-jakarta -Pha}. Arguments: what to run, of
 * {@code postgresql} and {@code galera}, separated by commas; how often a server fails; where MariaDB and Galera are, the root
 * of the file system or of unpacked packages. Ends with status 1 where something is wrong.
 */
public final class HaHarness {
    private static final int WORKERS = 2;
    private static final int CALM_MS = 3000;

    private final Path directory;
    private final PrintStream out = System.out;
    private final Ledger ledger = new Ledger(true);
    private final WorkerProcess[] workers = new WorkerProcess[WORKERS];

    private HaHarness(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Files.createTempDirectory("playtcha-ha");
        ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(1)));
        boolean right = true;
        for (String mode : arguments[0].split(",", -1)) {
            Path directory = Files.createDirectory(root.resolve(mode));
            Path servers = Files.createDirectory(directory.resolve("servers"));
            HaCluster cluster = switch (mode) {
                case "postgresql" -> ReplicatedPostgres.start(servers);
                case "galera" -> GaleraCluster.start(servers, Path.of(arguments[2]));
                default -> throw new IllegalArgumentException("postgresql or galera, not " + mode);
            };
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                WorkerProcess.endAll();
                cluster.close();
            }));
            right &= new HaHarness(directory).run(mode, cluster, Integer.parseInt(arguments[1]));
            cluster.close();
        }
        if (right) {
            delete(root);
        } else {
            System.out.println("See " + root);
        }
        System.exit(right ? 0 : 1);
    }

    private boolean run(String title, HaCluster cluster, int failures) throws Exception {
        Files.createDirectory(directory.resolve("redeemed"));
        try (Connection connection = cluster.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(Ledger.TABLE);
        }
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = WorkerProcess.start(directory, cluster.url(i), "spool-" + i, "w" + i, "steady");
            workers[i].awaitBegun();
        }
        List<String> rows = new ArrayList<>();
        List<long[]> times = new ArrayList<>();
        for (int failure = 1; failure <= failures; failure++) {
            workers[0].pause(CALM_MS + ThreadLocalRandom.current().nextInt(CALM_MS));
            long begun = System.currentTimeMillis();
            String how = cluster.fail();
            long effectAt = awaitEffectAfter(cluster, System.currentTimeMillis()) - begun;
            cluster.restore();
            for (WorkerProcess worker : workers) {
                worker.requireAlive();
            }
            long[] spooled = spooled(begun);
            times.add(new long[] {spooled[1], effectAt});
            rows.add("%d: %s; %d results spooled, the last %.1f s after the failure; handlers worked again after %.1f s"
                    .formatted(failure, how, spooled[0], spooled[1] / 1000.0, effectAt / 1000.0));
            out.println(rows.get(rows.size() - 1));
        }
        workers[0].pause(CALM_MS);
        for (WorkerProcess worker : workers) {
            worker.kill();
            // Kept for whoever looks into what went wrong.
            Files.write(directory.resolve("said-" + worker.node().replace(' ', '-')), worker.lines());
            ledger.note(worker);
        }
        for (int i = 0; i < WORKERS; i++) {
            WorkerProcess last = WorkerProcess.start(directory, cluster.url(i), "spool-" + i, "last-" + i, "drain");
            last.awaitDone(CrashHarness.DRAINED_WITHIN);
            ledger.note(last);
        }
        ledger.check(cluster::connect, directory.resolve("spool-0"), directory.resolve("spool-1"));
        out.println(
                title + ", " + failures + " failures, JDK " + Runtime.version().feature() + ":");
        out.println("  callbacks were spooled for " + seconds(times, 0) + " s (median, longest)");
        out.println("  handlers worked again after " + seconds(times, 1) + " s (median, longest)");
        ledger.report().forEach(line -> out.println("  " + line));
        out.println(ledger.isRight() ? "  RIGHT: nothing lost, torn, wrong or twice" : "  WRONG");
        return ledger.isRight();
    }

    private static String seconds(List<long[]> times, int which) {
        long[] sorted = times.stream().mapToLong(each -> each[which]).sorted().toArray();
        return "%.1f, %.1f".formatted(sorted[sorted.length / 2] / 1000.0, sorted[sorted.length - 1] / 1000.0);
    }

    private static long awaitEffectAfter(HaCluster cluster, long time) throws IOException, InterruptedException {
        long[] at = new long[1];
        ServerProcesses.await("handlers work again", () -> {
            try (Connection connection = cluster.connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT MIN(at) FROM effects WHERE at > " + time)) {
                row.next();
                at[0] = row.getLong(1);
                return at[0] > 0;
            }
        });
        return at[0];
    }

    /** Returns how many results were spooled since a moment, and how long after it the last one was. */
    private long[] spooled(long since) throws IOException {
        long[] spooled = new long[2];
        for (WorkerProcess worker : workers) {
            for (String line : worker.lines()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("ack") && words[2].equals("SPOOLED") && Long.parseLong(words[4]) >= since) {
                    spooled[0]++;
                    spooled[1] = Math.max(spooled[1], Long.parseLong(words[4]) - since);
                }
            }
        }
        return spooled;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
