package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call. The pool's timer and a close end it by closing its channel, which ends a blocked connect,
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

    /** Returns null while the call is running. */
    @Nullable
    End ended() {
        return end.get();
    }

    /** The channel to close if the call is ended; closed at once if it was. */
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
        if (end.compareAndSet(null, how)) {
            closeChannel();
        }
    }

    private void closeChannel() {
        SocketChannel open = channel;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The call has ended, and nothing more is expected of its channel.
            }
        }
    }
}
