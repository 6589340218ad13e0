package com.playtcha.jakarta.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server on 127.0.0.1 with a thread for each connection. Thread-safe. */
final class LoopbackServer implements AutoCloseable {
    /** Connections beyond this number are closed at once. */
    static final int MAX_CONNECTIONS = 2_000;

    private static final int BACKLOG = 1_024;
    private static final Duration JOIN_AT_MOST = Duration.ofSeconds(5);
    private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(10);

    /** Serves one connection on its own thread; the connection is closed when it returns. */
    interface Handler {
        void serve(ClientConnection connection) throws IOException, InterruptedException;
    }

    private final String name;
    private final @Nullable SSLContext tls;
    private final Handler handler;
    private volatile int port;

    private final Object lock = new Object();
    private final Set<ClientConnection> connections = new HashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private @Nullable Socket placeholder;
    private int accepted;
    private boolean closed;

    LoopbackServer(String name, @Nullable SSLContext tls, Handler handler) {
        this.name = name;
        this.tls = tls;
        this.handler = handler;
    }

    /** Starts listening. Not done by the constructor, so that the handler's owner is complete before a client connects. */
    void start(int wantedPort) {
        synchronized (lock) {
            try {
                port = listen(wantedPort);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot listen on 127.0.0.1:" + wantedPort + ": " + e.getMessage(), e);
            }
        }
    }

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    int accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    int open() {
        synchronized (lock) {
            return (int) connections.stream()
                    .filter(connection -> !connection.isClosing())
                    .count();
        }
    }

    /** Stops listening and closes every connection. No client can connect after it returns. */
    void refuse() {
        Thread ended;
        synchronized (lock) {
            if (listener == null) {
                return;
            }
            ClientConnection.closeQuietly(listener);
            listener = null;
            ended = acceptor;
            acceptor = null;
        }
        join(ended);
        abortAll();
        synchronized (lock) {
            if (!closed && listener == null) {
                placeholder = holdPort();
            }
        }
    }

    /** Listens again, on the same port. */
    void accept() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            if (listener != null) {
                return;
            }
            releasePort();
            try {
                listen(port);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot listen on 127.0.0.1:" + port + " again", e);
            }
        }
    }

    /** Starts another thread for a connection; it is joined by {@link #close()} like the others. */
    void spawn(String what, Runnable work) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            startThread(what, work);
        }
    }

    void abort(List<ClientConnection> some) {
        some.forEach(ClientConnection::abort);
    }

    /** Ends all sockets and threads before it returns. A second call does nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        refuse();
        List<Thread> rest;
        synchronized (lock) {
            releasePort();
            rest = new ArrayList<>(threads);
            threads.clear();
        }
        rest.forEach(Thread::interrupt);
        abortAll();
        rest.forEach(LoopbackServer::join);
    }

    private int listen(int wanted) throws IOException {
        ServerSocket opened = new ServerSocket();
        try {
            // Connections in TIME_WAIT must not block the port.
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(loopback(), wanted), BACKLOG);
        } catch (IOException e) {
            ClientConnection.closeQuietly(opened);
            throw e;
        }
        listener = opened;
        acceptor = startThread("accept", () -> acceptFrom(opened));
        return opened.getLocalPort();
    }

    private void acceptFrom(ServerSocket source) {
        while (!source.isClosed()) {
            try {
                Socket socket = source.accept();
                try {
                    admit(source, socket);
                } catch (IOException e) {
                    // The client reset the connection before it was served.
                    ClientConnection.closeQuietly(socket);
                }
            } catch (IOException e) {
                if (!source.isClosed()) {
                    // Most likely out of file descriptors: other connections have to close first.
                    LockSupport.parkNanos(PAUSE_AFTER_FAILED_ACCEPT.toNanos());
                }
            }
        }
    }

    private void admit(ServerSocket source, Socket socket) throws IOException {
        synchronized (lock) {
            if (source != listener || connections.size() >= MAX_CONNECTIONS) {
                ClientConnection.closeQuietly(socket);
                return;
            }
            accepted++;
            ClientConnection connection = new ClientConnection(accepted, socket, tls);
            connections.add(connection);
            startThread("connection-" + accepted, () -> serve(connection));
        }
    }

    private void serve(ClientConnection connection) {
        try {
            handler.serve(connection);
        } catch (IOException e) {
            // The client disconnected.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
            synchronized (lock) {
                connections.remove(connection);
            }
        }
    }

    private Thread startThread(String what, Runnable work) {
        threads.removeIf(thread -> !thread.isAlive());
        Thread thread = new Thread(work, name + "-" + what);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        return thread;
    }

    private void abortAll() {
        List<ClientConnection> all;
        synchronized (lock) {
            all = new ArrayList<>(connections);
        }
        abort(all);
    }

    /** Binds the port without listening, so that connecting fails and no other process gets the port in the meantime. */
    private @Nullable Socket holdPort() {
        Socket holder = new Socket();
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(loopback(), port));
            return holder;
        } catch (IOException e) {
            ClientConnection.closeQuietly(holder);
            return null;
        }
    }

    private void releasePort() {
        if (placeholder != null) {
            ClientConnection.closeQuietly(placeholder);
            placeholder = null;
        }
    }

    private static void join(@Nullable Thread thread) {
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(JOIN_AT_MOST.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
