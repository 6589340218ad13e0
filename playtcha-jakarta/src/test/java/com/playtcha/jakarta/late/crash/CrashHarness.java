package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.jdbc.MySqlServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Kills workers with SIGKILL at random moments under load, and looks whether what was acknowledged was lost, torn, or
 * had effect twice. Started by {@code mvn -pl playtcha-jakarta -Pcrash}. Arguments: what to run, of {@code h2},
 * {@code postgresql}, {@code two-nodes} and {@code mariadb}, separated by commas; how often to kill; how often with the
 * last two. Ends with status 1 where something is wrong.
 */
public final class CrashHarness {
    static final Duration DRAINED_WITHIN = Duration.ofMinutes(15);
    private static final int KILLED_AFTER_AT_MOST_MS = 2000;
    private static final int KILLED_AT_START_WITHIN_MS = 1000;
    private static final int KILLED_IN_OUTAGE_WITHIN_MS = 100;
    private static final String SPOOL = "spool";

    private final Path directory;
    private final PrintStream out;

    private CrashHarness(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Files.createTempDirectory("playtcha-crash");
        // Maven that is ended does not end what it started.
        ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(1)));
        // Also for Ctrl-C, and for whatever goes wrong here.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            WorkerProcess.endAll();
            delete(root);
        }));
        int kills = Integer.parseInt(arguments[1]);
        int killsOfTwo = Integer.parseInt(arguments[2]);
        boolean right = true;
        for (String mode : arguments[0].split(",", -1)) {
            CrashHarness harness = new CrashHarness(Files.createDirectory(root.resolve(mode)), System.out);
            Files.createDirectory(harness.directory.resolve("redeemed"));
            right &= switch (mode) {
                case "h2" -> harness.h2(kills);
                case "postgresql" -> harness.postgres(kills);
                case "two-nodes" -> harness.twoNodes(killsOfTwo);
                case "mariadb" -> harness.mariaDb(killsOfTwo);
                default -> throw new IllegalArgumentException("h2, postgresql, two-nodes or mariadb, not " + mode);
            };
        }
        System.exit(right ? 0 : 1);
    }

    private boolean h2(int kills) throws Exception {
        Ledger ledger = new Ledger(false);
        long begun = System.nanoTime();
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory.resolve("h2"), null)) {
            makeTable(JdbcStores.dataSource(h2));
        }
        killAgainAndAgain("h2", kills, ledger);
        try (EmbeddedH2 h2 = EmbeddedH2.in(directory.resolve("h2"), null)) {
            ledger.check(h2::getConnection, directory.resolve(SPOOL));
        }
        return report("H2, " + kills + " kills", ledger, List.of(), begun);
    }

    private boolean postgres(int kills) throws Exception {
        Ledger ledger = new Ledger(false);
        long begun = System.nanoTime();
        try (EmbeddedPostgres postgres = startPostgres()) {
            makeTable(postgres.getPostgresDatabase());
            killAgainAndAgain(postgres.getJdbcUrl("postgres", "postgres"), kills, ledger);
            ledger.check(postgres.getPostgresDatabase()::getConnection, directory.resolve(SPOOL));
        }
        return report("PostgreSQL, " + kills + " kills", ledger, List.of(), begun);
    }

    private boolean mariaDb(int kills) throws Exception {
        Ledger ledger = new Ledger(false);
        long begun = System.nanoTime();
        Path home = Files.createDirectory(directory.resolve("server"));
        try (MySqlServer server =
                MySqlServer.mariaDb(home).orElseThrow(() -> new IOException("there is no MariaDB for this machine"))) {
            DataSource dataSource = server.dataSource();
            makeTable(dataSource);
            killAgainAndAgain(server.address(), kills, ledger);
            ledger.check(dataSource::getConnection, directory.resolve(SPOOL));
        }
        return report("MariaDB, " + kills + " kills", ledger, List.of(), begun);
    }

    private boolean twoNodes(int kills) throws Exception {
        Ledger ledger = new Ledger(true);
        long begun = System.nanoTime();
        int stops = 0;
        TwoNodes nodes;
        try (EmbeddedPostgres postgres = startPostgres()) {
            DataSource dataSource = postgres.getPostgresDatabase();
            makeTable(dataSource);
            nodes = new TwoNodes(directory, postgres.getJdbcUrl("postgres", "postgres"), dataSource, ledger, "load");
            nodes.start();
            for (int kill = 1; kill <= kills; kill++) {
                nodes.killOne();
                if (kill % 3 == 0) {
                    nodes.stopOne();
                    stops++;
                }
                progress(kill, kills, ledger);
            }
            nodes.end();
            ledger.check(
                    dataSource::getConnection,
                    directory.resolve(TwoNodes.SPOOLS[0]),
                    directory.resolve(TwoNodes.SPOOLS[1]));
        }
        String title = "Two nodes on one PostgreSQL, " + kills + " kills, " + stops + " stops";
        return report(title, ledger, List.of(nodes.report()), begun);
    }

    static EmbeddedPostgres startPostgres() throws IOException {
        return EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
    }

    static void makeTable(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(Ledger.TABLE);
        }
    }

    private void killAgainAndAgain(String database, int kills, Ledger ledger) throws Exception {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int kill = 1; kill <= kills; kill++) {
            int chance = random.nextInt(100);
            String mode = chance < 15 ? "dark" : "load";
            WorkerProcess worker = WorkerProcess.start(directory, database, SPOOL, "k" + kill, mode);
            if (chance < 15) {
                worker.awaitBegun();
                worker.pause(random.nextInt(KILLED_IN_OUTAGE_WITHIN_MS));
            } else if (chance < 25) {
                worker.pause(random.nextInt(KILLED_AT_START_WITHIN_MS));
            } else {
                worker.awaitBegun();
                if (chance < 55) {
                    worker.awaitOutage();
                    worker.pause(random.nextInt(KILLED_IN_OUTAGE_WITHIN_MS));
                } else {
                    worker.pause(random.nextInt(KILLED_AFTER_AT_MOST_MS));
                }
            }
            worker.kill();
            ledger.note(worker);
            progress(kill, kills, ledger);
        }
        WorkerProcess last = WorkerProcess.start(directory, database, SPOOL, "last", "drain");
        last.awaitDone(DRAINED_WITHIN);
        ledger.note(last);
    }

    private void progress(int kill, int kills, Ledger ledger) {
        if (kill % 20 == 0 || kill == kills) {
            out.println(kill + " kills, " + ledger.acknowledged() + " acknowledged items");
        }
    }

    private boolean report(String title, Ledger ledger, List<String> more, long begun) {
        long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
        out.println(title + ", JDK " + Runtime.version().feature() + ", " + seconds + " s:");
        ledger.report().forEach(line -> out.println("  " + line));
        more.forEach(line -> out.println("  " + line));
        out.println(ledger.isRight() ? "  RIGHT: nothing lost, torn, wrong or twice" : "  WRONG");
        return ledger.isRight();
    }

    private static void delete(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("Could not be removed: " + root + ": " + e);
        }
    }
}
