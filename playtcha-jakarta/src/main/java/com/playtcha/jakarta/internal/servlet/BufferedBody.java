package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.UnusableBodyException;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
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
    private final BodyBudget.@Nullable Room room;
    private byte[] bytes = {};
    private boolean complete;
    /** Of a body that broke off, of which the bytes before are lost. The application gets no part of it. */
    private @Nullable IOException failure;

    private boolean streamUsed;
    private @Nullable BufferedReader reader;
    private volatile int position;
    private volatile @Nullable ReadListener listener;
    /** Whether no read signals the end to the listener: it waits for its first call, is called, or got the signal. */
    private volatile boolean endSignalled;
    /** Calls of the chain that have not returned. */
    private int chainDepth;

    private boolean listenerPending;

    private BufferedBody(HttpServletRequest request, InputStream source, BodyBudget.@Nullable Room room) {
        this.request = request;
        this.source = source;
        this.room = room;
    }

    /** Returns the whole body of a request, which is taken over from the container on the first call. */
    static byte[] read(HttpServletRequest request, int maxBody, BodyBudget bodies)
            throws IOException, UnusableBodyException {
        BufferedBody body = of(request);
        if (body == null) {
            // Reserved first: a body for which there is no room stays unread.
            BodyBudget.Room room = bodies.reserve(request.getContentLengthLong(), maxBody);
            try {
                body = new BufferedBody(request, request.getInputStream(), room);
            } catch (IOException | RuntimeException takenBefore) {
                // By an earlier filter, with getReader(). Nothing is kept whose end would release the room.
                room.release();
                throw takenBefore;
            }
            request.setAttribute(ATTRIBUTE, body);
        }
        return body.upTo(maxBody);
    }

    /** Returns null where no guard has read a JSON body. */
    static @Nullable BufferedBody of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof BufferedBody body ? body : null;
    }

    static BufferedBody empty(HttpServletRequest request) {
        BufferedBody body = new BufferedBody(request, InputStream.nullInputStream(), null);
        body.complete = true;
        return body;
    }

    private byte[] upTo(int max) throws IOException, UnusableBodyException {
        if (!complete && bytes.length <= max) {
            int buffered = bytes.length;
            if (room != null && buffered > 0) {
                room.reserve(request.getContentLengthLong(), max);
            }
            byte[] more = readMore(max + 1 - buffered);
            if (buffered > 0) {
                bytes = Arrays.copyOf(bytes, buffered + more.length);
                System.arraycopy(more, 0, bytes, buffered, more.length);
            } else {
                bytes = more;
            }
            complete = bytes.length <= max;
            if (room != null) {
                room.resize(bytes.length);
            }
        }
        if (!complete || bytes.length > max) {
            throw new UnusableBodyException(Reason.BODY_TOO_LARGE);
        }
        return bytes;
    }

    private byte[] readMore(int count) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            return source.readNBytes(count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
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
        enterChain();
        try {
            chain.doFilter(onward, response);
            returned = true;
        } finally {
            leaveChain(returned);
        }
    }

    void enterChain() {
        adjustChainDepth(1);
    }

    /** Ends what {@link #enterChain} began, without an exception if the chain returned. */
    void leaveChain(boolean returned) {
        ReadListener delayed = adjustChainDepth(-1) && returned ? listener : null;
        // Otherwise the application has completed the request without waiting for its listener.
        if (delayed != null && request.isAsyncStarted()) {
            call(delayed, false);
        }
    }

    /** Returns whether a listener has waited for the chain to return. */
    private synchronized boolean adjustChainDepth(int change) {
        chainDepth += change;
        boolean isDue = chainDepth == 0 && listenerPending;
        listenerPending &= !isDue;
        return isDue;
    }

    /** Releases the room as soon as the request has ended. Called each time that the filter has handled the request. */
    void releaseAtEnd() {
        if (room == null || isInChain()) {
            return;
        }
        if (request.isAsyncStarted()) {
            try {
                request.getAsyncContext().addListener(new Release(room));
                return;
            } catch (IllegalStateException completed) {
                // Meanwhile, by another thread.
            }
        }
        room.release();
    }

    private synchronized boolean isInChain() {
        return chainDepth > 0;
    }

    private record Release(BodyBudget.Room room) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            room.release();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The container completes the request afterwards.
        }

        @Override
        public void onError(AsyncEvent event) {
            // The container completes the request afterwards.
        }

        /** Containers drop the listeners when a dispatched request becomes asynchronous again. */
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
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
            if (failure != null) {
                throw failure;
            }
            read = source.read(target, offset, count);
            complete = read < 0;
        }
        ReadListener current = listener;
        if (current != null && isFinished() && signalEnd()) {
            // Outside of onDataAvailable, as of a reader that waits for demand.
            call(current, true);
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
        endSignalled = true;
        listener = readListener;
        listenerPending = chainDepth > 0;
        if (!listenerPending) {
            call(readListener, false);
        }
    }

    private void call(ReadListener called, boolean atEnd) {
        request.getAsyncContext().start(() -> {
            try {
                if (!isFinished()) {
                    called.onDataAvailable();
                }
                // Reset before the end is checked: from now on the read of the last byte signals it.
                endSignalled = atEnd;
                if (atEnd || (isFinished() && signalEnd())) {
                    called.onAllDataRead();
                }
            } catch (Throwable t) {
                called.onError(t);
            }
        });
    }

    private synchronized boolean signalEnd() {
        boolean isFirst = !endSignalled;
        endSignalled = true;
        return isFirst;
    }
}
