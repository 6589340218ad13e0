package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;

/** Polls of a service that answers, fails and throttles. */
public class RateLimiterInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final RateLimiter limiter =
            new RateLimiter(4, new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(8), 0), () -> 0, ticker);

    @Operation
    public int allowance() {
        return limiter.allowance();
    }

    @Operation
    public void begin() {
        limiter.began();
    }

    @Operation
    public void end() {
        limiter.ended();
    }

    @Operation
    public boolean answered() {
        return limiter.answered();
    }

    @Operation
    public boolean unavailable() {
        return limiter.unavailable();
    }

    @Operation
    public void failedAlone() {
        limiter.failedAlone();
    }

    @Operation
    public void throttled() {
        limiter.throttled(Duration.ofSeconds(3));
    }

    @Operation
    public void passTwoSeconds() {
        ticker.advance(Duration.ofSeconds(2));
    }

    @Operation
    public long pauseLeft() {
        return limiter.pauseLeft().toSeconds();
    }
}
