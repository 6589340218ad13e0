package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.GuardedApplication;
import java.time.Duration;
import java.util.function.Supplier;

/** What has to happen before a throttle window ends, on a machine that may be busy. */
final class ThrottleWindow {
    private static final Duration WINDOW = Duration.ofSeconds(GuardedApplication.MAX_RETRY_AFTER);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ThrottleWindow() {}

    /**
     * Does it again, in a new window, as long as the window may have ended before all of it was done.
     *
     * @param work opens the window, and does nothing that cannot be repeated
     * @param end returns when the window has ended
     * @return what was seen inside one window
     */
    static <T> T inside(Supplier<T> work, Runnable end) {
        long first = System.nanoTime();
        while (true) {
            // The window opens later than this.
            long began = System.nanoTime();
            T seen = work.get();
            if (System.nanoTime() - began < WINDOW.toNanos()) {
                return seen;
            }
            assertThat(System.nanoTime() - first)
                    .as("nanoseconds without a window that was long enough")
                    .isLessThan(PATIENCE.toNanos());
            end.run();
        }
    }
}
