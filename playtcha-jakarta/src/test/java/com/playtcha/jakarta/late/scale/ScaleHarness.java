package com.playtcha.jakarta.late.scale;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.jdbc.ManyItems;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateState;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGPoolingDataSource;

/**
 * Prints how long fresh callbacks take to their handler while a large table is worked off and thousands of tasks expire at
 * one instant, and what statistics, a listing and retention take. Arguments: items, tasks that expire.
 */
public final class ScaleHarness {
    private static final int CALLBACKS_PER_SECOND = 20;
    private static final int SECONDS = 60;

    private ScaleHarness() {}

    public static void main(String[] arguments) throws Exception {
        int items = Integer.parseInt(arguments[0]);
        int expiring = Integer.parseInt(arguments[1]);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setPGStartupWait(Duration.ofMinutes(2))
                        .start();
                JsonWriter writer = new JsonWriter();
                LateStore store = JdbcStores.of(pool(postgres), new ResultText(new StrictJson(), writer))) {
            store.counts();
            ManyItems.fill(postgres.getPostgresDatabase(), items, Instant.now());
            System.out.printf("%,d items, of which 30 %% wait for the handler%n", items);
            for (int i = 0; i < 3; i++) {
                time("counts", () -> store.counts());
                time(
                        "list of 1,000 dead letters",
                        () -> store.failed(new LateStore.FailedQuery(
                                EnumSet.of(LateState.RETRYING, LateState.DEAD_LETTER), null, null, null, 1000)));
                time(
                        "retention, a batch of 1,000",
                        () -> store.purge(Instant.now().plus(Duration.ofDays(8)), 1000));
            }
            run(store, expiring);
        }
    }

    private static DataSource pool(EmbeddedPostgres postgres) {
        PGPoolingDataSource pool = new PGPoolingDataSource();
        pool.setUrl(postgres.getJdbcUrl("postgres", "postgres"));
        pool.setMaxConnections(16);
        return pool;
    }

    private static void time(String what, Runnable work) {
        long begun = System.nanoTime();
        work.run();
        System.out.printf("%s: %d ms%n", what, (System.nanoTime() - begun) / 1_000_000);
    }

    private static void run(LateStore store, int expiring) throws Exception {
        Map<String, Long> accepted = new ConcurrentHashMap<>();
        Map<String, Long> took = new ConcurrentHashMap<>();
        TestLateConfig config = new TestLateConfig()
                .polling(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(SECONDS / 2), 8)
                .maxUntracked(10_000_000);
        try (LateEngine engine = LateEngineBuilder.of(
                        config,
                        store,
                        (result, delivery) -> {
                            Long at = accepted.get(result.getId());
                            if (at != null) {
                                took.put(result.getId(), System.nanoTime() - at);
                            }
                        },
                        Clock.systemUTC(),
                        null)
                .build()) {
            for (int i = 0; i < expiring; i++) {
                engine.inbox().track("expires-" + i);
            }
            engine.start(Duration.ofMillis(100), () -> {});
            for (int i = 0; i < SECONDS * CALLBACKS_PER_SECOND; i++) {
                accepted.put("fresh-" + i, System.nanoTime());
                engine.inbox().accept("fresh-" + i, "x");
                LockSupport.parkNanos(1_000_000_000L / CALLBACKS_PER_SECOND);
            }
            Thread.sleep(5000);
            long[] millis = took.values().stream()
                    .mapToLong(nanos -> nanos / 1_000_000)
                    .sorted()
                    .toArray();
            System.out.printf(
                    "%d of %d fresh callbacks handed over; from the callback to its handler: p50 %d ms, p99 %d ms, max %d ms%n",
                    millis.length,
                    accepted.size(),
                    millis[millis.length / 2],
                    millis[millis.length * 99 / 100],
                    Arrays.stream(millis).max().orElse(0));
            System.out.println(engine.metrics().getCounters());
        }
    }
}
