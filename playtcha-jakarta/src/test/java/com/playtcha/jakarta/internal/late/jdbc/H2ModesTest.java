package com.playtcha.jakarta.internal.late.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.Single;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application's own H2 may be made to behave like another database, and to spell names its way. */
class H2ModesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
                "MODE=MySQL",
                "MODE=Oracle",
                "MODE=MSSQLServer",
                "MODE=DB2",
                "MODE=Derby",
                "DATABASE_TO_UPPER=FALSE",
                "DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
            })
    void everyModeWorks(String mode) throws Exception {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:modes" + mode.hashCode() + ";DB_CLOSE_DELAY=-1;" + mode);
        useAll(h2);
    }

    private static void useAll(DataSource h2) throws Exception {
        TestClock clock = new TestClock();
        Instant now = clock.instant();
        try (JsonWriter writer = new JsonWriter();
                JdbcLateStore store = JdbcStores.of(h2, new ResultText(new StrictJson(), writer))) {
            NewItem pass = new NewItem("late-1", LateKind.LATE_VERDICT, "default", "token", true, now, now, now);
            assertThat(Single.trackFailOpen(
                            store, List.of(new Arrival.FailOpen(pass, Ids.digest("p", "token"), now)), now))
                    .containsExactly(AcceptResult.STORED);
            Single.track(store, new NewItem("t1", LateKind.TASK, "tasks", null, false, now, now, now), now);
            LateResult result = LateResult.of("t2", LateKind.TASK, LateOutcome.COMPLETED, now)
                    .code("")
                    .build();
            assertThat(Single.accept(store, result, 10, now)).isEqualTo(AcceptResult.STORED);
            assertThat(Single.accept(store, result, 10, now)).isEqualTo(AcceptResult.DUPLICATE);
            for (WorkQueue queue : List.of(WorkQueue.VERDICT_POLL, WorkQueue.TASK_POLL, WorkQueue.DELIVER)) {
                assertThat(store.claim(Single.claim(queue, null, false, now, "me", Duration.ofMinutes(1), 10, false)))
                        .hasSize(1);
                assertThat(store.claim(Single.claim(queue, null, false, now, "me", Duration.ofMinutes(1), 10, false)))
                        .isEmpty();
            }
            assertThat(Single.accept(
                            store,
                            LateResult.of("t1", LateKind.TASK, LateOutcome.COMPLETED, now)
                                    .code("x")
                                    .build(),
                            10,
                            now))
                    .isEqualTo(AcceptResult.STORED);
            Lease lease = store.claim(
                            Single.claim(WorkQueue.DELIVER, null, false, now, "me", Duration.ofMinutes(1), 10, false))
                    .get(0);
            assertThat(Single.fail(store, lease, "", now, now)).isTrue();
            assertThat(store.counts().retrying()).isEqualTo(1);
            lease = store.claim(Single.claim(WorkQueue.RETRY, null, false, now, "me", Duration.ofMinutes(1), 10, false))
                    .get(0);
            assertThat(Single.deliver(store, lease, now, now, delivery -> {})).isTrue();
            assertThat(store.find("t1").orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
            assertThat(store.counts().awaiting()).isEqualTo(1);
            assertThat(store.purge(now, 10)).isEqualTo(1);
        }
    }
}
