package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.ThrottleChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;

/** Several responses with status 429 while time passes, and an operator who ends the window. */
public class ThrottleWindowInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final TimeBetweenCalls time = new TimeBetweenCalls();
    /** The window calls its listener from one thread at a time. */
    private final List<ThrottleChange> changes = new ArrayList<>();

    private final ThrottleWindow window = new ThrottleWindow(ticker, TestResults.endpoint("playtcha"), changes::add);

    @Operation
    public boolean open(@Param(gen = IntGen.class, conf = "1:3") int seconds) {
        return time.call(() -> window.open(Duration.ofSeconds(seconds), false));
    }

    @Operation
    public long remaining() {
        return time.call(() -> window.remaining().toSeconds());
    }

    @Operation
    public void passASecond() {
        time.pass(() -> ticker.advance(Duration.ofSeconds(1)));
    }

    @Operation
    public void reset() {
        time.call(() -> {
            window.reset();
            return true;
        });
    }

    @Validate
    public void opensAndEndsAlternate() {
        boolean isOpen = !window.remaining().isZero();
        boolean last = false;
        for (ThrottleChange change : changes) {
            if (change.throttled() == last) {
                throw new IllegalStateException("Changes out of order: " + changes);
            }
            last = change.throttled();
        }
        if (last != isOpen) {
            throw new IllegalStateException("The window is " + (isOpen ? "open" : "closed") + " after " + changes);
        }
    }
}
