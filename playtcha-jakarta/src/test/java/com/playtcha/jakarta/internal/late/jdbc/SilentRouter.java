package com.playtcha.jakarta.internal.late.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connects to a server, and can let connections fall silent: they stay open and take what is sent, and nothing comes back, as
 * from a machine that is gone, or whose database is stopped. New ones work.
 */
final class SilentRouter implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Connections of earlier generations are silent. */
    private final AtomicInteger generation = new AtomicInteger();

    SilentRouter(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Silences the connections that are open. */
    void silence() {
        generation.incrementAndGet();
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "silent-router");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                int own = generation.get();
                run(() -> pump(client, server, own));
                run(() -> pump(server, client, own));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void pump(Socket from, Socket to, int own) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (own == generation.get()) {
                    out.write(buffer, 0, count);
                }
            }
        } catch (IOException e) {
            // One side has closed it.
        }
        close(to);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(this::close);
    }
}
