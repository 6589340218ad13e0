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
        start(work -> {
            if (noThreads.get()) {
                throw new RejectedExecutionException();
            }
            work.run();
        });
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
    void deadLettersAreSaidAtOnceThenEveryTenMinutesAndWhenTheyAreGone() {
        start();
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("t1", "x");
        engine.pollOnce();

        assertThat(log.lines())
                .containsExactly(
                        "WARN There are dead letters: 1, the oldest is 0 s old; 1 in the store, 0 in the directory");
        assertThat(linesOf(9)).isEmpty();
        assertThat(linesOf(1))
                .containsExactly(
                        "WARN There are dead letters: 1, the oldest is 600 s old; 1 in the store, 0 in the directory");

        engine.inbox().accept("t2", "x");
        pollAfter(Duration.ofSeconds(1));
        assertThat(linesOf(1)).singleElement().asString().startsWith("WARN There are dead letters: 2, the oldest is 6");

        handler = (result, delivery) -> {};
        assertThat(linesOf(60)).endsWith("INFO There are no dead letters any more");
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
                .containsExactly("WARN The queue of results grows, since they come faster than the handler takes them,"
                        + " or it does not take them: 5 wait to be handed over, 0 when it began; handlers that are"
                        + " overdue: 0");

        noThreads.set(false);
        assertThat(linesOf(1)).contains("INFO The queue of results has shrunk to what it was: 0");
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
                .containsExactly("WARN Results that are due are not handed over, for 360 s: ready=1, dead letters=0,"
                        + " handlers that are overdue=0");
        assertThat(engine.stats().figures(clock).getOverdue()).isEqualTo(Duration.ofMinutes(6));
        assertThat(linesOf(9)).isEmpty();
        assertThat(linesOf(1)).hasSize(1);

        noThreads.set(false);
        assertThat(linesOf(1)).containsExactly("INFO Results that are due are handed over again");
        assertThat(engine.stats().figures(clock).getOverdue()).isZero();
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
                        .startsWith("WARN Results that are due are not handed over")
                        .contains("ready=0, dead letters=1"));
    }

    @Test
    void aDirectoryThatFillsIsSaidWhileTheStoreIsDown() {
        letters = letters(10);
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
                .startsWith(
                        "WARN The dead-letter directory is 80 % full, and refuses results when it is full: files=8,");
        assertThat(linesOf(3)).isEmpty();
        assertThat(linesOf(1))
                .singleElement()
                .asString()
                .startsWith(
                        "WARN The store does not take what is in the dead-letter directory: files=8, the oldest is");

        database.setDown(false);
        assertThat(linesOf(3))
                .contains(
                        "INFO The dead-letter directory has room again: 0 % full",
                        "INFO The store has taken what waited long in the dead-letter directory");
    }

    @Test
    void theFiguresGrowOldWhileTheStoreIsDown() {
        start();
        LateMetrics figures = engine.stats().figures(clock);
        engine.pollOnce();
        assertThat(figures.getAge()).isZero();

        database.setDown(true);
        linesOf(5);

        assertThat(figures.getAge()).isEqualTo(Duration.ofMinutes(5));
        assertThat(figures.getCounters().get("store-failed")).isPositive();
    }

    @Test
    void figuresShowWhatIsAtWork() {
        startWithThreadsThatMayBeMissing();
        LateMetrics figures = engine.stats().figures(clock);
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
        assertThat(figures.getDeadLetters()).isEqualTo(1);
        assertThat(figures.getOldestDeadLetterAge()).isEqualTo(MINUTE);
        assertThat(figures.getSpoolFiles()).isZero();
        assertThat(figures.getSpoolBytes()).isZero();
        assertThat(figures.getCounters()).containsEntry("accepted", 2L).containsEntry("handler-failed", 1L);
    }

    @Test
    void whatBecomesADeadLetterIsInTheFiguresSoonAndInTheLog() {
        start();
        LateMetrics figures = engine.stats().figures(clock);
        run(Duration.ofSeconds(10));
        handler = (result, delivery) -> {
            throw new IllegalStateException();
        };
        engine.inbox().accept("dead", "x");
        run(Duration.ofSeconds(6));

        assertThat(figures.getDeadLetters()).isEqualTo(1);
        assertThat(log.everything()).contains("There are dead letters: 1");
    }

    /** Dashboards know them by these names. */
    @Test
    void theNamesOfTheCountersAreStable() {
        start();

        assertThat(engine.stats().figures(clock).getCounters().keySet())
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
