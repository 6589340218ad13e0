package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.it.bench.HttpText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Visitors that send one form after the other over kept connections, on one thread; and one visitor of another page,
 * 200 times a second, on a second thread. Visitors arrive one after the other, 400 in a second. One that is told 503 comes
 * back after the second that {@code Retry-After} asks for and up to another second, as people do: without it, all who
 * were refused would come back within the same millisecond, again and again.
 */
final class Load {
    private static final AtomicLong TOKENS = new AtomicLong(System.nanoTime());
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long BETWEEN_ARRIVALS = SECOND / 400;

    /** What the visitors of a page saw; times in microseconds. */
    record Seen(double perSecond, double p50, double p99, double max, long refused, long failed) {}

    /** Both pages' figures, and the number of requests to the guarded one. */
    record Result(Seen guarded, Seen other, long requests) {}

    private final int port;
    private final String path;
    private final long thinkNanos;
    private final Times times = new Times();
    private final Random random = new Random(1);
    private final PriorityQueue<Visitor> resting = new PriorityQueue<>(Comparator.comparingLong(v -> v.next));
    private long refused;
    private long failed;

    private Load(int port, String path, long thinkNanos) {
        this.port = port;
        this.path = path;
        this.thinkNanos = thinkNanos;
    }

    /** Sends forms to the path for that long; with no visitors only the other page is visited. */
    static Result run(int port, String path, int visitors, long thinkMillis, long seconds) throws Exception {
        Load load = new Load(port, path, TimeUnit.MILLISECONDS.toNanos(thinkMillis));
        Times other = new Times();
        AtomicBoolean over = new AtomicBoolean();
        Thread second = new Thread(() -> visitOtherPage(port, other, over), "other-page");
        second.start();
        long end = System.nanoTime() + seconds * SECOND;
        if (visitors == 0) {
            TimeUnit.SECONDS.sleep(seconds);
        } else {
            load.visit(visitors, end);
        }
        over.set(true);
        second.join();
        return new Result(
                load.times.seen(seconds, load.refused, load.failed),
                other.seen(seconds, 0, 0),
                load.times.count() + load.refused + load.failed);
    }

    private void visit(int count, long end) throws IOException {
        Selector selector = Selector.open();
        List<Visitor> visitors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Visitor visitor = new Visitor(selector);
            visitor.next = System.nanoTime() + i * BETWEEN_ARRIVALS;
            visitors.add(visitor);
            resting.add(visitor);
        }
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            while (!resting.isEmpty() && resting.element().next <= now) {
                resting.remove().send();
            }
            long wait = resting.isEmpty() ? end - now : Math.min(end - now, resting.element().next - now);
            selector.select(Math.max(1, wait / 1_000_000));
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                ((Visitor) keys.next().attachment()).receive();
            }
        }
        for (Visitor visitor : visitors) {
            visitor.channel.close();
        }
        selector.close();
    }

    private final class Visitor {
        private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        private final Selector selector;
        private SocketChannel channel;
        private long sentAt;
        private long next;

        Visitor(Selector selector) throws IOException {
            this.selector = selector;
            this.channel = connect();
        }

        private SocketChannel connect() throws IOException {
            SocketChannel opened = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            opened.configureBlocking(false);
            opened.register(selector, SelectionKey.OP_READ, this);
            return opened;
        }

        void send() throws IOException {
            String body = "name=Ada&playtcha-response=tok-" + TOKENS.incrementAndGet();
            String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            sentAt = System.nanoTime();
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        }

        void receive() throws IOException {
            int count;
            try {
                count = channel.read(in);
            } catch (IOException reset) {
                count = -1;
            }
            String response = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
            boolean complete = HttpText.isComplete(response);
            if (count >= 0 && !complete) {
                return;
            }
            in.clear();
            long now = System.nanoTime();
            int status = complete ? HttpText.status(response) : 0;
            if (status == 200) {
                times.add(now - sentAt);
            } else if (status == 503) {
                refused++;
            } else {
                failed++;
            }
            if (count < 0 || response.contains("Connection: close")) {
                channel.close();
                channel = connect();
            }
            next = now + (status == 200 ? thinkNanos : SECOND + random.nextInt((int) SECOND));
            if (next == now) {
                send();
            } else {
                resting.add(this);
            }
        }
    }

    private static void visitOtherPage(int port, Times times, AtomicBoolean over) {
        byte[] request = "GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            long due = System.nanoTime();
            while (!over.get()) {
                due += SECOND / 200;
                LockSupport.parkNanos(due - System.nanoTime());
                long begun = System.nanoTime();
                channel.write(ByteBuffer.wrap(request));
                in.clear();
                do {
                    if (channel.read(in) < 0) {
                        throw new IOException("closed");
                    }
                } while (!HttpText.isComplete(new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII)));
                // What waited behind a late response counts from when it was due, but no wait of the thread's own.
                times.add(System.nanoTime() - begun);
                due = Math.max(due, System.nanoTime() - SECOND / 200);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the other page cannot be visited", e);
        }
    }

    /** Durations; used by one thread, and read when it has ended. */
    private static final class Times {
        private long[] nanos = new long[1 << 16];
        private int count;

        void add(long duration) {
            if (count == nanos.length) {
                nanos = java.util.Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = duration;
        }

        long count() {
            return count;
        }

        Seen seen(long seconds, long refused, long failed) {
            long[] sorted = java.util.Arrays.copyOf(nanos, count);
            java.util.Arrays.sort(sorted);
            return new Seen(
                    (double) count / seconds, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), refused, failed);
        }

        private static double at(long[] sorted, double share) {
            return sorted.length == 0
                    ? Double.NaN
                    : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1e3;
        }
    }
}
