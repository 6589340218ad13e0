package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call. The watchdog and a close end it by closing its channel, which ends a blocked connect,
 * handshake, read or write at once. The first end counts.
 */
final class RunningCall {
    enum End {
        COMPLETE,
        TIMEOUT,
        CLOSED
    }

    /** Used by the thread that makes the call; null until a request can be written. */
    @Nullable
    UpstreamConnection connection;

    /** Guarded by the pool's lock: whether the pool counts a connection for this call. */
    boolean counted;

    /** Set by the watchdog, to tell calls of one deadline apart. */
    long number;

    private final long deadline;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private volatile @Nullable SocketChannel channel;

    RunningCall(Duration timeout) {
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    /** Returns the time until the deadline; negative after it. */
    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    int compareDeadline(RunningCall other) {
        int order = Long.signum(deadline - other.deadline);
        return order == 0 ? Long.compare(number, other.number) : order;
    }

    /** Returns null while the call is running. */
    @Nullable
    End ended() {
        return end.get();
    }

    /** Sets the channel that is closed when the call is ended; closes it at once if the call was ended. */
    void attach(SocketChannel open) throws IOException {
        channel = open;
        throwIfEnded();
    }

    void throwIfEnded() throws IOException {
        if (end.get() != null) {
            closeChannel();
            throw new IOException("The call was ended");
        }
    }

    /** Returns false if the call was ended before, so that its connection is closed. */
    boolean complete() {
        return end.compareAndSet(null, End.COMPLETE);
    }

    void end(End how) {
        // Once more if there was no memory to close the channel.
        if (end.compareAndSet(null, how) || how != End.COMPLETE && end.get() == how) {
            closeChannel();
        }
    }

    private void closeChannel() {
        SocketChannel open = channel;
        if (open != null) {
            try (open) {
                // A reset: the service need not go on with a response that nobody reads.
                open.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // The call has ended, and nothing more is expected of its channel.
            }
        }
    }
}
