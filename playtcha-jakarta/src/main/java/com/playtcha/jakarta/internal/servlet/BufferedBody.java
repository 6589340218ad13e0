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
import org.jspecify.annotations.Nullable;

/**
 * A request's body, of which a part was read to find the token, and the stream from which the application reads it. Kept
 * in a request attribute, so that all wrappers share one position. Always ready for a {@link ReadListener}; only the rest
 * of a body larger than {@code max-body}, in {@code monitor} mode, blocks.
 */
final class BufferedBody extends ServletInputStream {
    private static final String ATTRIBUTE = BufferedBody.class.getName();

    private final HttpServletRequest request;
    private final InputStream source;
    private byte[] bytes = {};
    private boolean complete;
    private boolean streamUsed;
    private @Nullable BufferedReader reader;
    private volatile int position;
    private volatile @Nullable ReadListener listener;
    /** Whether the listener waits for its first call, is called, or was told of the end: no read reports the end then. */
    private volatile boolean reported;
    /** Calls of the chain that have not returned. */
    private int held;

    private boolean waiting;

    private BufferedBody(HttpServletRequest request, InputStream source) {
        this.request = request;
        this.source = source;
    }

    /** Returns the body of a request, which is taken over from the container on the first call. */
    static BufferedBody take(HttpServletRequest request) throws IOException {
        BufferedBody body = of(request);
        if (body == null) {
            body = new BufferedBody(request, request.getInputStream());
            request.setAttribute(ATTRIBUTE, body);
        }
        return body;
    }

    /** Returns null where no guard has read a JSON body. */
    static @Nullable BufferedBody of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof BufferedBody body ? body : null;
    }

    static BufferedBody empty(HttpServletRequest request) {
        BufferedBody body = new BufferedBody(request, InputStream.nullInputStream());
        body.complete = true;
        return body;
    }

    /** Returns the whole body, or null if it is longer than a limit in bytes. */
    byte @Nullable [] upTo(int max) throws IOException {
        if (!complete && bytes.length <= max) {
            byte[] more = source.readNBytes(max + 1 - bytes.length);
            int known = bytes.length;
            bytes = Arrays.copyOf(bytes, known + more.length);
            System.arraycopy(more, 0, bytes, known, more.length);
            complete = bytes.length <= max;
        }
        return complete && bytes.length <= max ? bytes : null;
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
     * does, and after a forward through the filter the outermost one; after an exception the container ends the request,
     * and no listener is called.
     */
    void replayDuring(FilterChain chain, HttpServletRequest onward, ServletResponse response)
            throws IOException, ServletException {
        boolean returned = false;
        hold(1);
        try {
            chain.doFilter(onward, response);
            returned = true;
        } finally {
            ReadListener delayed = hold(-1) && returned ? listener : null;
            // Otherwise the application has completed the request without waiting for its listener.
            if (delayed != null && request.isAsyncStarted()) {
                call(delayed, false);
            }
        }
    }

    /** Returns whether a listener has waited for this. */
    private synchronized boolean hold(int change) {
        held += change;
        boolean begins = held == 0 && waiting;
        waiting &= !begins;
        return begins;
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
            read = source.read(target, offset, count);
            complete = read < 0;
        }
        ReadListener told = listener;
        if (told != null && isFinished() && startReport()) {
            // Outside of onDataAvailable, as of a reader that waits for demand.
            call(told, true);
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
        reported = true;
        listener = readListener;
        waiting = held > 0;
        if (!waiting) {
            call(readListener, false);
        }
    }

    private void call(ReadListener called, boolean atEnd) {
        request.getAsyncContext().start(() -> {
            try {
                if (!isFinished()) {
                    called.onDataAvailable();
                }
                // Reset before the end is checked: from now on the read of the last byte reports it.
                reported = atEnd;
                if (atEnd || (isFinished() && startReport())) {
                    called.onAllDataRead();
                }
            } catch (Throwable t) {
                called.onError(t);
            }
        });
    }

    private synchronized boolean startReport() {
        boolean first = !reported;
        reported = true;
        return first;
    }
}
