package com.playtcha.example.inbox.launcher;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Takes the database away now and then. Thread-safe. */
final class Outages implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(45);
    private static final Duration LENGTH = Duration.ofSeconds(8);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "database-outages");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean on;

    Outages(Database database, boolean on) {
        this.on = on;
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    if (this.on) {
                        database.takeAway(LENGTH);
                    }
                },
                EVERY.toSeconds(),
                EVERY.toSeconds(),
                TimeUnit.SECONDS);
    }

    boolean isOn() {
        return on;
    }

    void set(boolean value) {
        on = value;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
