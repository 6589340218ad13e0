package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request's JSON body, read to find the token, and the stream from which the application reads it again. Kept in {@link
 * RequestState}, so that all wrappers share one position. Always ready for a {@link ReadListener}; only the rest of a
 * body larger than {@code max-body}, in {@code monitor} mode, blocks.
 */
final class JsonBody extends ServletInputStream {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final HttpServletRequest request;
    private final ServletInputStream source;
    private final AtomicBoolean endReported = new AtomicBoolean();
    private byte[] buffer;
    private int length;
    private boolean complete;
    private boolean restTaken;
    private boolean streamUsed;
    private @Nullable BufferedReader reader;
    private volatile int position;
    private volatile @Nullable ReadListener listener;
    private volatile boolean inCallback;
    private volatile int held;
    private volatile boolean waiting;

    /** Takes over the request's stream; reads nothing yet. */
    JsonBody(HttpServletRequest request) throws IOException {
        this.request = request;
        this.source = request.getInputStream();
        this.buffer = new byte[(int) Math.max(256, Math.min(request.getContentLengthLong(), 8192))];
    }

    /** Reads the body up to a limit in bytes; returns whether it ended within the limit. */
    boolean readUpTo(long max) throws IOException {
        int limit = (int) Math.min(max, LARGEST_ARRAY - 1) + 1;
        while (!complete && length < limit) {
            if (restTaken) {
                throw new IllegalStateException("the application has begun to read the body");
            }
            if (length == buffer.length) {
                buffer = Arrays.copyOf(buffer, (int) Math.min(Math.max(2L * length, 256), limit));
            }
            int read = source.read(buffer, length, Math.min(buffer.length, limit) - length);
            complete = read < 0;
            length += Math.max(read, 0);
        }
        return complete && length <= max;
    }

    /** Returns a copy of the bytes read so far. */
    byte[] bytes() {
        return Arrays.copyOf(buffer, length);
    }

    /** As {@link HttpServletRequest#getInputStream()}: not after a reader was asked for. */
    ServletInputStream openStream() {
        if (reader != null) {
            throw new IllegalStateException("getReader() has been called for this request");
        }
        streamUsed = true;
        return this;
    }

    /** As {@link HttpServletRequest#getReader()}: not after the stream was asked for. */
    BufferedReader openReader(String charset) throws IOException {
        if (streamUsed) {
            throw new IllegalStateException("getInputStream() has been called for this request");
        }
        if (reader == null) {
            reader = new BufferedReader(new InputStreamReader(this, charset));
        }
        return reader;
    }

    @FunctionalInterface
    interface Chain {
        void run() throws IOException, ServletException;
    }

    /**
     * Runs the rest of the chain. The application's {@code ReadListener} is called only after it returned; after an
     * exception the container ends the request, and no listener is called.
     */
    void replayDuring(Chain chain) throws IOException, ServletException {
        boolean returned = false;
        hold();
        try {
            chain.run();
            returned = true;
        } finally {
            release(returned);
        }
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
        int read = -1;
        if (position < length) {
            read = Math.min(count, length - position);
            System.arraycopy(buffer, position, target, offset, read);
        } else if (!complete) {
            restTaken = true;
            read = source.read(target, offset, count);
            complete = read < 0;
        }
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
        if (position < length) {
            return length - position;
        }
        return complete ? 0 : source.available();
    }

    @Override
    public boolean isFinished() {
        return position >= length && (complete || source.isFinished());
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
    private synchronized void hold() {
        held++;
    }

    /** The servlet has returned; after a forward through the filter, the outermost one. */
    private synchronized void release(boolean returned) {
        held--;
        ReadListener delayed = listener;
        if (held == 0 && returned && waiting && delayed != null) {
            try {
                begin();
            } catch (IllegalStateException e) {
                // The application has completed the request without waiting for its listener.
                delayed.onError(e);
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
