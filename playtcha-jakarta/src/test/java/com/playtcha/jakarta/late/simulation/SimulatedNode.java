package com.playtcha.jakarta.late.simulation;

import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.Poll;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.HangingDisk;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;

/**
 * One start of a node: its engine, which does its work when the schedule says so, and its network and disk, which end with
 * it. The next start has the same clock and spool.
 */
final class SimulatedNode implements Executor {
    static final Duration TASK_EXPIRY = Duration.ofMinutes(4);
    static final Duration VERDICT_EXPIRY = Duration.ofMinutes(5);
    static final Duration LEASE = Duration.ofSeconds(10);

    private final String name;
    private final Schedule schedule;
    private final TestClock clock;
    private final Path directory;
    private final DataSource dataSource;
    private final LateEngine engine;
    private final List<Runnable> postponed = new ArrayList<>();
    private Instant cutOffUntil = Instant.MIN;
    private Instant diskFailsUntil = Instant.MIN;
    private boolean dead;
    private boolean closing;
    private boolean interrupted;

    /** What an application makes of a result, and what the services answer. */
    interface World {
        void handle(SimulatedNode node, LateResult result, Delivery delivery) throws Exception;

        Poll pollTask(SimulatedNode node, String id);

        VerdictClient playtcha(SimulatedNode node);

        LateListener listener(SimulatedNode node);
    }

    SimulatedNode(
            String name,
            Schedule schedule,
            TestClock clock,
            Path directory,
            SimulatedDatabase database,
            ResultText results,
            World world,
            int maxAttempts) {
        this.name = name;
        this.schedule = schedule;
        this.clock = clock;
        this.directory = directory;
        this.dataSource = database.of(this);
        Path disk = HangingDisk.of(directory);
        HangingDisk.stampBy(disk, clock);
        SpoolDirectory spool = new SpoolDirectory(disk, schedule.chance(0.1) ? 3 : 100, 1 << 20, results, clock);
        HangingDisk.failWhile(disk, this::isDiskFailing);
        TestLateConfig config = new TestLateConfig()
                .random(schedule.random)
                .handling(schedule.any(List.of(1, 2, 8)), Duration.ofSeconds(20), LEASE)
                .polling(Duration.ofSeconds(20), Duration.ofSeconds(40), TASK_EXPIRY, 4)
                .verdictPolling(
                        Duration.ofSeconds(5), new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5), 4)
                .deadLetterRetry(new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1), 0.1))
                .maxAttempts(maxAttempts)
                // By the machine's clock, which is no subject here.
                .tracking(SimulatedDatabase.LIMIT, 1024)
                .storeTimeout(SimulatedDatabase.LIMIT)
                .linger(Duration.ZERO)
                .maxWaiting(1000, SimulatedDatabase.LIMIT);
        this.engine = LateEngineBuilder.of(
                        config,
                        JdbcStores.withLeaseClock(dataSource, results, schedule.time),
                        (result, delivery) -> world.handle(this, result, delivery),
                        clock,
                        this)
                .spool(spool)
                .poller(id -> world.pollTask(this, id))
                .listeners(List.of(world.listener(this)))
                .build();
        engine.addVerdictClient("default", world.playtcha(this));
    }

    String name() {
        return name;
    }

    LateEngine engine() {
        return engine;
    }

    TestClock clock() {
        return clock;
    }

    Path directory() {
        return directory;
    }

    DataSource dataSource() {
        return dataSource;
    }

    boolean isAlive() {
        return !dead;
    }

    boolean isCutOff() {
        return dead || (schedule.isFaulty() && schedule.now().isBefore(cutOffUntil));
    }

    void cutOff(Duration time) {
        cutOffUntil = schedule.now().plus(time);
    }

    private boolean isDiskFailing() {
        return dead
                || (schedule.isFaulty() && schedule.now().isBefore(diskFailsUntil))
                || (!closing && schedule.breaks(1));
    }

    void failDisk(Duration time) {
        diskFailsUntil = schedule.now().plus(time);
    }

    /** Nothing that it still does reaches the database or the disk. */
    void die() {
        dead = true;
    }

    /** Runs work at once, or when the schedule says so, as a thread would that is free later. */
    @Override
    public void execute(Runnable work) {
        // An engine that gives up a call interrupts this thread, since the call is on it, and then begins more work.
        interrupted |= Thread.interrupted();
        if (!dead && !closing && schedule.happens(0.02)) {
            schedule.note("thread refused", name);
            throw new RejectedExecutionException("no thread");
        }
        if (!dead && !closing && schedule.happens(0.25)) {
            postponed.add(work);
        } else {
            work.run();
        }
    }

    boolean hasPostponed() {
        return !postponed.isEmpty();
    }

    void runPostponed() {
        if (!postponed.isEmpty()) {
            postponed.remove(schedule.random.nextInt(postponed.size())).run();
        }
    }

    void runAllPostponed() {
        while (!postponed.isEmpty()) {
            runPostponed();
        }
    }

    /** Returns whether a call of the handler was interrupted since the last time. */
    boolean wasInterrupted() {
        boolean was = interrupted || Thread.interrupted();
        interrupted = false;
        return was;
    }

    /** Closes the engine of a node that stops, or frees the threads of one that died. */
    void close() {
        closing = true;
        runAllPostponed();
        engine.close(dead ? Duration.ZERO : SimulatedDatabase.LIMIT);
    }
}
