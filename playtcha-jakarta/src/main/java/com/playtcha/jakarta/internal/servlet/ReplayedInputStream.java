package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The stream that the application sees after the body was read to find the token. It is always ready for a {@link
 * ReadListener}; only the rest of a body larger than {@code max-body}, in {@code monitor} mode, blocks.
 */
final class ReplayedInputStream extends ServletInputStream {
    private final JsonBody body;
    private final HttpServletRequest request;
    private final AtomicBoolean endReported = new AtomicBoolean();
    private volatile int position;
    private volatile @Nullable ReadListener listener;
    private volatile boolean inCallback;
    private volatile int held;
    private volatile boolean waiting;

    ReplayedInputStream(JsonBody body, HttpServletRequest request) {
        this.body = body;
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, target.length);
        if (count == 0) {
            return 0;
        }
        int read = body.read(position, target, offset, count);
        if (read > 0) {
            // Beyond the kept bytes the position only has to stay beyond them.
            position = (int) Math.min((long) position + read, Integer.MAX_VALUE);
        }
        ReadListener called = listener;
        if (called != null && !inCallback && !waiting) {
            reportEnd(called, true);
        }
        return read;
    }

    @Override
    public int available() throws IOException {
        return body.available(position);
    }

    @Override
    public boolean isFinished() {
        return body.isFinished(position);
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public synchronized void setReadListener(ReadListener readListener) {
        Objects.requireNonNull(readListener, "readListener");
        if (listener != null) {
            throw new IllegalStateException("a ReadListener has been set already");
        }
        if (!request.isAsyncStarted()) {
            throw new IllegalStateException("a ReadListener needs a request that is in asynchronous mode");
        }
        listener = readListener;
        waiting = true;
        if (held == 0) {
            begin();
        }
    }

    /** Delays the listener, as a container does, until the servlet has returned. */
    synchronized void hold() {
        held++;
    }

    /** The servlet has returned; after a forward through the filter, the outermost one. */
    synchronized void release(boolean returned) {
        held--;
        ReadListener waits = listener;
        if (held == 0 && returned && waiting && waits != null) {
            try {
                begin();
            } catch (IllegalStateException e) {
                // The application has completed the request without waiting for its listener.
                waits.onError(e);
            }
        }
    }

    private void begin() {
        waiting = false;
        inCallback = true;
        request.getAsyncContext().start(this::callBack);
    }

    private void callBack() {
        ReadListener called = Objects.requireNonNull(listener);
        try {
            if (!isFinished()) {
                called.onDataAvailable();
            }
            // Reset before the end is checked: from now on the read of the last byte reports it.
            inCallback = false;
            reportEnd(called, false);
        } catch (Throwable t) {
            inCallback = false;
            called.onError(t);
        }
    }

    private void reportEnd(ReadListener called, boolean onContainerThread) {
        if (!isFinished() || !endReported.compareAndSet(false, true)) {
            return;
        }
        if (onContainerThread) {
            request.getAsyncContext().start(() -> allRead(called));
        } else {
            allRead(called);
        }
    }

    private static void allRead(ReadListener called) {
        try {
            called.onAllDataRead();
        } catch (Throwable t) {
            called.onError(t);
        }
    }
}
