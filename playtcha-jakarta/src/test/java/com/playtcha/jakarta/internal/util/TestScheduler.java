package com.playtcha.jakarta.internal.util;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/** Delayed log lines, which run when a test says that their time has come. */
public final class TestScheduler implements LogThrottle.Scheduler {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @Override
    public synchronized boolean trySchedule(Duration delay, Runnable task) {
        return tasks.add(task);
    }

    /** Runs what was scheduled so far. */
    public void runAll() {
        for (int count = size(); count > 0; count--) {
            next().run();
        }
    }

    public synchronized int size() {
        return tasks.size();
    }

    private synchronized Runnable next() {
        return tasks.remove();
    }
}
