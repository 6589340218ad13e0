package com.playtcha.jakarta.internal.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A pooled connection that can tell, without waiting, whether anything has happened on it since its last answer.
 *
 * <p>The client's own kind is not used for three reasons: its check for a closed connection waits for a millisecond on
 * every call and lets stray bytes pass as the next visitor's answer; its reads know no deadline over the whole answer;
 * and its wire log prints the secret. This one logs nothing.
 */
final class WireConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {
    /** How soon after an answer a server's close, or its stray bytes, are expected to have come. */
    static final Duration SETTLING = Duration.ofMillis(1);
    /** An unannounced close later than this is an ordinary idle timeout. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Runnable onMisbehaviour;
    private final HeadParser.State heads;
    private volatile @Nullable SocketChannel channel;
    private volatile @Nullable Deadline deadline;
    private boolean probing;
    private boolean used;
    private long answeredAt;

    /**
     * Not bound yet.
     *
     * @param onMisbehaviour runs when the server closes the connection, or sends more than its answer, soon after the
     *     answer and without a word
     */
    WireConnection(Http1Config config, Runnable onMisbehaviour) {
        this(config, onMisbehaviour, new HeadParser.State(config));
    }

    private WireConnection(Http1Config config, Runnable onMisbehaviour, HeadParser.State heads) {
        super(config, null, null, null, null, null, heads);
        this.onMisbehaviour = onMisbehaviour;
        this.heads = heads;
    }

    @Override
    public void bind(Socket socket) throws IOException {
        channel = socket.getChannel();
        bind(new SocketHolder(socket) {
            @Override
            protected InputStream getInputStream(Socket from) throws IOException {
                return new BoundedInput(from, super.getInputStream(from));
            }
        });
    }

    @Override
    public void bind(SSLSocket tls, Socket base) throws IOException {
        channel = base.getChannel();
        bind(new SocketHolder(tls, base) {
            @Override
            protected InputStream getInputStream(Socket from) throws IOException {
                return new BoundedInput(from, super.getInputStream(from));
            }
        });
    }

    /** Who hears of the next answer's status, before the rest of it has come. */
    void onStatus(IntConsumer listener) {
        heads.onStatus(listener);
    }

    /** Reads end by this deadline, however the bytes trickle in. */
    void workUntil(Deadline end) {
        deadline = end;
    }

    /** The channel below, for closing it from another thread; null before it is bound. */
    @Nullable
    SocketChannel channel() {
        return channel;
    }

    /** A whole answer was read; the connection is idle from now on. */
    void answered() {
        used = true;
        answeredAt = System.nanoTime();
    }

    /** Waits out what is left of the settling time, so that what the server does after its answer is seen. */
    void settle() throws IOException {
        Socket socket = getSocket();
        long left = SETTLING.toNanos() - (System.nanoTime() - answeredAt);
        SocketChannel raw = channel;
        if (!used || left <= 0 || raw == null || socket == null || holdsUnreadBytes()) {
            return;
        }
        Socket base = raw.socket();
        base.setSoTimeout(1);
        try {
            // Any byte, and the end of the stream too, makes the connection unfit; nothing is lost by reading it.
            base.getInputStream().read();
            onMisbehaviour.run();
            close(CloseMode.IMMEDIATE);
        } catch (SocketTimeoutException e) {
            // Silence is what was hoped for.
        }
    }

    /**
     * Whether a request may be sent on it: it is open, and nothing waits on it, neither bytes of a late or surplus
     * answer nor the end of the stream. Does not wait.
     */
    boolean isQuiet() throws IOException {
        SocketChannel raw = channel;
        if (!isOpen() || raw == null || !raw.isOpen()) {
            return false;
        }
        if (!used) {
            return true;
        }
        boolean quiet = !holdsUnreadBytes() && nothingWaits(raw);
        if (!quiet && System.nanoTime() - answeredAt < SOON.toNanos()) {
            onMisbehaviour.run();
        }
        return quiet;
    }

    /**
     * Whether nothing at all has come that was not asked for. For a connection without TLS, before its first request:
     * what a proxy sends behind its answer to CONNECT would be taken for Playtcha's.
     */
    boolean isSilent() throws IOException {
        SocketChannel raw = channel;
        return raw != null && raw.isOpen() && !holdsUnreadBytes() && nothingWaits(raw);
    }

    /** Whether an earlier answer came on it. */
    boolean isUsed() {
        return used;
    }

    private static boolean nothingWaits(SocketChannel raw) throws IOException {
        raw.configureBlocking(false);
        try {
            return raw.read(ByteBuffer.allocate(1)) == 0;
        } finally {
            raw.configureBlocking(true);
        }
    }

    /** Bytes that an earlier read brought along: in the message parser's buffer, or decrypted by TLS. */
    private boolean holdsUnreadBytes() throws IOException {
        Socket socket = getSocket();
        if (socket instanceof SSLSocket tls && tls.getInputStream().available() > 0) {
            return true;
        }
        probing = true;
        try {
            return super.isDataAvailable(Timeout.ofMilliseconds(1));
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            probing = false;
        }
    }

    @Override
    public boolean isStale() throws IOException {
        return !isQuiet();
    }

    @Override
    public @Nullable Socket getSocket() {
        SocketHolder holder = getSocketHolder();
        return holder == null ? null : holder.getSocket();
    }

    @Override
    public void passivate() {
        deadline = null;
        heads.onStatus(null);
    }

    @Override
    public void activate() {}

    /** Ends every read by the deadline; while probing, gives nothing that is not buffered already. */
    private final class BoundedInput extends FilterInputStream {
        private final Socket socket;

        BoundedInput(Socket socket, InputStream in) {
            super(in);
            this.socket = socket;
        }

        private void bound() throws IOException {
            if (probing) {
                throw new SocketTimeoutException("nothing buffered");
            }
            Deadline end = deadline;
            if (end != null) {
                socket.setSoTimeout(end.millisLeft());
            }
        }

        @Override
        public int read() throws IOException {
            bound();
            int read = super.read();
            if (read < 0) {
                heads.ended();
            }
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            bound();
            int read = super.read(bytes, offset, length);
            if (read < 0) {
                heads.ended();
            }
            return read;
        }
    }
}
