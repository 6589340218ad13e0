package com.playtcha.jakarta.internal.gate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that a test moves. Starts near the overflow, where a wrong comparison shows. */
public final class TestTicker implements LongSupplier {
    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());

    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    @Override
    public long getAsLong() {
        return now.get();
    }
}
