package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.json.JsonWriter;
import com.playtcha.jakarta.json.StrictJson;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.engine.Backoff;
import com.playtcha.jakarta.late.engine.LateConfig;
import com.playtcha.jakarta.late.engine.LateEngine;
import com.playtcha.jakarta.late.engine.LateRunner;
import com.playtcha.jakarta.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.late.jdbc.JdbcLateStore;
import com.playtcha.jakarta.late.letters.DeadLetterDirectory;
import com.playtcha.jakarta.late.store.Counts;
import com.playtcha.jakarta.late.store.ResultText;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A process that is killed: takes results in as fast as it can, and says {@code ack <id>} for each that was
 * acknowledged, {@code call <id>} for each call of its handler, which writes the id through the transaction it is
 * given. Arguments: directory, {@code h2} or a PostgreSQL URL, {@code load} or {@code drain}, a prefix for ids. With
 * {@code drain} it ends by itself when nothing is left to do.
 */
public final class CrashWorker {
    private static final int THREADS = 4;
    private static final String TABLE = "CREATE TABLE IF NOT EXISTS effects (id VARCHAR(200) NOT NULL)";

    private CrashWorker() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        boolean embedded = arguments[1].equals("h2");
        boolean load = arguments[2].equals("load");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        EmbeddedH2 h2 = embedded ? EmbeddedH2.in(directory.resolve("h2")) : null;
        DataSource dataSource = h2 == null ? postgres(arguments[1]) : h2.dataSource();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
        ResultText results = new ResultText(new StrictJson(), new JsonWriter());
        JdbcLateStore store = JdbcLateStore.of(dataSource, results, Duration.ofSeconds(10));
        DeadLetterDirectory letters =
                DeadLetterDirectory.open(directory.resolve("letters"), 100_000, 1L << 30, results, Clock.systemUTC());
        LateConfig config = LateConfig.builder()
                .handling(4, Duration.ofMillis(1500), Duration.ofSeconds(2))
                .deadLetterRetry(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 0.5))
                .build();
        LateRunner runner = LateRunner.ofOwnThreads();
        LateEngine engine = LateEngine.builder(config, store, handler(out), Clock.systemUTC(), runner.executor())
                .letters(letters)
                .build();
        runner.start(engine, Duration.ofMillis(50));
        if (load) {
            for (int i = 0; i < THREADS; i++) {
                new Thread(new Load(engine, out, arguments[3] + "-" + i)).start();
            }
            new CountDownLatch(1).await();
        }
        awaitNothingToDo(store, letters);
        runner.close();
        if (h2 != null) {
            h2.close();
        }
    }

    private static DataSource postgres(String url) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        return dataSource;
    }

    private static LateResultHandler handler(PrintStream out) {
        return (result, delivery) -> {
            out.println("call " + result.getId());
            Connection connection = delivery.unwrap(Connection.class).orElseThrow();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO effects (id) VALUES (?)")) {
                insert.setString(1, result.getId());
                insert.executeUpdate();
            }
            if (ThreadLocalRandom.current().nextInt(10) == 0) {
                throw new SQLException("now and then");
            }
        };
    }

    private static void awaitNothingToDo(JdbcLateStore store, DeadLetterDirectory letters) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            Counts counts = store.counts();
            if (counts.ready() + counts.dead() == 0 && letters.list(1).isEmpty()) {
                return;
            }
            never.await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** One sender. */
    private record Load(LateEngine engine, PrintStream out, String prefix) implements Runnable {
        @Override
        public void run() {
            AtomicLong number = new AtomicLong();
            while (true) {
                String id = prefix + "-" + number.incrementAndGet();
                if (engine.inbox().accept(id, "code of " + id).isAcknowledged()) {
                    out.println("ack " + id);
                }
            }
        }
    }
}
