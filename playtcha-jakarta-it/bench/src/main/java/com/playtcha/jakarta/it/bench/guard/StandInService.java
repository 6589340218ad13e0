package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.it.bench.HttpText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Answers every verification with success, in a process and on one thread of its own, so that it takes little of the
 * processors. A path that begins with {@code /slow} is answered after 180 to 220 ms, one with {@code /hang} never. The time
 * varies because calls that once ended together would otherwise end together for ever: their visitors come back at once.
 */
final class StandInService {
    private static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(180);
    private static final long MAX_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(220);
    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n" + "{\"success\":true}")
                    .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final Queue<Delayed> delayed = new PriorityQueue<>(Comparator.comparingLong(Delayed::due));
    private final SplittableRandom random = new SplittableRandom(1);

    private record Delayed(long due, SocketChannel channel) {}

    private StandInService() throws IOException {}

    /** Prints its port and serves until its standard input ends. */
    public static void main(String[] args) throws IOException {
        Children.endWithInput();
        new StandInService().serve();
    }

    private void serve() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16_384);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        Children.print(server.socket().getLocalPort());
        while (true) {
            Delayed next = delayed.peek();
            selector.select(next == null ? 0 : Math.max(1, (next.due - System.nanoTime()) / 1_000_000));
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                SelectionKey key = keys.next();
                if (key.isAcceptable()) {
                    SocketChannel accepted = server.accept();
                    accepted.configureBlocking(false);
                    accepted.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(8192));
                } else {
                    read((SocketChannel) key.channel(), (ByteBuffer) key.attachment());
                }
            }
            for (next = delayed.peek(); next != null && next.due <= System.nanoTime(); next = delayed.peek()) {
                delayed.remove();
                answer(next.channel);
            }
        }
    }

    private void read(SocketChannel channel, ByteBuffer buffer) throws IOException {
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
        if (!HttpText.isComplete(request)) {
            return;
        }
        buffer.clear();
        if (request.startsWith("POST /slow")) {
            delayed.add(new Delayed(System.nanoTime() + random.nextLong(MIN_DELAY_NANOS, MAX_DELAY_NANOS), channel));
        } else if (!request.startsWith("POST /hang")) {
            answer(channel);
        }
    }

    private static void answer(SocketChannel channel) throws IOException {
        try {
            channel.write(ByteBuffer.wrap(ANSWER));
        } catch (IOException reset) {
            channel.close();
        }
    }
}
