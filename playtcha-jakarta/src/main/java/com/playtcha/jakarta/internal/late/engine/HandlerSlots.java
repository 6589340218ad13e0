package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
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
    private static final long HANGING = Duration.ofMillis(500).toNanos();

    private static final int TIMES_LONGER = 4;
    /** However long recent calls took: else one slow call would let hanging ones hold all slots up to their time limit. */
    private static final long HANGING_AT_LAST = Duration.ofSeconds(5).toNanos();
    /** Beside a call that hangs, another one is taken to hang so much sooner, or a backlog of them delays all others. */
    private static final long HANGING_AS_WELL = Duration.ofMillis(100).toNanos();

    /** The most items that wait in memory; each claim reads past them in the index. */
    private static final int MAX_WAITING = 400;
    /** The most bytes of results that wait in memory. */
    private static final long MAX_WAITING_BYTES = 16 << 20;
    /** The most slots that are open besides, for calls that hang. */
    private static final int MAX_EXTRA = 128;

    /** How long a task of the executor goes on beginning calls: servers report tasks that never end as hung. */
    private static final long MAX_TASK = Duration.ofSeconds(5).toNanos();
    /** After this time, tasks that have not begun are taken to wait for threads that the executor does not have. */
    private static final long MISSING_THREADS = Duration.ofSeconds(5).toNanos();

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EngineContext context;
    private final RateLimiter limiter;
    private final Consumer<Call> handler;
    private final int max;
    // What follows is guarded by the monitor.
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final Deque<Call> waitingRetries = new ArrayDeque<>();
    private final Set<Call> calls = new LinkedHashSet<>();
    /** Tasks that the executor has accepted and that have not ended, and those of them that have begun. */
    private int workers;

    private int running;
    /** Since when all requested slots have had a thread. */
    private long complete;

    private int extra;
    private int picks;
    private int begunThisSecond;
    private int begunBefore;
    private long second;
    /** The longest of recent calls that succeeded, in nanoseconds, which shrinks with each shorter one. */
    private long decayedMaxDuration;
    /** Places for items that are being accepted. */
    private int reserved;

    private long waitingBytes;

    /** A claimed item, and the call of the handler for it once a thread has begun it. */
    static final class Call {
        final Lease lease;
        private final WorkQueue queue;
        private final long claimedAt;
        private long startedAt;
        private @Nullable Thread thread;
        private LateStore.@Nullable HandlerTransaction transaction;
        private boolean ended;
        private volatile boolean givenUp;
        private boolean interrupted;

        private Call(Lease lease, WorkQueue queue, long claimedAt) {
            this.lease = lease;
            this.queue = queue;
            this.claimedAt = claimedAt;
        }

        private synchronized void begin(long now) {
            startedAt = now;
            thread = Thread.currentThread();
        }

        /** Returns whether this is the first to give the call up, before it ended. */
        synchronized boolean giveUp() {
            boolean first = !ended && !givenUp;
            givenUp |= first;
            return first;
        }

        /** Sets the transaction that ends with the call at its time limit. */
        synchronized void use(LateStore.HandlerTransaction used) {
            transaction = used;
        }

        /**
         * Interrupts the thread while it still runs this call, and returns its transaction once, which has to be aborted:
         * an interrupt does not end a call of a database.
         */
        synchronized LateStore.@Nullable HandlerTransaction interrupt() {
            if (ended || thread == null) {
                return null;
            }
            interrupted = true;
            thread.interrupt();
            LateStore.HandlerTransaction begun = transaction;
            transaction = null;
            return begun;
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

        private boolean isOlderThan(long age, long now) {
            return thread != null && now - startedAt >= age;
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
        this.max = context.config.concurrency;
        this.second = context.nanoTime();
        this.complete = second;
    }

    private int half() {
        return Math.max(1, max / 2);
    }

    private boolean mayBegin(long now) {
        extra = extra == 0 ? 0 : extraSlots(now);
        return isHandingOver() && calls.size() - extra < limiter.limit();
    }

    private boolean isHandingOver() {
        return !context.isClosed() && !context.isPaused() && limiter.pauseLeft().isZero();
    }

    private int retrying() {
        return (int) calls.stream().filter(Call::isRetry).count();
    }

    /** Returns how many items to claim: about as many as are begun in a second wait in memory, so that leases are short. */
    synchronized int wanted() {
        int target = target();
        return waiting.size() > target / 2 ? 0 : target - waiting.size();
    }

    /** Returns how many new ones to claim while calls hang, since those that wait may be of the kind that hangs. */
    synchronized int wantedNewest() {
        return extra == 0 ? 0 : Math.max(0, 2 * target() - waiting.size());
    }

    /**
     * Reserves places for results that are being accepted, so that they need not be claimed; returns how many. Half of the places
     * are left for claims: with more arrivals than calls, what is in the store already would never be claimed.
     */
    synchronized int reserve(int wanted) {
        int places = Math.max(0, Math.min(wanted, target() / 2 - waiting.size() - reserved));
        reserved += places;
        return places;
    }

    synchronized void unreserve(int places) {
        reserved -= places;
    }

    private int target() {
        countSeconds(context.nanoTime());
        boolean isPaused = context.isPaused()
                || waitingBytes >= MAX_WAITING_BYTES
                || !limiter.pauseLeft().isZero()
                || (limiter.limit() < max && !waiting.isEmpty());
        int begun = Math.min(MAX_WAITING, 2 * Math.max(begunThisSecond, begunBefore));
        return isPaused ? 0 : Math.max(2 * max, begun);
    }

    private void countSeconds(long now) {
        if (now - second >= SECOND) {
            begunBefore = begunThisSecond;
            begunThisSecond = 0;
            second = now;
        }
    }

    /** Retries are claimed also while all slots are busy, as they are with more new items than calls. */
    synchronized int wantedRetries() {
        boolean mayWait = isHandingOver() && limiter.limit() == max;
        return mayWait || mayBegin(context.nanoTime()) ? Math.max(0, half() - retrying() - waitingRetries.size()) : 0;
    }

    /** Returns whether no item is being retried whose handler did not return before, and no other waits unless others may. */
    synchronized boolean mayRetryHung(boolean othersMayWait) {
        return (othersMayWait || waitingRetries.isEmpty())
                && waitingRetries.stream().noneMatch(call -> call.queue == WorkQueue.HUNG)
                && calls.stream().noneMatch(call -> call.queue == WorkQueue.HUNG && !call.givenUp);
    }

    /**
     * Returns whether a call for this item was given up, goes on, and its failure was not recorded: the item was claimed again
     * as soon as the end of the call's transaction had unlocked it.
     */
    synchronized boolean isStillRunning(Lease lease) {
        return calls.stream()
                .anyMatch(call -> call.givenUp
                        && call.lease.fence() != lease.fence()
                        && call.lease.failures() == lease.failures()
                        && call.lease.id().equals(lease.id()));
    }

    synchronized void add(WorkQueue queue, List<Lease> leases) {
        long now = context.nanoTime();
        for (Lease lease : leases) {
            (queue == WorkQueue.DELIVER ? waiting : waitingRetries).addLast(new Call(lease, queue, now));
            waitingBytes += bytes(lease);
        }
    }

    /** Has as many threads work as there is work for. */
    void start() {
        int missing;
        synchronized (this) {
            long now = context.nanoTime();
            int retries = Math.max(0, Math.min(half() - retrying(), waitingRetries.size()));
            int work = calls.size() + waiting.size() + retries;
            missing = mayBegin(now) ? Math.min(limiter.limit() + extra, work) - workers : 0;
            workers += Math.max(0, missing);
        }
        while (missing-- > 0) {
            if (!context.tryExecute(context.handlers, this::work)) {
                synchronized (this) {
                    workers -= missing + 1;
                }
                return;
            }
        }
    }

    private void work() {
        long end;
        synchronized (this) {
            running++;
            end = context.nanoTime() + MAX_TASK;
        }
        for (Call call = next(end); call != null; call = next(end)) {
            handle(call);
        }
        // Another task goes on where this one ended because of its time.
        start();
    }

    /**
     * Where this throws, as a log on a full disk may, its task ends. An item of which nothing was recorded is claimed again once
     * its lease has ended.
     */
    private void handle(Call call) {
        boolean threw = true;
        try {
            handler.accept(call);
            threw = false;
        } finally {
            call.end();
            if (threw) {
                context.leases.remove(call.lease);
            }
            synchronized (this) {
                calls.remove(call);
                workers -= threw ? 1 : 0;
                running -= threw ? 1 : 0;
            }
            if (threw) {
                context.wakeDeliveries();
            }
        }
    }

    /** Returns null where nothing may be begun; this thread is no longer counted then. */
    private @Nullable Call next(long end) {
        boolean refill = false;
        Call call = null;
        synchronized (this) {
            try {
                long now = context.nanoTime();
                call = now - end < 0 && mayBegin(now) ? poll() : null;
                if (call != null) {
                    waitingBytes -= bytes(call.lease);
                    call.begin(now);
                    calls.add(call);
                    countSeconds(now);
                    begunThisSecond++;
                    refill = waiting.size() <= max;
                }
            } finally {
                // Decrement within the same block: start() reads this count.
                workers -= call == null ? 1 : 0;
                running -= call == null ? 1 : 0;
            }
        }
        if (refill) {
            context.wakeDeliveries();
        }
        return call;
    }

    /** Alternates between the oldest, the newest, and retries; mostly takes the newest while calls hang. */
    private @Nullable Call poll() {
        picks++;
        boolean mayRetry = (waiting.isEmpty() || picks % 3 == 0) && retrying() < half();
        Call retry = mayRetry ? waitingRetries.poll() : null;
        if (retry != null) {
            return retry;
        }
        return picks % (extra > 0 ? 4 : 2) == 0 ? waiting.pollFirst() : waiting.pollLast();
    }

    synchronized void succeeded(Call call) {
        decayedMaxDuration = Math.max(context.nanoTime() - call.startedAt, decayedMaxDuration / 8 * 7);
    }

    /** Gives up calls that have taken too long, and returns them. */
    List<Call> watch() {
        long now = context.nanoTime();
        List<Call> overdue;
        boolean hasRoom;
        synchronized (this) {
            overdue = calls.stream()
                    .filter(call -> call.isOlderThan(context.config.handlerTimeout.toNanos(), now))
                    .toList();
            int before = extra;
            extra = extraSlots(now);
            hasRoom = extra > before;
            complete = running == workers ? now : complete;
            if (now - complete > MISSING_THREADS) {
                String line = "The executor of late results has given {} of {} threads; give it more,"
                        + " or set late-concurrency lower";
                context.warn(LOG, "threads", line, running, workers);
            }
        }
        context.metrics.observeOverdueHandlers(overdue.size());
        List<Call> givenUp = overdue.stream().filter(Call::giveUp).toList();
        if (hasRoom || !givenUp.isEmpty()) {
            context.wakeDeliveries();
        }
        return givenUp;
    }

    /** Those that hang keep half of the slots, and those that were given up but do not end keep none. */
    private int extraSlots(long now) {
        long longer = Math.min(HANGING_AT_LAST, decayedMaxDuration * TIMES_LONGER);
        boolean hasHanging = calls.stream().anyMatch(call -> call.isOlderThan(Math.max(longer, HANGING), now));
        long hangs = Math.max(longer, hasHanging ? HANGING_AS_WELL : HANGING);
        int hanging = 0;
        int stuck = 0;
        for (Call call : calls) {
            stuck += call.givenUp ? 1 : 0;
            hanging += !call.givenUp && call.isOlderThan(hangs, now) ? 1 : 0;
        }
        return Math.min(MAX_EXTRA, stuck + Math.max(0, hanging - Math.min(max, limiter.limit()) / 2));
    }

    /** Returns about how much memory a lease takes: the characters of its result. */
    private static long bytes(Lease lease) {
        LateResult result = lease.result();
        String code = result == null ? null : result.getCode();
        return code == null ? 0 : code.length();
    }

    /** Removes what has waited for at least this long, and returns it. */
    List<Lease> removeWaiting(Duration waited) {
        List<Lease> removed = new ArrayList<>();
        synchronized (this) {
            long now = context.nanoTime();
            for (Deque<Call> queue : List.of(waiting, waitingRetries)) {
                while (!queue.isEmpty() && now - queue.getFirst().claimedAt >= waited.toNanos()) {
                    Lease lease = queue.remove().lease;
                    waitingBytes -= bytes(lease);
                    removed.add(lease);
                }
            }
        }
        return removed;
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }
}
