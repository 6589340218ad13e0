package com.playtcha.jakarta.internal.http;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
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
    /** Of all heads of a response, interim ones included: HttpCore limits only lines, and how many there are. */
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    /** A body in chunks of a single byte is six times as long as its data. */
    private static final long MAX_BYTES_PER_BYTE = 8;
    /** The host name may resolve to another address later. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    final SocketChannel channel;
    private final ResponseHeadParser parser;
    /** HttpCore takes the end of the stream for the end of a head, of the last chunk and of trailers. */
    private boolean endOfStream;
    /** How much more of the present response is read. */
    private long bytesLeft;

    private final long openedAt = System.nanoTime();
    private long idleSince;
    private long idleUntil;

    UpstreamConnection(SocketChannel channel) throws IOException {
        this(channel, new ResponseHeadParser());
        bind(new RecordingHolder(channel.socket()));
    }

    /** Returns an unconnected instance that reads the given bytes, for warm-up and tests. */
    static UpstreamConnection sample(SocketChannel channel, byte[] response) throws IOException {
        UpstreamConnection connection = new UpstreamConnection(channel);
        connection.bind(connection.new RecordingHolder(channel.socket()) {
            @Override
            InputStream open(Socket from) {
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

    /** Makes the TLS handshake, in which the strategy checks the certificate and the host name. */
    void startTls(TlsSocketStrategy tls, HttpHost host) throws IOException {
        Socket socket = channel.socket();
        SSLSocket secured = tls.upgrade(socket, host.getHostName(), host.getPort(), null, HttpCoreContext.create());
        bind(new RecordingHolder(secured, socket));
    }

    /** Sends a request and receives the head of its final response. */
    ClassicHttpResponse exchange(byte[] request) throws IOException, HttpException {
        OutputStream out = ensureOpen().getOutputStream();
        out.write(request);
        out.flush();
        bytesLeft = MAX_HEAD_BYTES;
        ClassicHttpResponse response = receiveHead();
        while (response.getCode() < 200) {
            response = receiveHead();
        }
        return response;
    }

    private ClassicHttpResponse receiveHead() throws IOException, HttpException {
        ClassicHttpResponse response = receiveResponseHeader();
        throwIfTruncated();
        return response;
    }

    private void throwIfTruncated() throws ConnectionClosedException {
        if (endOfStream) {
            throw new ConnectionClosedException("The response was cut off");
        }
    }

    /**
     * Receives the complete body of a response to GET or POST; null if it is larger than {@code maxBytes}, or encoded, so
     * that it cannot be an answer.
     */
    byte @Nullable [] readBody(ClassicHttpResponse response, int maxBytes) throws IOException, HttpException {
        for (Header header : response.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
            // An empty list names no encoding (RFC 9110, section 5.6.1.2).
            if (!Set.of("", "identity").contains(header.getValue().trim().toLowerCase(Locale.ROOT))) {
                // Not decoded: a small one can expand without limit.
                return null;
            }
        }
        if (!MessageSupport.canResponseHaveBody(Method.POST.name(), response)) {
            return new byte[0];
        }
        bytesLeft = MAX_HEAD_BYTES + MAX_BYTES_PER_BYTE * maxBytes;
        receiveResponseEntity(response);
        HttpEntity entity = response.getEntity();
        long length = entity.getContentLength();
        int limit = length >= 0 && length <= maxBytes ? (int) length : maxBytes + 1;
        // Never closed early: closing would read the rest, which may be endless.
        byte[] body = entity.getContent().readNBytes(limit);
        if (entity.isChunked()) {
            throwIfTruncated();
        }
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
     * Returns whether the service sends nothing of its own accord within this time: what it sends before a request is no
     * response. Reads messages of TLS itself, such as session tickets.
     */
    boolean staysSilent(long millis) throws IOException {
        SocketHolder holder = ensureOpen();
        holder.getSocket().setSoTimeout((int) millis);
        try {
            holder.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            holder.getSocket().setSoTimeout(0);
        }
    }

    /**
     * Returns whether neither stray bytes nor the end of the stream have arrived. Never waits. A message of TLS itself counts
     * as stray: only a read of the whole tells it from the first part of a stray response.
     */
    boolean isClean() throws IOException {
        if (!isOpen() || !channel.isOpen() || parser.hasBufferedData()) {
            return false;
        }
        SSLSocket tls = ensureOpen().getSSLSocket();
        if (tls != null && tls.getInputStream().available() > 0) {
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

    /** Records the end of the stream, and limits what is read of a response. */
    private class RecordingHolder extends SocketHolder {
        RecordingHolder(Socket socket) {
            super(socket);
        }

        RecordingHolder(SSLSocket tls, Socket socket) {
            super(tls, socket);
        }

        InputStream open(Socket socket) throws IOException {
            return super.getInputStream(socket);
        }

        @Override
        protected InputStream getInputStream(Socket socket) throws IOException {
            return new FilterInputStream(open(socket)) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int count = super.read(bytes, offset, length);
                    endOfStream |= count < 0;
                    bytesLeft -= count;
                    if (bytesLeft < 0) {
                        throw new IOException("The response has too many headers, interim responses or trailers");
                    }
                    return count;
                }
            };
        }
    }

    /** Records the status as soon as its line has arrived, because a 4xx denies whatever becomes of the rest. */
    private static final class ResponseHeadParser extends DefaultHttpResponseParser {
        private int status;
        private @Nullable SessionInputBuffer buffer;

        ResponseHeadParser() {
            super(HTTP);
        }

        boolean hasBufferedData() {
            return buffer != null && buffer.length() > 0;
        }

        @Override
        protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
            ClassicHttpResponse response;
            try {
                response = super.createMessage(line);
            } catch (IllegalArgumentException e) {
                // HttpCore checks numbers of the line, such as a negative version, as if the caller had made them.
                throw new ParseException("The status line is invalid");
            }
            status = response.getCode() < 200 ? 0 : response.getCode();
            return response;
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer from, InputStream in) throws IOException, HttpException {
            status = 0;
            buffer = from;
            return super.parse(from, in);
        }
    }
}
