package com.playtcha.jakarta.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The requests received since the last reset. Guarded by its own monitor; a request that began before a reset ends in the journal it
 * began in.
 *
 * @param <R> what is received
 */
final class RequestJournal<R> {
    private static final int MAX_KEPT = 10_000;
    private static final int MAX_KEPT_BYTES = 32 * 1024 * 1024;
    private static final int MAX_MALFORMED_KEPT = 1_000;
    private static final int MAX_REDEEMED = 100_000;

    private final Deque<R> requests = new ArrayDeque<>();
    private final Deque<String> malformed = new ArrayDeque<>();
    private final Set<String> redeemed = new HashSet<>();
    private final Set<ClientConnection> answering = new HashSet<>();
    private final ToIntFunction<R> size;
    private int keptBytes;
    private int requestCount;
    private int malformedCount;
    private int inFlight;
    private int maxInFlight;

    /**
     * An empty one.
     *
     * @param size how many bytes one takes, about
     */
    RequestJournal(ToIntFunction<R> size) {
        this.size = size;
    }

    synchronized void begin(R request, ClientConnection connection) {
        requestCount++;
        inFlight++;
        maxInFlight = Math.max(maxInFlight, inFlight);
        answering.add(connection);
        requests.add(request);
        keptBytes += size.applyAsInt(request);
        while (requests.size() > MAX_KEPT || keptBytes > MAX_KEPT_BYTES) {
            keptBytes -= size.applyAsInt(requests.remove());
        }
        notifyAll();
    }

    synchronized void end(ClientConnection connection) {
        inFlight--;
        answering.remove(connection);
    }

    synchronized void malformed(String what) {
        malformedCount++;
        if (malformed.size() == MAX_MALFORMED_KEPT) {
            malformed.remove();
        }
        malformed.add(what);
    }

    /** True the first time only. */
    synchronized boolean redeem(String token) {
        if (redeemed.size() >= MAX_REDEEMED) {
            // Real tokens live five minutes; forgetting all of them after so many is no worse.
            redeemed.clear();
        }
        return redeemed.add(token);
    }

    /** Waits for that many requests; false once the time is over. */
    synchronized boolean await(int count, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        while (requestCount < count && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = end - System.nanoTime();
        }
        return requestCount >= count;
    }

    synchronized List<R> requests() {
        return List.copyOf(requests);
    }

    synchronized List<String> malformed() {
        return List.copyOf(malformed);
    }

    synchronized List<ClientConnection> answering() {
        return new ArrayList<>(answering);
    }

    synchronized int requestCount() {
        return requestCount;
    }

    synchronized int malformedCount() {
        return malformedCount;
    }

    synchronized int inFlight() {
        return inFlight;
    }

    synchronized int maxInFlight() {
        return maxInFlight;
    }
}
