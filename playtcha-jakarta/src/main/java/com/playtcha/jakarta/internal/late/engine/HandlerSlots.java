package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs calls of the handler, as many at once as there are slots. Retries have at most half of the slots, and so have
 * calls that hang: for each further one, another slot is open until it ends. Thread-safe.
 */
final class HandlerSlots {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerSlots.class);
    /** A call hangs once it takes this long, and four times longer than recent ones. */
    private static final Duration HANGING = Duration.ofMillis(500);

    private static final int TIMES_LONGER = 4;
    /** Beside a call that hangs, another one is taken to hang so much sooner, or a backlog of them delays all others. */
    private static final Duration HANGING_AS_WELL = Duration.ofMillis(100);

    /** The most items that wait in memory; each claim reads past them in the index. */
    private static final int MAX_WAITING = 400;
    /** The most slots that are open besides, for calls that hang. */
    private static final int MAX_EXTRA = 128;

    private final EngineContext context;
    private final RateLimiter limiter;
    private final Consumer<Call> handler;
    private final int most;
    private final Object lock = new Object();
    // What follows is guarded by the lock.
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final Deque<Call> waitingRetries = new ArrayDeque<>();
    private final Set<Call> calls = new LinkedHashSet<>();
    private int workers;
    private int extra;
    private int turn;
    private int begunThisSecond;
    private int begunBefore;
    private Instant second = Instant.MIN;
    /** The longest of recent calls that succeeded, which shrinks with each shorter one. */
    private Duration usual = Duration.ZERO;

    /** A claimed item, and the call of the handler for it once a thread has begun it. */
    static final class Call {
        final Lease lease;
        private final WorkQueue queue;
        final Instant claimedAt;
        private Instant startedAt = Instant.MAX;
        private @Nullable Thread thread;
        private boolean ended;
        private volatile boolean givenUp;
        private boolean interrupted;

        private Call(Lease lease, WorkQueue queue, Instant claimedAt) {
            this.lease = lease;
            this.queue = queue;
            this.claimedAt = claimedAt;
        }

        private synchronized void begin(Instant now) {
            startedAt = now;
            thread = Thread.currentThread();
        }

        /** Returns whether this is the first to give the call up, before it ended. */
        synchronized boolean giveUp() {
            boolean first = !ended && !givenUp;
            givenUp |= first;
            return first;
        }

        /** Interrupts the thread while it still runs this call. */
        synchronized void interrupt() {
            if (!ended && thread != null) {
                interrupted = true;
                thread.interrupt();
            }
        }

        /**
         * Ends the call; returns false where it was given up. Clears the interrupt flag that giving up may have set, so
         * that the thread's next work is not interrupted.
         */
        synchronized boolean end() {
            ended = true;
            if (interrupted) {
                Thread.interrupted();
            }
            return !givenUp;
        }

        private boolean isOlderThan(Duration age, Instant now) {
            return !startedAt.plus(age).isAfter(now);
        }

        /** One that was given up but ignores its interrupt would keep the share of retries for ever. */
        private boolean isRetry() {
            return queue != WorkQueue.DELIVER && !givenUp;
        }
    }

    HandlerSlots(EngineContext context, RateLimiter limiter, Consumer<Call> handler) {
        this.context = context;
        this.limiter = limiter;
        this.handler = handler;
        this.most = context.config.concurrency;
    }

    private int half() {
        return Math.max(1, most / 2);
    }

    private boolean mayBegin(Instant now) {
        extra = extra == 0 ? 0 : extraSlots(now);
        return !context.isClosed() && limiter.held(now).isZero() && calls.size() - extra < limiter.limit();
    }

    private int retrying() {
        return (int) calls.stream().filter(Call::isRetry).count();
    }

    /** Returns how many items to claim: about as many as are begun in a second wait in memory, so that leases are short. */
    int wanted() {
        synchronized (lock) {
            int target = target();
            return waiting.size() > target / 2 ? 0 : target - waiting.size();
        }
    }

    /** Returns how many new ones to claim while calls hang, since those that wait may be of the kind that hangs. */
    int wantedNewest() {
        synchronized (lock) {
            return extra == 0 ? 0 : Math.max(0, 2 * target() - waiting.size());
        }
    }

    private int target() {
        Instant now = context.now();
        countSeconds(now);
        boolean isPaused = !limiter.held(now).isZero() || (limiter.limit() < most && !waiting.isEmpty());
        int begun = Math.min(MAX_WAITING, 2 * Math.max(begunThisSecond, begunBefore));
        return isPaused ? 0 : Math.max(2 * most, begun);
    }

    private void countSeconds(Instant now) {
        if (now.isBefore(second) || !now.isBefore(second.plusSeconds(1))) {
            begunBefore = begunThisSecond;
            begunThisSecond = 0;
            second = now;
        }
    }

    int wantedRetries() {
        synchronized (lock) {
            return mayBegin(context.now()) ? Math.max(0, half() - retrying() - waitingRetries.size()) : 0;
        }
    }

    /** Returns whether no item is being retried whose handler did not return before, and nothing else waits. */
    boolean mayRetryHung() {
        synchronized (lock) {
            return waitingRetries.isEmpty()
                    && calls.stream().noneMatch(call -> call.queue == WorkQueue.HUNG && !call.givenUp);
        }
    }

    void add(WorkQueue queue, List<Lease> leases, Instant now) {
        synchronized (lock) {
            for (Lease lease : leases) {
                (queue == WorkQueue.DELIVER ? waiting : waitingRetries).addLast(new Call(lease, queue, now));
            }
        }
    }

    /** Has as many threads work as there is work for. */
    void start() {
        int missing;
        synchronized (lock) {
            Instant now = context.now();
            int retries = Math.max(0, Math.min(half() - retrying(), waitingRetries.size()));
            int work = calls.size() + waiting.size() + retries;
            missing = mayBegin(now) ? Math.min(limiter.limit() + extra, work) - workers : 0;
            workers += Math.max(0, missing);
        }
        while (missing-- > 0) {
            if (!context.tryRun(context.handlers, this::work)) {
                synchronized (lock) {
                    workers -= missing + 1;
                }
                return;
            }
        }
    }

    private void work() {
        for (Call call = next(); call != null; call = next()) {
            try {
                handler.accept(call);
            } catch (RuntimeException | Error e) {
                LOG.error("The engine of late results failed at an item; it is tried again when its lease expires", e);
            } finally {
                call.end();
                synchronized (lock) {
                    calls.remove(call);
                }
            }
        }
    }

    /** Returns null where nothing may be begun; this thread is no longer counted then. */
    private @Nullable Call next() {
        boolean refill = false;
        Call call = null;
        synchronized (lock) {
            try {
                Instant now = context.now();
                call = mayBegin(now) ? poll(now) : null;
                if (call != null) {
                    call.begin(now);
                    calls.add(call);
                    countSeconds(now);
                    begunThisSecond++;
                    refill = waiting.size() <= most;
                }
            } finally {
                // In the same turn of the lock: whoever adds work next must find one worker less.
                workers -= call == null ? 1 : 0;
            }
        }
        if (refill) {
            context.wakeDeliveries();
        }
        return call;
    }

    /** Takes what has waited longest, what came last, and a retry in turns; mostly what came last while calls hang. */
    private @Nullable Call poll(Instant now) {
        turn++;
        boolean mayRetry = (waiting.isEmpty() || turn % 3 == 0) && retrying() < half();
        Call retry = mayRetry ? waitingRetries.poll() : null;
        if (retry != null) {
            return retry;
        }
        return turn % (extra > 0 ? 4 : 2) == 0 ? waiting.pollFirst() : waiting.pollLast();
    }

    void succeeded(Call call) {
        synchronized (lock) {
            Duration took = Duration.between(call.startedAt, context.now());
            usual = longest(took, usual.multipliedBy(7).dividedBy(8));
        }
    }

    /** Gives up calls that have taken too long, and returns them. */
    List<Call> watch() {
        Instant now = context.now();
        List<Call> overdue;
        boolean hasRoom;
        synchronized (lock) {
            overdue = calls.stream()
                    .filter(call -> call.isOlderThan(context.config.handlerTimeout, now))
                    .toList();
            int before = extra;
            extra = extraSlots(now);
            hasRoom = extra > before;
        }
        context.metrics.observeOverdueHandlers(overdue.size());
        List<Call> givenUp = overdue.stream().filter(Call::giveUp).toList();
        if (hasRoom || !givenUp.isEmpty()) {
            context.wakeDeliveries();
        }
        return givenUp;
    }

    /** Those that hang keep half of the slots, and those that were given up but do not end keep none. */
    private int extraSlots(Instant now) {
        Duration longer = usual.multipliedBy(TIMES_LONGER);
        boolean isKnown = calls.stream().anyMatch(call -> call.isOlderThan(longest(longer, HANGING), now));
        Duration hangs = longest(longer, isKnown ? HANGING_AS_WELL : HANGING);
        int hanging = 0;
        int stuck = 0;
        for (Call call : calls) {
            stuck += call.givenUp ? 1 : 0;
            hanging += !call.givenUp && call.isOlderThan(hangs, now) ? 1 : 0;
        }
        return Math.min(MAX_EXTRA, stuck + Math.max(0, hanging - Math.min(most, limiter.limit()) / 2));
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Removes what was claimed by then and still waits, and returns it. */
    List<Lease> removeWaiting(Instant claimedBy) {
        List<Lease> removed = new ArrayList<>();
        synchronized (lock) {
            for (Deque<Call> queue : List.of(waiting, waitingRetries)) {
                while (!queue.isEmpty() && !queue.getFirst().claimedAt.isAfter(claimedBy)) {
                    removed.add(queue.remove().lease);
                }
            }
        }
        return removed;
    }

    List<Call> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }
}
