package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.interleavings.StressCase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Calls that lease connections to a server on loopback and end in every way, also by another thread meanwhile. */
public class ConnectionPoolStress implements StressCase {
    private static final int THREADS = 4;
    private static final int CALLS = 25;
    private static final int CAPACITY = 3;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    @Override
    public void run(int rounds) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
            for (int i = 0; i < rounds; i++) {
                new Round(server, i).run(threads);
            }
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private static final class Round {
        private final ConnectionPool pool = new ConnectionPool(CAPACITY);
        private final Set<UpstreamConnection> inUse = ConcurrentHashMap.newKeySet();
        private final Queue<UpstreamConnection> opened = new ConcurrentLinkedQueue<>();
        private final Queue<SocketChannel> accepted = new ConcurrentLinkedQueue<>();
        /** Connections of calls that another thread ended, none of which may be leased again. */
        private final Set<UpstreamConnection> ended = ConcurrentHashMap.newKeySet();

        private final ServerSocketChannel server;
        private final int seed;

        Round(ServerSocketChannel server, int seed) {
            this.server = server;
            this.seed = seed;
        }

        void run(ExecutorService threads) throws Exception {
            Queue<RunningCall> running = new ConcurrentLinkedQueue<>();
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed * 31L + i);
                callers.add(threads.submit(() -> {
                    for (int call = 0; call < CALLS; call++) {
                        call(random, running);
                    }
                    return null;
                }));
            }
            Future<?> watchdog = threads.submit(() -> {
                while (!callers.stream().allMatch(Future::isDone)) {
                    RunningCall call = running.poll();
                    if (call != null) {
                        call.end(RunningCall.End.TIMEOUT);
                    }
                    pool.closeExpired();
                }
            });
            for (Future<?> caller : callers) {
                caller.get(2, TimeUnit.MINUTES);
            }
            watchdog.get(2, TimeUnit.MINUTES);
            checkRoom();
            pool.stop();
            opened.forEach(connection -> check(!connection.channel.isOpen(), "a connection is left open"));
            for (SocketChannel channel : accepted) {
                channel.close();
            }
        }

        private void call(Random random, Queue<RunningCall> running) throws IOException {
            RunningCall call = new RunningCall(Duration.ofMinutes(1));
            boolean endedByAnother = random.nextInt(4) == 0;
            Duration keepAlive = random.nextInt(8) == 0 ? null : KEEP_ALIVE;
            UpstreamConnection connection = null;
            try {
                connection = lease(call);
                check(inUse.add(connection), "a connection is used by two calls");
                check(!ended.contains(connection), "the connection of a call that was ended is used again");
                if (endedByAnother) {
                    running.add(call);
                }
            } finally {
                if (connection != null) {
                    inUse.remove(connection);
                }
                if (call.ended() == RunningCall.End.TIMEOUT && connection != null) {
                    ended.add(connection);
                }
                pool.release(call, keepAlive);
            }
        }

        private UpstreamConnection lease(RunningCall call) throws IOException {
            UpstreamConnection connection = pool.lease(call);
            if (connection == null) {
                SocketChannel channel = SocketChannel.open(server.getLocalAddress());
                accepted.add(server.accept());
                connection = new UpstreamConnection(channel);
                opened.add(connection);
            }
            call.connection = connection;
            call.attach(connection.channel);
            return connection;
        }

        /** Had a call not been counted back, the pool would keep fewer connections than it has room for. */
        private void checkRoom() throws IOException {
            List<RunningCall> calls = new ArrayList<>();
            for (int i = 0; i < CAPACITY + 1; i++) {
                RunningCall call = new RunningCall(Duration.ofMinutes(1));
                lease(call);
                calls.add(call);
            }
            int kept = 0;
            for (RunningCall call : calls) {
                pool.release(call, KEEP_ALIVE);
                kept += call.connection.channel.isOpen() ? 1 : 0;
            }
            check(kept == CAPACITY, kept + " connections are kept of " + CAPACITY);
        }

        private void check(boolean holds, String message) {
            if (!holds) {
                throw new IllegalStateException("Round " + seed + ": " + message);
            }
        }
    }
}
