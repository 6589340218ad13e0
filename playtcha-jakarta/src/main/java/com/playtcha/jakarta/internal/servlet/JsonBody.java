package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request's JSON body: the bytes read to find the token, kept so that the application and other guards can read
 * them. It lives in {@link RequestState}, so that all wrappers of a request share one stream and one position.
 */
final class JsonBody {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final ServletInputStream source;
    private final ReplayedInputStream stream;
    private byte[] buffer;
    private int length;
    private boolean complete;
    private boolean restTaken;

    private boolean streamUsed;
    private @Nullable BufferedReader reader;

    /** Takes over the request's stream; reads nothing yet. */
    JsonBody(HttpServletRequest request) throws IOException {
        this.source = request.getInputStream();
        this.stream = new ReplayedInputStream(this, request);
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
            if (read < 0) {
                complete = true;
            } else {
                length += read;
            }
        }
        return complete && length <= max;
    }

    /** Returns a copy of the bytes read so far. */
    byte[] bytes() {
        return Arrays.copyOf(buffer, length);
    }

    /** Reads for the application: first the kept bytes, then the rest of the stream. */
    int read(int position, byte[] target, int offset, int count) throws IOException {
        if (position < length) {
            int copied = Math.min(count, length - position);
            System.arraycopy(buffer, position, target, offset, copied);
            return copied;
        }
        if (complete) {
            return -1;
        }
        restTaken = true;
        int read = source.read(target, offset, count);
        if (read < 0) {
            complete = true;
        }
        return read;
    }

    /** Whether a reader at this position has reached the end. */
    boolean isFinished(int position) {
        return position >= length && (complete || source.isFinished());
    }

    /** Returns how many bytes can be read without blocking. */
    int available(int position) throws IOException {
        if (position < length) {
            return length - position;
        }
        return complete ? 0 : source.available();
    }

    /** As {@link HttpServletRequest#getInputStream()}: not after a reader was asked for. */
    ServletInputStream openStream() {
        if (reader != null) {
            throw new IllegalStateException("getReader() has been called for this request");
        }
        streamUsed = true;
        return stream;
    }

    /** As {@link HttpServletRequest#getReader()}: not after the stream was asked for. */
    BufferedReader openReader(String charset) throws IOException {
        if (streamUsed) {
            throw new IllegalStateException("getInputStream() has been called for this request");
        }
        if (reader == null) {
            reader = new BufferedReader(new InputStreamReader(stream, charset));
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
        stream.hold();
        try {
            chain.run();
            returned = true;
        } finally {
            stream.release(returned);
        }
    }
}
