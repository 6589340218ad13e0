package com.playtcha.jakarta.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An accepted connection, plain or TLS. Thread-safe: any thread may close it while others use it. */
final class ClientConnection {
    /** The polling interval of waits that cannot be combined with the end of the connection. */
    private static final long LATCH_POLL_MILLIS = 5;

    private final int number;
    private final Socket transport;
    private final Socket socket;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CopyOnWriteArrayList<Closeable> attached = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    ClientConnection(int number, Socket transport, @Nullable SSLContext tls) throws IOException {
        this.number = number;
        this.transport = transport;
        transport.setTcpNoDelay(true);
        if (tls == null) {
            this.socket = transport;
        } else {
            SSLSocket layered = (SSLSocket) tls.getSocketFactory()
                    .createSocket(transport, transport.getInetAddress().getHostAddress(), transport.getPort(), true);
            layered.setUseClientMode(false);
            this.socket = layered;
        }
    }

    int number() {
        return number;
    }

    /** True from just before the client can see the end of the connection. */
    boolean isClosing() {
        return closing;
    }

    InputStream input() throws IOException {
        return socket.getInputStream();
    }

    OutputStream output() throws IOException {
        return socket.getOutputStream();
    }

    /** Closes something else along with this connection. */
    void attach(Closeable other) {
        attached.add(other);
        if (gone.isDone() && transport.isClosed()) {
            closeQuietly(other);
        }
    }

    /** Records that the client has stopped sending; every wait ends. */
    void markGone() {
        gone.complete(null);
    }

    /** Waits for the time; false if the connection ended before. */
    boolean stay(Duration time) throws InterruptedException {
        if (time.isZero()) {
            return true;
        }
        try {
            gone.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end of the connection. */
    void stayUntilGone() throws InterruptedException {
        try {
            gone.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the future to complete; false if the connection ended before. */
    boolean stayUntil(CompletableFuture<?> release) throws InterruptedException {
        try {
            CompletableFuture.anyOf(gone, release.handle((value, failure) -> Boolean.TRUE))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return release.isDone();
    }

    /** Waits for the latch; false if the connection ended before. */
    boolean stayUntil(CountDownLatch release) throws InterruptedException {
        while (!release.await(LATCH_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (gone.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** Shuts down the output; the input stays open. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes in order: what was written arrives, and TLS sends close_notify. */
    void close() {
        closing = true;
        closeQuietly(socket);
        abort();
    }

    /** Closes at once, whatever another thread is doing on it. */
    void abort() {
        closing = true;
        // Closes the transport, because closing a TLS socket can wait for a blocked writer.
        closeQuietly(transport);
        markGone();
        attached.forEach(ClientConnection::closeQuietly);
    }

    /** Closes with a TCP reset. */
    void reset() {
        try {
            transport.setSoLinger(true, 0);
        } catch (IOException e) {
            // The connection is closed already.
        }
        abort();
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // The connection is closed either way.
        }
    }
}
