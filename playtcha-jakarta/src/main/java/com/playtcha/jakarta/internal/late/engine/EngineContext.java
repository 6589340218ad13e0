package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the parts of one engine share. */
final class EngineContext {
    final LateConfig config;
    final LateStore store;
    final @Nullable SpoolDirectory letters;
    final Clock clock;
    final Executor executor;
    final RandomGenerator random;
    final String node;
    final Teller teller = new Teller();
    final EngineMetrics stats;
    private volatile Runnable wake = () -> {};
    private volatile boolean closed;

    EngineContext(
            LateConfig config,
            LateStore store,
            @Nullable SpoolDirectory letters,
            Clock clock,
            Executor executor,
            RandomGenerator random,
            String node) {
        this.config = config;
        this.store = store;
        this.letters = letters;
        this.stats = new EngineMetrics(letters);
        this.clock = clock;
        this.executor = executor;
        this.random = random;
        this.node = node;
    }

    Instant now() {
        return clock.instant();
    }

    void wakeBy(Runnable value) {
        this.wake = value;
    }

    void wake() {
        if (!closed) {
            wake.run();
        }
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
