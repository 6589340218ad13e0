package com.playtcha.jakarta.late.crash;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcLateStore;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbPoolDataSource;
import org.postgresql.ds.PGPoolingDataSource;
import org.slf4j.LoggerFactory;

/**
 * A process that is killed. With {@code load} it takes in whatever {@link Load} brings while its database comes and
 * goes, and works on it; with {@code drain} it works off what is left and ends by itself. Its handler writes through the
 * transaction it is given. Arguments: directory, {@code h2} or a PostgreSQL URL, the node's spool directory, a
 * name that no process had before, {@code load} or {@code drain}; with {@code light} in place of
 * {@code load} it leaves the machine to others, with {@code dark} it has no database, with {@code steady} only that takes it
 * away which is real. Ends when its standard input does.
 */
public final class CrashWorker {
    static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration HANDLER_LIMIT = Duration.ofMillis(1500);

    private static final int HANDLER_TAKES_MS = 20;

    private CrashWorker() {}

    public static void main(String[] arguments) throws Exception {
        endWithInput();
        // What is said goes to the standard output, past this; the log goes elsewhere, and is kept short.
        System.setOut(System.err);
        ((Logger) LoggerFactory.getLogger("com.playtcha")).setLevel(Level.ERROR);
        Path directory = Path.of(arguments[0]);
        boolean embedded = arguments[1].equals("h2");
        String name = arguments[3];
        boolean drain = arguments[4].equals("drain");
        boolean light = arguments[4].equals("light");
        boolean dark = arguments[4].equals("dark");
        boolean steady = arguments[4].equals("steady");
        Said said = new Said();
        EmbeddedH2 h2 = embedded ? EmbeddedH2.in(directory.resolve("h2"), null) : null;
        Outages outages = new Outages(h2 == null ? server(arguments[1]) : JdbcStores.dataSource(h2), said);
        ResultText results = new ResultText(new StrictJson(), new JsonWriter());
        // Also Galera, which is refused otherwise.
        LateStore store = h2 == null
                ? JdbcLateStore.named("late", outages.dataSource(), results, true)
                : JdbcStores.embedded(outages.dataSource(), results, h2);
        SpoolDirectory spool =
                new SpoolDirectory(directory.resolve(arguments[2]), 100_000, 1L << 30, results, Clock.systemUTC());
        ScriptedServices services = new ScriptedServices(directory.resolve("redeemed"), said);
        LateEngine engine = LateEngineBuilder.of(config(), store, handler(said, name), Clock.systemUTC(), null)
                .spool(spool)
                .poller(services::poll)
                .listeners(List.of(listener(said)))
                .build();
        engine.addVerdictClient(Load.SOURCE, services);
        engine.start(Duration.ofMillis(50), () -> {});
        if (dark) {
            outages.stayDown();
        }
        if (!drain) {
            if (!dark) {
                store.counts();
                if (!steady) {
                    outages.start();
                }
            }
            new Load(engine, store, outages, said, name).start(light);
            sayStale(engine, said);
        }
        awaitNothingToDo(store, spool);
        engine.close();
        if (h2 != null) {
            h2.close();
        }
        said.say("done");
        System.exit(0);
    }

    /** So that no worker outlives a harness that was killed itself. */
    private static void endWithInput() {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is said to it.
                        }
                    } catch (IOException e) {
                        // The same.
                    }
                    Runtime.getRuntime().halt(3);
                },
                "end");
        thread.setDaemon(true);
        thread.start();
    }

    private static TestLateConfig config() {
        Backoff soon = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 0.5);
        Backoff sooner = new Backoff(Duration.ofMillis(20), Duration.ofMillis(100), 0.5);
        return new TestLateConfig()
                .verdictPolling(Duration.ofMillis(100), sooner, 8)
                .polling(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofHours(1), 4)
                .handling(4, HANDLER_LIMIT, LEASE)
                .deadLetterRetry(soon)
                .maxUntracked(1_000_000)
                .afterOutage(Duration.ofMillis(100));
    }

    @SuppressWarnings("deprecation")
    private static DataSource server(String url) throws SQLException {
        if (url.startsWith("jdbc:mariadb:")) {
            return new MariaDbPoolDataSource(url + "&maxPoolSize=30");
        }
        // Not for production, says its documentation; but nothing else comes with the driver.
        PGPoolingDataSource dataSource = new PGPoolingDataSource();
        dataSource.setUrl(url);
        dataSource.setMaxConnections(30);
        return dataSource;
    }

    private static LateListener listener(Said said) {
        return (id, kind, from, to, outcome) -> {
            if (kind == LateKind.LATE_VERDICT && outcome != null) {
                if (to == LateState.READY && from == null) {
                    // The verdict was polled for, so its item is in the store: only the spool leaves the state before
                    // out.
                    said.say("kept " + id + " " + outcome);
                } else if (to == LateState.READY) {
                    said.say("stored " + id + " " + outcome);
                }
            }
        };
    }

    private static LateResultHandler handler(Said said, String name) {
        return (result, delivery) -> {
            said.say("call " + result.getId());
            Connection connection = delivery.unwrap(Connection.class).orElseThrow();
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO effects (id, result, node, at) VALUES (?, ?, ?, ?)")) {
                insert.setString(1, result.getId());
                insert.setString(2, what(result));
                insert.setString(3, name);
                insert.setLong(4, System.currentTimeMillis());
                insert.executeUpdate();
            }
            ScriptedServices.takeTime(HANDLER_TAKES_MS);
            int chance = ThreadLocalRandom.current().nextInt(200);
            if (chance == 0) {
                new CountDownLatch(1).await(2 * HANDLER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } else if (chance < 15) {
                throw new SQLException("now and then");
            }
        };
    }

    /** In a word; {@code torn} for what nobody sent. */
    private static String what(LateResult result) {
        if (result.getKind() == LateKind.LATE_VERDICT) {
            return result.getOutcome().name();
        }
        if (result.getOutcome() == LateOutcome.FAILED) {
            return "failed".equals(result.getFailure()) ? "failed" : "torn";
        }
        String code = String.valueOf(result.getCode());
        int colon = code.indexOf(':');
        String variant = colon < 0 ? "" : code.substring(0, colon);
        return Facts.code(variant, result.getId()).equals(code) ? variant : "torn";
    }

    private static void sayStale(LateEngine engine, Said said) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long before = 0;
        while (true) {
            never.await(100, TimeUnit.MILLISECONDS);
            long stale = engine.metrics().get(LateCounter.STALE);
            for (long i = before; i < stale; i++) {
                said.say("stale");
            }
            before = stale;
        }
    }

    private static void awaitNothingToDo(LateStore store, SpoolDirectory spool) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            // The spool first: what is drained meanwhile is in the store by then.
            boolean isDrained = spool.list(1, null, any -> true).isEmpty();
            if (isDrained && hasNothingToDo(store)) {
                return;
            }
            never.await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** The driver's pool hands out connections that were aborted at a time limit, to whoever asks next. */
    private static boolean hasNothingToDo(LateStore store) {
        try {
            Counts counts = store.counts();
            return counts.awaiting() + counts.ready() + counts.retrying() == 0;
        } catch (StoreException e) {
            return false;
        }
    }
}
