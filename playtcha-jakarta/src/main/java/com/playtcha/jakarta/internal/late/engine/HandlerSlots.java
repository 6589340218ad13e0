package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs calls of the handler on a limited number of slots, each a task that takes claimed items until none is left.
 * Retries have at most half of the slots, and so have calls that hang: for others a slot is opened instead. Thread-safe.
 */
final class HandlerSlots {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerSlots.class);
    /** A call hangs once it takes this long, and four times longer than recent ones. */
    private static final Duration HANGING = Duration.ofMillis(500);

    private static final int TIMES_LONGER = 4;
    /** Slots that are opened instead of those of calls that hang. */
    private static final int MAX_REPLACED = 128;

    private final EngineContext context;
    private final Executor executor;
    private final RateLimiter limiter;
    private final Consumer<Call> handler;
    private final int most;
    private final Object lock = new Object();
    // What follows is guarded by the lock.
    private final Deque<Claimed> waiting = new ArrayDeque<>();
    private final Deque<Claimed> waitingRetries = new ArrayDeque<>();
    private final List<Lease> old = new ArrayList<>();
    private final Set<Call> calls = new LinkedHashSet<>();
    private final Set<Slot> slots = new LinkedHashSet<>();
    private int replaced;
    private int retrying;
    private boolean retryingHung;
    private int turn;
    private int begunThisSecond;
    private int begunBefore;
    private Instant second = Instant.MIN;
    /** The longest of recent calls that succeeded, which shrinks with each shorter one. */
    private Duration usual = Duration.ZERO;

    private record Claimed(Lease lease, Instant at, WorkQueue queue) {}

    /** A task on the executor. */
    private static final class Slot {
        final Instant openedAt;
        boolean started;

        Slot(Instant openedAt) {
            this.openedAt = openedAt;
        }
    }

    /** One call of the handler. */
    final class Call {
        final Lease lease;
        private final WorkQueue queue;
        private final Slot slot;
        private final Thread thread = Thread.currentThread();
        private final Instant startedAt;
        /** Guarded by the lock of all slots: given up, so that it counts neither as a retry nor as a slot. */
        private boolean abandoned;

        private boolean ended;
        private boolean givenUp;
        private boolean interrupted;

        private Call(Claimed claimed, Slot slot, Instant startedAt) {
            this.lease = claimed.lease;
            this.queue = claimed.queue;
            this.slot = slot;
            this.startedAt = startedAt;
        }

        /** Returns whether this is the first to give the call up, before it ended. */
        synchronized boolean giveUp() {
            boolean first = !ended && !givenUp;
            givenUp |= first;
            return first;
        }

        /** Interrupts the thread while it still runs this call. */
        synchronized void interrupt() {
            if (!ended) {
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
    }

    HandlerSlots(EngineContext context, Executor executor, RateLimiter limiter, Consumer<Call> handler) {
        this.context = context;
        this.executor = executor;
        this.limiter = limiter;
        this.handler = handler;
        this.most = context.config.concurrency;
    }

    private int half() {
        return Math.max(1, most / 2);
    }

    /** Returns how many items to claim: about as many as are begun in a second wait in memory, so that leases are short. */
    int wanted() {
        synchronized (lock) {
            Instant now = context.now();
            countSeconds(now);
            int target = Math.max(2 * most, 2 * Math.max(begunThisSecond, begunBefore));
            boolean isPaused = limiter.allowance(now) == 0 && limiter.limit() < most;
            return waiting.size() > target / 2 || isPaused ? 0 : target - waiting.size();
        }
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
            boolean isPaused = limiter.allowance(context.now()) == 0;
            return isPaused ? 0 : Math.max(0, half() - retrying - waitingRetries.size());
        }
    }

    boolean mayRetryHung() {
        synchronized (lock) {
            return !retryingHung
                    && waitingRetries.isEmpty()
                    && retrying < half()
                    && limiter.allowance(context.now()) > 0;
        }
    }

    void add(WorkQueue queue, List<Lease> leases, Instant now) {
        synchronized (lock) {
            for (Lease lease : leases) {
                (queue == WorkQueue.DELIVER ? waiting : waitingRetries).addLast(new Claimed(lease, now, queue));
                retryingHung |= queue == WorkQueue.HUNG;
            }
        }
    }

    /** Opens as many slots as there is work for. */
    void start() {
        List<Slot> opened = new ArrayList<>();
        synchronized (lock) {
            replaceHanging(context.now());
            int retries = Math.max(0, Math.min(half() - retrying, waitingRetries.size()));
            int wanted = Math.min(most, calls.size() - replaced + waiting.size() + retries);
            while (!context.isClosed() && slots.size() < wanted) {
                Slot slot = new Slot(context.now());
                slots.add(slot);
                opened.add(slot);
            }
        }
        for (int i = 0; i < opened.size(); i++) {
            Slot slot = opened.get(i);
            boolean accepted = false;
            try {
                executor.execute(() -> serve(slot));
                accepted = true;
            } catch (RuntimeException | Error e) {
                if (!context.isClosed() && context.log.count("rejected work") > 0) {
                    LOG.warn("The executor rejects work of late results; it is tried again: {}", e.toString());
                }
            }
            if (!accepted) {
                synchronized (lock) {
                    slots.removeAll(opened.subList(i, opened.size()));
                }
                return;
            }
        }
    }

    private void serve(Slot slot) {
        synchronized (lock) {
            slot.started = true;
            if (!slots.contains(slot)) {
                // It was considered lost.
                return;
            }
        }
        Call call = next(slot);
        while (call != null) {
            try {
                handler.accept(call);
            } catch (RuntimeException | Error e) {
                LOG.error("The engine of late results failed at an item; it is tried again when its lease expires", e);
            }
            call = ended(call) ? next(slot) : null;
        }
    }

    /** Returns null where the slot is closed, since nothing may be begun. */
    private @Nullable Call next(Slot slot) {
        boolean refill;
        Call call = null;
        synchronized (lock) {
            Instant now = context.now();
            Claimed claimed = context.isClosed() || limiter.allowance(now) == 0 ? null : poll(now);
            if (claimed == null) {
                slots.remove(slot);
            } else {
                limiter.began();
                retrying += claimed.queue == WorkQueue.DELIVER ? 0 : 1;
                countSeconds(now);
                begunThisSecond++;
                call = new Call(claimed, slot, now);
                calls.add(call);
            }
            refill = waiting.size() <= most;
        }
        if (refill && call != null) {
            context.wakeDeliveries();
        }
        return call;
    }

    /** Takes what has waited longest, what came last, and a retry in turns. */
    private @Nullable Claimed poll(Instant now) {
        setOldAside(now);
        turn++;
        boolean mayRetry = retrying < half() && (waiting.isEmpty() || turn % 3 == 0);
        Claimed retry = mayRetry ? waitingRetries.poll() : null;
        if (retry != null) {
            return retry;
        }
        return turn % 2 == 0 ? waiting.pollLast() : waiting.pollFirst();
    }

    /** A call must not outlive its lease, since another node may take the item then. */
    private void setOldAside(Instant now) {
        Duration startWithin = context.config.lease.minus(context.config.handlerTimeout);
        for (Deque<Claimed> queue : List.of(waiting, waitingRetries)) {
            queue.removeIf(each -> {
                boolean isOld = !each.at.plus(startWithin).isAfter(now);
                return isOld && old.add(each.lease);
            });
        }
    }

    /** Removes what has waited for too long and returns it. */
    List<Lease> removeOld() {
        synchronized (lock) {
            setOldAside(context.now());
            retryingHung = isHung(waitingRetries.stream().map(Claimed::queue))
                    || isHung(calls.stream().filter(call -> !call.abandoned).map(call -> call.queue));
            List<Lease> removed = List.copyOf(old);
            old.clear();
            return removed;
        }
    }

    private static boolean isHung(Stream<WorkQueue> queues) {
        return queues.anyMatch(queue -> queue == WorkQueue.HUNG);
    }

    /** Returns whether the slot goes on, which it does not where another was opened instead. */
    private boolean ended(Call call) {
        call.end();
        synchronized (lock) {
            calls.remove(call);
            lock.notifyAll();
            if (call.queue != WorkQueue.DELIVER && !call.abandoned) {
                retrying--;
                retryingHung &= call.queue != WorkQueue.HUNG;
            }
            if (slots.contains(call.slot)) {
                limiter.ended();
                return true;
            }
            replaced--;
            return false;
        }
    }

    void succeeded(Call call) {
        synchronized (lock) {
            Duration took = Duration.between(call.startedAt, context.now());
            Duration shrunk = usual.multipliedBy(7).dividedBy(8);
            usual = took.compareTo(shrunk) > 0 ? took : shrunk;
        }
    }

    /** Gives up calls that have taken too long, and returns them. */
    List<Call> watch() {
        Instant now = context.now();
        List<Call> overdue;
        synchronized (lock) {
            overdue = calls.stream()
                    .filter(call -> call.isOlderThan(context.config.handlerTimeout, now))
                    .toList();
            // An executor may lose what it accepted.
            slots.removeIf(slot ->
                    !slot.started && !slot.openedAt.plus(context.config.lease).isAfter(now));
        }
        context.metrics.observeOverdueHandlers(overdue.size());
        List<Call> givenUp = overdue.stream().filter(Call::giveUp).toList();
        givenUp.forEach(this::abandon);
        start();
        return givenUp;
    }

    /** A call that ignores its interrupt would keep its share of retries and its slot for ever. */
    private void abandon(Call call) {
        synchronized (lock) {
            if (!calls.contains(call)) {
                return;
            }
            call.abandoned = true;
            retrying -= call.queue == WorkQueue.DELIVER ? 0 : 1;
            if (slots.contains(call.slot) && replaced < MAX_REPLACED) {
                replace(call);
            }
        }
    }

    private void replace(Call call) {
        slots.remove(call.slot);
        limiter.ended();
        replaced++;
    }

    /** Closes slots of calls that hang, beyond half of them, where something waits; those calls go on. */
    private void replaceHanging(Instant now) {
        if (waiting.isEmpty() && waitingRetries.isEmpty()) {
            return;
        }
        Duration limit = usual.multipliedBy(TIMES_LONGER);
        Duration hangs = limit.compareTo(HANGING) > 0 ? limit : HANGING;
        List<Call> hanging = calls.stream()
                .filter(call -> slots.contains(call.slot) && call.isOlderThan(hangs, now))
                .sorted(Comparator.comparing(call -> call.startedAt))
                .toList();
        int excess = hanging.size() - Math.min(most, limiter.limit()) / 2;
        for (Call call : hanging) {
            if (excess-- <= 0 || replaced >= MAX_REPLACED) {
                break;
            }
            replace(call);
        }
        if (replaced >= MAX_REPLACED && context.log.count("stuck") > 0) {
            LOG.warn("No more slots are opened: {} calls of the handler hang", replaced);
        }
    }

    /** Removes what waits and returns it. */
    List<Lease> removeWaiting() {
        synchronized (lock) {
            for (Deque<Claimed> queue : List.of(waiting, waitingRetries)) {
                queue.forEach(each -> old.add(each.lease));
                queue.clear();
            }
            return removeOld();
        }
    }

    List<Call> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }

    /** Waits until no call is running. */
    boolean awaitIdle(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (!calls.isEmpty()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, Math.max(left, 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        }
    }
}
