package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Connects to one of several servers that is ready, and ends the connections to one that no longer is: what HAProxy or
 * MaxScale do before a Galera cluster, where a driver alone would connect to a server without the others too.
 */
final class ReadyRouter implements AutoCloseable {
    private static final int CHECKED_EVERY_MS = 500;

    private final ServerSocket listener;
    private final List<Integer> targets;
    private final IntPredicate ready;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int current;

    ReadyRouter(List<Integer> targets, IntPredicate ready) {
        this.targets = targets;
        this.ready = ready;
        this.current = targets.get(0);
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("router-check", this::check);
        run("router", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns the port of the server that it connects to. */
    int target() {
        return current;
    }

    private static void run(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void check() {
        while (!listener.isClosed()) {
            // Not back to one that is ready again, which would end connections once more.
            int found = ready.test(current)
                    ? current
                    : targets.stream().filter(ready::test).findFirst().orElse(current);
            if (found != current) {
                current = found;
                open.forEach(ReadyRouter::close);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(CHECKED_EVERY_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                run("router-connection", () -> connect(client));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), current)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(server);
            run("router-back", () -> pump(server, client));
            pump(client, server);
            open.remove(server);
        } catch (IOException e) {
            // The client sees its connection end.
        } finally {
            open.remove(client);
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // One side has closed it.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // It is closed.
        }
        open.forEach(ReadyRouter::close);
    }
}
