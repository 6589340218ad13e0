package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call. The pool's timer and a close end it by closing its channel, which ends a blocked connect,
 * handshake, read or write at once. The first end counts.
 */
final class RunningCall {
    enum End {
        COMPLETE,
        TIMEOUT,
        INTERRUPTED,
        CLOSED
    }

    final Deadline deadline;
    /** Used by the thread that makes the call, as are the two below. */
    @Nullable
    UpstreamConnection connection;

    boolean sent;

    @Nullable
    HttpResponse head;

    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private volatile @Nullable SocketChannel channel;

    RunningCall(Deadline deadline) {
        this.deadline = deadline;
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
