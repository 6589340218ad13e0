package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log and the figures say of work that grows or does not move (contract, section 7). */
class HousekeepingTest extends EngineFixture {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final CapturedLog log = new CapturedLog(Housekeeping.class.getName(), Level.INFO);
    private final AtomicBoolean noThreads = new AtomicBoolean();

    @AfterEach
    void closeLog() {
        log.close();
    }

    private void startWithThreadsThatMayBeMissing() {
        engine = build(config(), Runnable::run)
                .spool(spool)
                .poller(poller())
                .handlers(work -> {
                    if (noThreads.get()) {
                        throw new RejectedExecutionException();
                    }
                    work.run();
                })
                .build();
        prepare(engine);
    }

    private List<String> linesOf(int minutes) {
        List<String> lines = new ArrayList<>();
        for (int minute = 0; minute < minutes; minute++) {
            pollAfter(MINUTE);
            lines.addAll(log.lines());
        }
        return lines;
    }

    @Test
    void whatFailsForAnHourIsLoggedThenEveryTenMinutesAndWhenItIsGone() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        assertThat(linesOf(60))
                .as("a failure that is retried is none to look at")
                .isEmpty();
        String line =
                "WARN The handler keeps failing for some items, or postponing them: retrying=1, the first of them for %d s; see the last"
                        + " error of each";
        assertThat(linesOf(1)).containsExactly(line.formatted(3660));
        assertThat(linesOf(9)).isEmpty();
        assertThat(linesOf(1)).containsExactly(line.formatted(4260));

        handler = (result, delivery) -> {};
        assertThat(linesOf(60))
                .endsWith("INFO This is over: The handler keeps failing for some items, or postponing them");
        assertThat(linesOf(30)).isEmpty();
    }

    @Test
    void aQueueThatGrowsAndThenShrinksIsSaidTwice() {
        startWithThreadsThatMayBeMissing();
        pollAfter(MINUTE);
        noThreads.set(true);
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            assertThat(lines).isEmpty();
            engine.inbox().accept("t" + i, "x");
            lines.addAll(linesOf(1));
        }
        assertThat(lines)
                .containsExactly("WARN The queue of results grows: 5 wait for the handler, 0 when the growth began;"
                        + " handlers past their time limit: 0. Raise late-concurrency or make the handler faster");

        noThreads.set(false);
        assertThat(linesOf(1)).contains("INFO This is over: The queue of results grows");
        assertThat(linesOf(20)).isEmpty();
    }

    @Test
    void aQueueThatStandsIsNoneThatGrows() {
        startWithThreadsThatMayBeMissing();
        noThreads.set(true);
        engine.inbox().accept("t1", "x");
        engine.inbox().accept("t2", "x");

        assertThat(linesOf(5)).noneMatch(line -> line.contains("grows"));
    }

    @Test
    void resultsThatAreDueAndNotHandedOverAreSaidUntilTheyAre() {
        startWithThreadsThatMayBeMissing();
        noThreads.set(true);
        engine.inbox().accept("t1", "x");

        assertThat(linesOf(5)).isEmpty();
        assertThat(linesOf(1))
                .containsExactly("WARN Results are due and not handed over: for 360 s, ready=1, retrying=0,"
                        + " handlers past their time limit=0");
        assertThat(engine.metrics().getOverdue()).isEqualTo(Duration.ofMinutes(6));
        assertThat(linesOf(9)).isEmpty();
        assertThat(linesOf(1)).hasSize(1);

        noThreads.set(false);
        assertThat(linesOf(1)).containsExactly("INFO This is over: Results are due and not handed over");
        assertThat(engine.metrics().getOverdue()).isZero();
    }

    @Test
    void aRetryThatHasStoppedIsSaid() {
        startWithThreadsThatMayBeMissing();
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();
        noThreads.set(true);

        assertThat(linesOf(12))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("WARN Results are due and not handed over")
                        .contains("ready=0, retrying=1"));
    }

    @Test
    void aDirectoryThatFillsIsSaidWhileTheStoreIsDown() {
        spool = spool(10);
        start();
        engine.pollOnce();
        database.setDown(true);
        for (int i = 1; i <= 7; i++) {
            engine.inbox().accept("t" + i, "x");
        }
        assertThat(linesOf(1)).isEmpty();

        engine.inbox().accept("t8", "x");
        List<String> lines = linesOf(1);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .startsWith("WARN The spool is nearly full: 80 %; results are refused once it is full: files=8,");
        assertThat(linesOf(3)).isEmpty();
        assertThat(linesOf(1))
                .singleElement()
                .asString()
                .startsWith("WARN The store does not take the spooled results: files=8, the oldest is");

        database.setDown(false);
        assertThat(linesOf(3))
                .contains(
                        "INFO This is over: The spool is nearly full",
                        "INFO This is over: The store does not take the spooled results");
    }

    @Test
    void theFiguresGrowOldWhileTheStoreIsDown() {
        start();
        LateMetrics figures = engine.metrics();
        engine.pollOnce();
        assertThat(figures.getTimeSinceCount()).isZero();

        database.setDown(true);
        linesOf(5);

        assertThat(figures.getTimeSinceCount()).isEqualTo(Duration.ofMinutes(5));
        assertThat(figures.getCounters().get("store-failed")).isPositive();
    }

    @Test
    void figuresShowWhatIsAtWork() {
        startWithThreadsThatMayBeMissing();
        LateMetrics figures = engine.metrics();
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("dead", "x");
        engine.pollOnce();
        noThreads.set(true);
        engine.inbox().accept("ready", "x");
        engine.inbox().track("awaited");
        pollAfter(MINUTE);

        assertThat(figures.getReady()).isEqualTo(1);
        assertThat(figures.getAwaiting()).isEqualTo(1);
        assertThat(figures.getPending()).isEqualTo(2);
        assertThat(figures.getRetrying()).isEqualTo(1);
        assertThat(figures.getOldestRetryingAge()).isEqualTo(MINUTE);
        assertThat(figures.getSpoolFiles()).isZero();
        assertThat(figures.getSpoolBytes()).isZero();
        assertThat(figures.getCounters()).containsEntry("accepted", 2L).containsEntry("handler-failed", 1L);
    }

    @Test
    void whatFailsIsInTheFiguresSoon() {
        start();
        LateMetrics figures = engine.metrics();
        run(Duration.ofSeconds(10));
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("dead", "x");
        run(Duration.ofSeconds(6));

        assertThat(figures.getRetrying()).isEqualTo(1);
    }

    /** Dashboards know them by these names. */
    @Test
    void theNamesOfTheCountersAreStable() {
        start();

        assertThat(engine.metrics().getCounters().keySet())
                .containsExactly(
                        "tracked",
                        "untracked",
                        "repeated",
                        "accepted",
                        "duplicate",
                        "different",
                        "refused",
                        "spooled",
                        "drained",
                        "asked",
                        "polled",
                        "delivered",
                        "expired",
                        "handler-failed",
                        "stale",
                        "unkept",
                        "store-failed");
    }
}
