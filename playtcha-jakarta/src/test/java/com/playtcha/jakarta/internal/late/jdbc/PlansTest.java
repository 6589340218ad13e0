package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Every statement on the tables uses an index and reads a bounded number of rows, also with a plan that PostgreSQL makes
 * for any values. Runs with 100,000 items, and with 5 million in profile {@code scale}.
 */
class PlansTest {
    private static final int ITEMS = Integer.getInteger("late.scale.items", 100_000);
    /** Reading one page costs 1 to 4. */
    private static final double MOST_COST = 12_000;
    /** Counts for statistics stop at 100,000 entries of an index, each of which may be on a page of its own. */
    private static final double MOST_COST_OF_COUNT = 100_000;

    private static final Pattern COST = Pattern.compile("cost=[0-9.]+\\.\\.([0-9.]+)");
    private static final Pattern BY_KEY = Pattern.compile("item_key (= (\\?|wanted_key)|IN)");
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void fill() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "off")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(postgres.getPostgresDatabase(), writer)) {
            store.beat(Instant.EPOCH);
        }
        ManyItems.fill(postgres.getPostgresDatabase(), ITEMS, Instant.now());
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static LateStore store(DataSource dataSource, JsonWriter writer) {
        return JdbcStores.of(dataSource, new ResultText(new StrictJson(), writer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void everyStatementUsesAnIndex(String planCacheMode) throws Exception {
        PGSimpleDataSource dataSource = (PGSimpleDataSource) postgres.getPostgresDatabase();
        dataSource.setOptions("-c plan_cache_mode=" + planCacheMode);
        // Prepared in the server from the first execution on.
        dataSource.setPrepareThreshold(-1);
        ExplainingDataSource explaining = new ExplainingDataSource(dataSource);

        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(explaining.dataSource(), writer)) {
            useAll(store, planCacheMode);
        }

        Map<String, String> plans = explaining.plans();
        assertThat(plans).hasSizeGreaterThan(30);
        assertThat(plans).allSatisfy((sql, plan) -> {
            assertThat(plan)
                    .as(sql)
                    .doesNotContain(
                            "Seq Scan on playtcha_late_item",
                            "Seq Scan on playtcha_late_ended",
                            "Seq Scan on playtcha_late_grant");
            Matcher cost = COST.matcher(plan);
            assertThat(cost.find()).isTrue();
            assertThat(Double.parseDouble(cost.group(1)))
                    .as(sql + "\n" + plan)
                    .isLessThan(sql.startsWith("SELECT COUNT(*)") ? MOST_COST_OF_COUNT : MOST_COST);
        });
    }

    /** Else a list of a million would take minutes, and from some page on longer than a statement may. */
    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void aPageOfTheListBeginsWhereTheOneBeforeHasEnded(String planCacheMode) throws Exception {
        PGSimpleDataSource dataSource = (PGSimpleDataSource) postgres.getPostgresDatabase();
        dataSource.setOptions("-c plan_cache_mode=" + planCacheMode);
        ExplainingDataSource explaining = new ExplainingDataSource(dataSource);
        LateStore.FailedQuery.Position last = new LateStore.FailedQuery.Position(Instant.now(), Ids.key("i98"));

        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(explaining.dataSource(), writer)) {
            store.failed(new LateStore.FailedQuery(
                    EnumSet.of(LateState.RETRYING, LateState.DEAD_LETTER), null, null, last, 500));
        }

        Map<String, String> lists = new TreeMap<>(explaining.plans());
        lists.keySet().removeIf(sql -> !sql.contains("item_key > ?"));
        assertThat(lists)
                .hasSize(1)
                .allSatisfy((sql, plan) -> assertThat(plan)
                        .as(sql)
                        .containsPattern(
                                "Index Scan using playtcha_late_item_dead on .*\n *Index Cond: \\(dead_since >= "));
    }

    /** Such plans stay until the table is analyzed, which may be after a backlog has come. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void plansOfTheEmptyTableFindItemsByTheirKey(boolean vacuumed) throws Exception {
        String database = vacuumed ? "emptied" : "empty";
        execute(postgres.getPostgresDatabase(), "CREATE DATABASE " + database);
        PGSimpleDataSource dataSource = (PGSimpleDataSource) postgres.getDatabase("postgres", database);
        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(dataSource, writer)) {
            store.beat(Instant.EPOCH);
        }
        if (vacuumed) {
            // As autovacuum leaves a queue: now PostgreSQL knows that there is no page to read.
            execute(dataSource, "VACUUM ANALYZE");
        }
        dataSource.setOptions("-c plan_cache_mode=force_generic_plan");
        dataSource.setPrepareThreshold(-1);
        ExplainingDataSource explaining = new ExplainingDataSource(dataSource);
        Instant now = Instant.now();

        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(explaining.dataSource(), writer)) {
            for (String id : List.of("a", "b", "c")) {
                store.take(new Arrival.Result(result(id, now)), 100, now);
            }
            store.take(
                    new Arrival.Track(
                            new NewItem("d", LateKind.TASK, "tasks", null, false, now, now, now.plusSeconds(300))),
                    100,
                    now);
            store.take(
                    new Arrival.PollNow(
                            new NewItem("d", LateKind.TASK, "tasks", null, false, now, now, now.plusSeconds(300))),
                    100,
                    now);
            store.take(new Arrival.Result(result("d", now)), 100, now);
            List<Lease> claimed = store.claim(claim(WorkQueue.DELIVER, null, false, false, now));
            store.renew(claimed, Duration.ofMinutes(3));
            store.settle(
                    List.of(
                            new Settlement.Delivered(claimed.get(0), now),
                            new Settlement.Failed(claimed.get(1), WorkQueue.RETRY, 1, "an error", now),
                            new Settlement.Released(claimed.get(2), false)),
                    now);
            store.take(new Arrival.Discard("c", LateKind.TASK, now), 10, now);
        }

        Map<String, String> plans = new TreeMap<>(explaining.plans());
        plans.keySet().removeIf(sql -> !BY_KEY.matcher(sql).find());
        assertThat(plans)
                .hasSizeGreaterThan(8)
                .allSatisfy((sql, plan) -> assertThat(plan)
                        .as(sql)
                        .containsPattern("playtcha_late_(item|ended)_pkey")
                        .doesNotContain("playtcha_late_item_due", "Seq Scan"));
    }

    /** Without statistics, PostgreSQL expects few rows of a queue, and has been seen to read all of them for each claim. */
    @Test
    void aBacklogOfATableThatWasNeverAnalyzedIsClaimedInTheOrderOfItsIndex() throws Exception {
        execute(postgres.getPostgresDatabase(), "CREATE DATABASE fresh");
        PGSimpleDataSource dataSource = (PGSimpleDataSource) postgres.getDatabase("postgres", "fresh");
        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(dataSource, writer)) {
            store.beat(Instant.now());
        }
        dataSource.setPrepareThreshold(-1);
        ExplainingDataSource explaining = new ExplainingDataSource(dataSource);
        Instant now = Instant.now();
        try (JsonWriter writer = new JsonWriter();
                LateStore store = store(explaining.dataSource(), writer)) {
            execute(dataSource, "ALTER TABLE playtcha_late_item SET (autovacuum_enabled = off)");
            ManyItems.insert(dataSource, 20_000, now);

            for (boolean newestFirst : new boolean[] {false, true}) {
                assertThat(store.claim(Single.claim(
                                WorkQueue.DELIVER, null, false, now, "me", Duration.ofMinutes(3), 8, newestFirst)))
                        .hasSize(8);
            }
        }

        Map<String, String> claims = new TreeMap<>(explaining.plans());
        claims.keySet().removeIf(sql -> !sql.contains("FOR UPDATE SKIP LOCKED"));
        assertThat(claims)
                .hasSize(2)
                .allSatisfy((sql, plan) -> assertThat(plan)
                        .as(sql)
                        .containsPattern("Index Scan (Backward )?using playtcha_late_item_due")
                        .doesNotContain("Bitmap", "Seq Scan"));
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void useAll(LateStore store, String run) throws Exception {
        Instant now = Instant.now();
        String ready = "i60";
        String awaiting = "i90";
        NewItem verdict = new NewItem(
                "late-" + run, LateKind.LATE_VERDICT, "guard1", "token", true, now, now, now.plusSeconds(300));
        NewItem task = new NewItem(run, LateKind.TASK, "tasks", null, false, now, now, now.plusSeconds(300));
        store.takeAll(
                List.of(
                        new Arrival.FailOpen(verdict, Ids.digest(run), now.plusSeconds(300)),
                        new Arrival.Track(task),
                        new Arrival.PollNow(new NewItem(
                                "i91", LateKind.TASK, "tasks", null, false, now, now, now.plusSeconds(300))),
                        new Arrival.Result(result(run + "-new", now)),
                        new Arrival.Result(result(ready, now)),
                        new Arrival.Result(result(awaiting, now))),
                100_000,
                now);
        store.take(new Arrival.Track(task), 100_000, now);
        store.take(
                new Arrival.FailOpen(
                        new NewItem(verdict.id() + "b", verdict.kind(), "guard1", "t", true, now, now, now),
                        Ids.digest(run),
                        now.plusSeconds(601)),
                100_000,
                now.plusSeconds(301));

        List<Lease> verdicts = store.claim(claim(WorkQueue.VERDICT_POLL, "guard1", false, false, now));
        Single.reschedule(store, verdicts.get(0), now, 1, true, "an error", now);
        Single.resolve(store, verdicts.get(1), result(verdicts.get(1).id(), now), now);
        List<Lease> expired = store.claim(claim(WorkQueue.TASK_POLL, null, true, false, now.plusSeconds(4000)));
        store.claim(claim(WorkQueue.VERDICT_POLL, null, true, false, now.plusSeconds(4000)));
        store.claim(claim(WorkQueue.TASK_POLL, null, false, false, now));
        List<Lease> handed = new ArrayList<>(store.claim(claim(WorkQueue.DELIVER, null, false, false, now)));
        handed.addAll(store.claim(claim(WorkQueue.DELIVER, null, false, true, now)));
        Lease retried =
                store.claim(claim(WorkQueue.RETRY, null, false, false, now)).get(0);
        store.claim(claim(WorkQueue.HUNG, null, false, false, now));
        store.isLeaseValid(retried);
        store.isDelivered(new Settlement.Delivered(retried, now));
        assertThat(store.renew(handed, Duration.ofMinutes(3))).containsOnly(LateStore.Renewal.RENEWED);
        store.settle(
                List.of(
                        new Settlement.Delivered(handed.get(0), now),
                        new Settlement.Failed(handed.get(1), WorkQueue.RETRY, 1, "an error", now),
                        new Settlement.Released(handed.get(2), false),
                        new Settlement.Resolved(
                                expired.get(0), result(expired.get(0).id(), now))),
                now);
        try (LateStore.HandlerTransaction transaction = store.transaction(handed.get(3), Duration.ofMinutes(1))) {
            transaction.unwrap(Connection.class).orElseThrow();
            transaction.complete(now, now);
        }

        assertThat(store.failed(new LateStore.FailedQuery(
                        EnumSet.of(LateState.RETRYING, LateState.DEAD_LETTER), null, null, null, 1000)))
                .isNotEmpty();
        store.find("i98");
        store.result("i98");
        store.retry(List.of("i98", "i99"), now);
        store.discard(List.of("i198"), now, now);
        store.take(new Arrival.Discard(run + "-discarded", LateKind.TASK, now), 100_000, now);
        store.take(new Arrival.Discard("i97", LateKind.TASK, now), 100_000, now);
        store.counts();
        store.purge(now.plusSeconds(700_000), 1000);
    }

    private static Claim claim(WorkQueue queue, String source, boolean expiredOnly, boolean newestFirst, Instant now) {
        return Single.claim(queue, source, expiredOnly, now, "me", Duration.ofMinutes(3), 200, newestFirst);
    }

    private static LateResult result(String id, Instant now) {
        return LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, now)
                .code("x")
                .build();
    }
}
