package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The point in monotonic time by which a call is over. */
final class Deadline {
    private final long at;

    private Deadline(long at) {
        this.at = at;
    }

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** The earlier of this deadline and another one from now. */
    Deadline orIn(Duration duration) {
        Deadline other = in(duration);
        return other.at - at < 0 ? other : this;
    }

    long nanosLeft() {
        return at - System.nanoTime();
    }

    /** The time left; never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanosLeft()));
    }

    /** The time left in milliseconds for a socket: at least 1, because 0 means no limit. */
    int millisLeft() throws IOException {
        long nanos = nanosLeft();
        if (nanos <= 0) {
            throw new SocketTimeoutException("The deadline has passed");
        }
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }
}
