package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A point in monotonic time by which a call is over. */
final class Deadline {
    private final long at;

    private Deadline(long at) {
        this.at = at;
    }

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** The sooner of this and a point in time from now. */
    Deadline orIn(Duration duration) {
        Deadline other = in(duration);
        return other.at - at < 0 ? other : this;
    }

    long nanosLeft() {
        return at - System.nanoTime();
    }

    /** What is left; never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanosLeft()));
    }

    /** What is left, in the milliseconds that sockets take: at least 1, since 0 means for ever. */
    int millisLeft() throws IOException {
        long nanos = nanosLeft();
        if (nanos <= 0) {
            throw new SocketTimeoutException("the deadline has passed");
        }
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }
}
