package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, of which a part was read to find the token, and the stream from which the application reads it. Kept
 * in {@link RequestState}, so that all wrappers share one position. Always ready for a {@link ReadListener}; only the rest
 * of a body larger than {@code max-body}, in {@code monitor} mode, blocks.
 */
final class BufferedBody extends ServletInputStream {
    private final HttpServletRequest request;
    private final InputStream source;
    private final AtomicBoolean endReported = new AtomicBoolean();
    private byte[] bytes = {};
    private boolean complete;
    private boolean restTaken;
    private boolean streamUsed;
    private @Nullable BufferedReader reader;
    private volatile int position;
    private volatile @Nullable ReadListener listener;
    private volatile boolean inCallback;
    private int held;
    private volatile boolean waiting;

    /** Takes over the request's stream; reads nothing yet. */
    BufferedBody(HttpServletRequest request, InputStream source) {
        this.request = request;
        this.source = source;
    }

    /** Reads the body up to a limit in bytes; returns whether it ended within the limit. */
    boolean readUpTo(int max) throws IOException {
        if (!complete && bytes.length <= max) {
            if (restTaken) {
                throw new IllegalStateException("the application has begun to read the body");
            }
            byte[] more = source.readNBytes(max + 1 - bytes.length);
            int known = bytes.length;
            bytes = Arrays.copyOf(bytes, known + more.length);
            System.arraycopy(more, 0, bytes, known, more.length);
            complete = bytes.length <= max;
        }
        return complete && bytes.length <= max;
    }

    /** Returns the bytes that were read ahead. */
    byte[] bytes() {
        return bytes;
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

    /**
     * Runs the rest of the chain. The application's {@code ReadListener} is called only after it returned, as a container
     * does; after an exception the container ends the request, and no listener is called.
     */
    void replayDuring(FilterChain chain, HttpServletRequest onward, ServletResponse response)
            throws IOException, ServletException {
        boolean returned = false;
        synchronized (this) {
            held++;
        }
        try {
            chain.doFilter(onward, response);
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
        if (position < bytes.length) {
            read = Math.min(count, bytes.length - position);
            System.arraycopy(bytes, position, target, offset, read);
            position += read;
        } else if (!complete) {
            restTaken = true;
            read = source.read(target, offset, count);
            complete = read < 0;
        }
        ReadListener called = listener;
        if (called != null && !inCallback && !waiting && isFinished() && endReported.compareAndSet(false, true)) {
            // Outside of onDataAvailable, as of a reader that waits for demand.
            request.getAsyncContext().start(() -> callBack(called, true));
        }
        return read;
    }

    @Override
    public int available() throws IOException {
        return position < bytes.length ? bytes.length - position : complete ? 0 : source.available();
    }

    @Override
    public boolean isFinished() {
        return position >= bytes.length && complete;
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
            begin(readListener);
        }
    }

    /** The servlet has returned; after a forward through the filter, the outermost one. */
    private synchronized void release(boolean returned) {
        held--;
        ReadListener delayed = listener;
        if (held == 0 && returned && waiting && delayed != null) {
            try {
                begin(delayed);
            } catch (IllegalStateException e) {
                // The application has completed the request without waiting for its listener.
                delayed.onError(e);
            }
        }
    }

    private void begin(ReadListener called) {
        waiting = false;
        inCallback = true;
        request.getAsyncContext().start(() -> callBack(called, false));
    }

    private void callBack(ReadListener called, boolean atEnd) {
        try {
            if (!isFinished()) {
                called.onDataAvailable();
            }
            // Reset before the end is checked: from now on the read of the last byte reports it.
            inCallback = false;
            if (atEnd || (isFinished() && endReported.compareAndSet(false, true))) {
                called.onAllDataRead();
            }
        } catch (Throwable t) {
            inCallback = false;
            called.onError(t);
        }
    }
}
