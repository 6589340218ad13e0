package com.playtcha.jakarta.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * A service in a process and on one thread of its own. Below {@code /good} every token is verified. Below {@code
 * /strays} every token is refused, and 0.2 ms later a response that nobody asked for verifies one; below {@code /closes}
 * every token is verified, and 0.2 ms later the connection is closed. {@code /connections} counts.
 */
final class BenchmarkService {
    private static final long LATE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final String GOOD = response("200 OK", "{\"success\":true}");
    private static final String REFUSED = response("401 No", "{\"error\":{\"code\":\"token_invalid\"}}");

    private final Selector selector = Selector.open();
    private final Queue<Late> late = new ArrayDeque<>();
    private int connections;

    private record Late(long due, SocketChannel channel, boolean closes) {}

    private BenchmarkService() throws IOException {}

    private static String response(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** Prints its port and serves until its parent ends. */
    public static void main(String[] args) throws IOException {
        Thread parent = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Only the end counts.
                }
            } catch (IOException e) {
                // The parent is gone.
            }
            System.exit(0);
        });
        parent.setDaemon(true);
        parent.start();
        new BenchmarkService().serve();
    }

    private void serve() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println(server.socket().getLocalPort());
        while (true) {
            if (late.isEmpty()) {
                selector.select();
            } else {
                selector.selectNow();
            }
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                SelectionKey key = keys.next();
                if (key.isAcceptable()) {
                    SocketChannel accepted = server.accept();
                    accepted.configureBlocking(false);
                    accepted.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(8192));
                    connections++;
                } else {
                    receive((SocketChannel) key.channel(), (ByteBuffer) key.attachment());
                }
            }
            while (!late.isEmpty() && late.element().due - System.nanoTime() <= 0) {
                Late next = late.remove();
                if (next.closes) {
                    next.channel.close();
                } else {
                    send(next.channel, GOOD);
                }
            }
        }
    }

    private void receive(SocketChannel channel, ByteBuffer buffer) throws IOException {
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException reset) {
            count = -1;
        }
        if (count < 0) {
            channel.close();
            return;
        }
        String request = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
        boolean isComplete = request.startsWith("GET") ? request.endsWith("\r\n\r\n") : request.endsWith("}");
        if (!isComplete) {
            return;
        }
        buffer.clear();
        if (request.startsWith("GET /connections")) {
            // The connection that asks is not one of the caller's.
            connections--;
            send(channel, response("200 OK", Integer.toString(connections)));
            channel.close();
        } else if (request.startsWith("POST /strays")) {
            send(channel, REFUSED);
            late.add(new Late(System.nanoTime() + LATE_NANOS, channel, false));
        } else {
            send(channel, GOOD);
            if (request.startsWith("POST /closes")) {
                late.add(new Late(System.nanoTime() + LATE_NANOS, channel, true));
            }
        }
    }

    private static void send(SocketChannel channel, String response) throws IOException {
        try {
            channel.write(ByteBuffer.wrap(response.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException reset) {
            channel.close();
        }
    }
}
