package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The stream the application sees in place of one that was read to find the token. For a {@link ReadListener} it is
 * always ready: everything has been read already. (Only in {@code monitor} mode a body larger than {@code max-body} can
 * have a rest that was not; reading that rest blocks.)
 */
final class ReplayedInputStream extends ServletInputStream {
    private final JsonBody body;
    private final HttpServletRequest request;
    private final AtomicBoolean endTold = new AtomicBoolean();
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
            // Past what was kept the position only has to stay past it.
            position = (int) Math.min((long) position + read, Integer.MAX_VALUE);
        }
        ReadListener told = listener;
        if (told != null && !inCallback && !waiting) {
            tellEnd(told, true);
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

    /** From here on a listener waits, as it would in a container, until the servlet has returned. */
    synchronized void hold() {
        held++;
    }

    /** The servlet has returned; the outermost one where a forward led through the filter again. */
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
        ReadListener told = Objects.requireNonNull(listener);
        try {
            if (!isFinished()) {
                told.onDataAvailable();
            }
            // Before the end is looked for: whoever reads the last byte from now on tells it.
            inCallback = false;
            tellEnd(told, false);
        } catch (Throwable t) {
            inCallback = false;
            told.onError(t);
        }
    }

    private void tellEnd(ReadListener told, boolean onContainerThread) {
        if (!isFinished() || !endTold.compareAndSet(false, true)) {
            return;
        }
        if (onContainerThread) {
            request.getAsyncContext().start(() -> allRead(told));
        } else {
            allRead(told);
        }
    }

    private static void allRead(ReadListener told) {
        try {
            told.onAllDataRead();
        } catch (Throwable t) {
            told.onError(t);
        }
    }
}
