package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.late.jdbc.EmbeddedH2;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Kills workers with SIGKILL at random moments under load, and looks whether an acknowledged result was lost or had
 * effect twice. Arguments: {@code h2} or {@code postgresql}, and how often to kill. Ends with status 1 where something
 * is wrong.
 */
public final class CrashHarness {
    private static final int KILLED_AFTER_AT_MOST_MS = 1500;

    private final Path directory;
    private final String database;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicLong calls = new AtomicLong();

    private CrashHarness(Path directory, String database) {
        this.directory = directory;
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        int kills = Integer.parseInt(arguments[1]);
        Path directory = Files.createTempDirectory("playtcha-crash");
        boolean right;
        if (arguments[0].equals("h2")) {
            CrashHarness harness = new CrashHarness(directory, "h2");
            harness.run(kills, out);
            try (EmbeddedH2 h2 = EmbeddedH2.in(directory.resolve("h2"))) {
                right = harness.report(h2.dataSource(), out);
            }
        } else {
            try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .start()) {
                CrashHarness harness = new CrashHarness(directory, postgres.getJdbcUrl("postgres", "postgres"));
                harness.run(kills, out);
                right = harness.report(postgres.getPostgresDatabase(), out);
            }
        }
        System.exit(right ? 0 : 1);
    }

    private void run(int kills, PrintStream out) throws Exception {
        for (int kill = 1; kill <= kills; kill++) {
            Path said = directory.resolve("worker-" + kill + ".out");
            Process worker = start("load", "k" + kill, said);
            while (worker.isAlive() && Files.size(said) == 0) {
                worker.waitFor(10, TimeUnit.MILLISECONDS);
            }
            worker.waitFor(ThreadLocalRandom.current().nextInt(KILLED_AFTER_AT_MOST_MS), TimeUnit.MILLISECONDS);
            if (!worker.isAlive()) {
                throw new IOException("a worker ended by itself, see " + directory.resolve("worker.err"));
            }
            worker.destroyForcibly().waitFor();
            note(said);
            if (kill % 10 == 0) {
                out.println(kill + " kills, " + acknowledged.size() + " acknowledged, " + calls + " calls");
            }
        }
        Path said = directory.resolve("worker-last.out");
        Process worker = start("drain", "none", said);
        if (!worker.waitFor(10, TimeUnit.MINUTES) || worker.exitValue() != 0) {
            throw new IOException("what was left could not be worked off");
        }
        note(said);
    }

    private Process start(String mode, String prefix, Path said) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWorker.class.getName(),
                directory.toString(),
                database,
                mode,
                prefix));
        return new ProcessBuilder(command)
                .redirectOutput(said.toFile())
                .redirectError(directory.resolve("worker.err").toFile())
                .start();
    }

    private void note(Path said) throws IOException {
        try (Stream<String> lines = Files.lines(said, StandardCharsets.UTF_8)) {
            lines.forEach(this::note);
        }
    }

    /** A line that was cut off would be the id of another result that was acknowledged before, so it does no harm. */
    private void note(String line) {
        if (line.startsWith("ack ") && line.matches("ack k\\d+-\\d+-\\d+")) {
            acknowledged.add(line.substring(4));
        } else if (line.startsWith("call ")) {
            calls.incrementAndGet();
        }
    }

    private boolean report(DataSource dataSource, PrintStream out) throws SQLException, IOException {
        Map<String, Integer> effects = new HashMap<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, COUNT(*) FROM effects GROUP BY id")) {
            while (rows.next()) {
                effects.put(rows.getString(1), rows.getInt(2));
            }
        }
        Collection<String> lost =
                acknowledged.stream().filter(id -> !effects.containsKey(id)).toList();
        long twice = effects.values().stream().filter(times -> times > 1).count();
        long setAside;
        try (Stream<Path> files = Files.list(directory.resolve("letters").resolve("set-aside"))) {
            setAside = files.count();
        }
        out.println("acknowledged " + acknowledged.size() + ", effects " + effects.size() + ", calls " + calls
                + ", lost " + lost.size() + ", twice " + twice + ", torn files " + setAside);
        return lost.isEmpty() && twice == 0 && setAside == 0;
    }
}
