package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks requests that failed open: each joins a bounded queue and waits a bounded time, and one thread writes the queue
 * in one transaction. Thread-safe.
 */
final class FailOpenWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailOpenWriter.class);
    private static final int BATCH = 64;

    private final EngineContext context;
    private final ResultSpool spool;
    private final StoreCalls calls;
    private final BlockingQueue<Waiting> queue;
    private final Object lock = new Object();
    private final DaemonThreads threads =
            new DaemonThreads("late-track", Thread.currentThread().getContextClassLoader());
    private @Nullable Thread writer;
    /** When the store did not answer in time; used by the writer thread only. */
    private @Nullable Instant slowAt;

    private boolean closed;

    /** A record, and the outcome that its request waits for; cancelled once the request has given up. */
    private static final class Waiting {
        final FailOpenRecord failOpen;
        final CompletableFuture<AcceptResult> outcome = new CompletableFuture<>();

        Waiting(FailOpenRecord failOpen) {
            this.failOpen = failOpen;
        }
    }

    FailOpenWriter(EngineContext context, ResultSpool spool, StoreCalls calls) {
        this.context = context;
        this.spool = spool;
        this.calls = calls;
        this.queue = new ArrayBlockingQueue<>(context.config.trackQueue);
    }

    /** Returns once the record is kept or the time is over: STORED, DUPLICATE or REFUSED. */
    AcceptResult write(FailOpenRecord failOpen) {
        Waiting waiting = new Waiting(failOpen);
        boolean late;
        synchronized (lock) {
            late = closed;
            // A thread that an OutOfMemoryError kept from starting, or ended, is replaced.
            if (!late && (writer == null || !writer.isAlive())) {
                writer = threads.start(this::work);
            }
            if (!late && !queue.offer(waiting)) {
                return untracked("the queue is full");
            }
        }
        return late ? spoolAfterClose(failOpen) : await(waiting);
    }

    private AcceptResult await(Waiting waiting) {
        Duration limit = context.config.trackTimeout;
        try {
            return waiting.outcome.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            waiting.outcome.cancel(false);
            return untracked("not kept within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            waiting.outcome.cancel(false);
            Thread.currentThread().interrupt();
            return untracked("interrupted");
        } catch (ExecutionException e) {
            return untracked(String.valueOf(e.getCause()));
        }
    }

    private AcceptResult untracked(String why) {
        context.metrics.add(LateCounter.UNTRACKED);
        long times = context.log.count("untracked");
        if (times > 0) {
            LOG.warn(
                    "Requests were allowed unverified and are not tracked: {} since the last such line; {}",
                    times,
                    why);
        }
        return AcceptResult.REFUSED;
    }

    /** A server may stop an application under load: then the store is closed, and a file waits for the next start. */
    private AcceptResult spoolAfterClose(FailOpenRecord failOpen) {
        try {
            if (spool.save(failOpen, new StoreException("The application was being stopped", null))) {
                context.metrics.add(LateCounter.TRACKED);
                return AcceptResult.STORED;
            }
        } catch (RuntimeException | LinkageError e) {
            // A stopped class loader loads no class any more.
            LOG.debug("No spool file could be written", e);
        }
        return untracked("the application was being stopped");
    }

    private void work() {
        while (true) {
            List<Waiting> batch = new ArrayList<>();
            try {
                Waiting first = queue.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                }
            } catch (InterruptedException e) {
                LOG.debug("An interrupt of this thread is ignored", e);
            }
            // An item whose request gave up would have an id that no request carries.
            batch.removeIf(waiting -> waiting.outcome.isDone());
            if (!batch.isEmpty()) {
                write(batch);
            } else {
                synchronized (lock) {
                    if (closed && queue.isEmpty()) {
                        return;
                    }
                }
            }
        }
    }

    private void write(List<Waiting> batch) {
        Instant now = context.now();
        Instant since = slowAt;
        if (since != null && !now.isBefore(since) && now.isBefore(since.plus(context.config.storeTimeout))) {
            StoreException slow = new StoreException("The store was too slow for requests shortly before", null);
            batch.forEach(waiting -> save(waiting, slow));
            return;
        }
        try {
            List<FailOpenRecord> wanted =
                    batch.stream().map(waiting -> waiting.failOpen).toList();
            // Half the time, so that the other half is left for the spool when the store hangs. If the store keeps them
            // after all, the spooled records change nothing, since the ids are the same.
            Duration limit =
                    context.spool == null ? context.config.storeTimeout : context.config.trackTimeout.dividedBy(2);
            List<AcceptResult> outcomes = calls.call(() -> context.store.trackFailOpen(wanted, context.now()), limit);
            for (int i = 0; i < batch.size(); i++) {
                finish(batch.get(i), outcomes.get(i));
            }
        } catch (StoreException e) {
            slowAt = context.spool != null && e.getCause() instanceof TimeoutException ? now : null;
            batch.forEach(waiting -> save(waiting, e));
        } catch (RuntimeException | Error e) {
            LOG.error("A bug of this library kept fail-open requests from being tracked", e);
            batch.forEach(waiting -> waiting.outcome.completeExceptionally(e));
        }
    }

    private void finish(Waiting waiting, AcceptResult outcome) {
        if (outcome == AcceptResult.DUPLICATE) {
            context.metrics.add(LateCounter.REPEATED);
            waiting.outcome.complete(AcceptResult.DUPLICATE);
            return;
        }
        context.metrics.add(LateCounter.TRACKED);
        waiting.outcome.complete(AcceptResult.STORED);
        context.publish(waiting.failOpen.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
    }

    private void save(Waiting waiting, StoreException why) {
        if (waiting.outcome.isDone()) {
            return;
        }
        if (spool.save(waiting.failOpen, why)) {
            context.metrics.add(LateCounter.TRACKED);
            waiting.outcome.complete(AcceptResult.STORED);
        } else {
            waiting.outcome.completeExceptionally(why);
        }
    }

    /** Writes what is queued, then ends the thread. */
    @Override
    public void close() {
        Thread running;
        synchronized (lock) {
            closed = true;
            running = writer;
        }
        if (running == null) {
            return;
        }
        try {
            running.join(context.config.storeTimeout.plusSeconds(1).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running.isAlive()) {
            LOG.warn("A thread is still waiting for the store: {}", running.getName());
        }
    }
}
