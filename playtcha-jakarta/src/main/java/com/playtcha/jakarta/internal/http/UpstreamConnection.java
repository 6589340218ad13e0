package com.playtcha.jakarta.internal.http;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection on a socket channel. Another thread can close it at any moment, it can be probed for stray
 * bytes without waiting, and it has no wire log, which would print the secret. Used by one thread at a time.
 */
final class UpstreamConnection extends DefaultBHttpClientConnection {
    private static final Http1Config HTTP = Http1Config.custom()
            // A verification fits in most cases; there may be thousands of connections.
            .setBufferSize(2 * 1024)
            .setMaxHeaderCount(100)
            .setMaxLineLength(16 * 1024)
            .setMaxEmptyLineCount(10)
            .build();
    /** The host name may resolve to another address later. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    final SocketChannel channel;
    private final ResponseHeadParser parser;
    private final long openedAt = System.nanoTime();
    private long idleSince;
    private long idleUntil;

    UpstreamConnection(SocketChannel channel) throws IOException {
        this(channel, new ResponseHeadParser());
        bind(channel.socket());
    }

    /** Returns a connection that is not connected, and on which this response is read. */
    static UpstreamConnection sample(SocketChannel channel, byte[] response) throws IOException {
        UpstreamConnection connection = new UpstreamConnection(channel);
        connection.bind(new SocketHolder(channel.socket()) {
            @Override
            protected InputStream getInputStream(Socket from) {
                return new ByteArrayInputStream(response);
            }

            @Override
            protected OutputStream getOutputStream(Socket to) {
                return OutputStream.nullOutputStream();
            }
        });
        return connection;
    }

    private UpstreamConnection(SocketChannel channel, ResponseHeadParser parser) {
        super(HTTP, null, null, null, null, null, config -> parser);
        this.channel = channel;
        this.parser = parser;
    }

    /** Sends a request and receives the head of its final response. */
    ClassicHttpResponse exchange(byte[] request) throws IOException, HttpException {
        OutputStream out = ensureOpen().getOutputStream();
        out.write(request);
        out.flush();
        ClassicHttpResponse response = receiveResponseHeader();
        while (response.getCode() < 200) {
            response = receiveResponseHeader();
        }
        return response;
    }

    /**
     * Receives the complete body of a response to GET or POST; null if it is larger than {@code maxBytes}, or encoded, so
     * that it cannot be an answer.
     */
    byte @Nullable [] readBody(ClassicHttpResponse response, int maxBytes) throws IOException, HttpException {
        for (Header header : response.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
            if (!header.getValue().trim().equalsIgnoreCase("identity")) {
                // Not decoded: a small one can expand without limit.
                return null;
            }
        }
        if (!MessageSupport.canResponseHaveBody(Method.POST.name(), response)) {
            return new byte[0];
        }
        receiveResponseEntity(response);
        HttpEntity entity = response.getEntity();
        long length = entity.getContentLength();
        int limit = length >= 0 && length <= maxBytes ? (int) length : maxBytes + 1;
        // Never closed early: closing would read the rest, which may be endless.
        byte[] body = entity.getContent().readNBytes(limit);
        return body.length > maxBytes ? null : body;
    }

    /** Marks the connection as idle from now on, after a complete response, and as expired after some time. */
    void becomeIdle(long now, Duration limit) {
        idleSince = now;
        idleUntil = Math.min(now + limit.toNanos() - openedAt, MAX_AGE.toNanos()) + openedAt;
        parser.status = 0;
    }

    long idleNanos(long now) {
        return now - idleSince;
    }

    boolean isExpired(long now) {
        return now - idleUntil >= 0;
    }

    /** Whether the connection has served an earlier call. */
    boolean isReused() {
        return idleSince != 0;
    }

    /**
     * Whether neither stray bytes nor the end of the stream have arrived. Does not wait. Bytes
     * of TLS itself, such as session tickets, count too, so a new TLS connection need not be clean.
     */
    boolean isClean() throws IOException {
        if (!isOpen() || !channel.isOpen() || parser.hasBufferedData()) {
            return false;
        }
        Socket socket = getSocketHolder().getSocket();
        if (socket instanceof SSLSocket && socket.getInputStream().available() > 0) {
            return false;
        }
        channel.configureBlocking(false);
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } finally {
            channel.configureBlocking(true);
        }
    }

    /** The final status of the response whose head is being read; 0 before its status line has arrived. */
    int statusReceived() {
        return parser.status;
    }

    /**
     * Records the status as soon as its line has arrived, because a 4xx denies whatever becomes of the rest, and rejects a
     * head that ends with the stream, which the default parser accepts.
     */
    private static final class ResponseHeadParser extends DefaultHttpResponseParser {
        private int status;
        private boolean ended;
        private @Nullable SessionInputBuffer buffer;

        ResponseHeadParser() {
            super(HTTP);
        }

        boolean hasBufferedData() {
            return buffer != null && buffer.length() > 0;
        }

        @Override
        protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
            ClassicHttpResponse response = super.createMessage(line);
            status = response.getCode() < 200 ? 0 : response.getCode();
            return response;
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer from, InputStream in) throws IOException, HttpException {
            status = 0;
            buffer = from;
            ClassicHttpResponse response = super.parse(from, new FilterInputStream(in) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int count = super.read(bytes, offset, length);
                    ended |= count < 0;
                    return count;
                }
            });
            if (ended) {
                throw new ConnectionClosedException("The head of the response was cut off");
            }
            return response;
        }
    }
}
