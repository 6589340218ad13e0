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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks unverified passes: requests put theirs into a bounded queue and wait a bounded time, one thread writes what
 * has gathered in one transaction. Thread-safe.
 */
final class FailOpenWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailOpenWriter.class);
    private static final int BATCH = 64;

    private final EngineContext context;
    private final ResultSpool letters;
    private final StoreCalls calls;
    private final BlockingQueue<Waiting> queue;
    private final Object lock = new Object();
    private final DaemonThreads threads =
            new DaemonThreads("late-track", Thread.currentThread().getContextClassLoader());
    private @Nullable Thread writer;
    /** When the store did not answer in time; the writer's own. */
    private @Nullable Instant slowAt;

    private boolean closed;

    /** A request that waits. */
    private static final class Waiting {
        final FailOpenRecord pass;
        final CompletableFuture<AcceptResult> outcome = new CompletableFuture<>();
        final AtomicBoolean givenUp = new AtomicBoolean();

        Waiting(FailOpenRecord pass) {
            this.pass = pass;
        }
    }

    FailOpenWriter(EngineContext context, ResultSpool letters, StoreCalls calls) {
        this.context = context;
        this.letters = letters;
        this.calls = calls;
        this.queue = new ArrayBlockingQueue<>(context.config.trackQueue);
    }

    /** Waits until the pass is kept, or the time is over. */
    AcceptResult write(FailOpenRecord pass) {
        Waiting waiting = new Waiting(pass);
        switch (join(waiting)) {
            case FULL:
                return untracked("the queue is full");
            case CLOSED:
                return keepAfterTheEnd(pass);
            default:
                break;
        }
        Duration limit = context.config.trackLimit;
        try {
            return waiting.outcome.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            waiting.givenUp.set(true);
            return untracked("not kept within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            waiting.givenUp.set(true);
            Thread.currentThread().interrupt();
            return untracked("interrupted");
        } catch (ExecutionException e) {
            return untracked(String.valueOf(e.getCause()));
        }
    }

    private AcceptResult untracked(String why) {
        context.stats.add(LateCounter.UNTRACKED);
        long times = context.teller.mayLog("untracked", context.now());
        if (times > 0) {
            LOG.warn("Requests were let through unverified and untracked: {} since the last such line; {}", times, why);
        }
        return AcceptResult.REFUSED;
    }

    /**
     * A server may end an application while requests are under way in it. The store is closed then, and may be another
     * process's already; a letter is for whoever comes next.
     */
    private AcceptResult keepAfterTheEnd(FailOpenRecord pass) {
        try {
            if (letters.save(pass, new StoreException("The application was being stopped", null))) {
                context.stats.add(LateCounter.TRACKED);
                return AcceptResult.STORED;
            }
        } catch (RuntimeException | LinkageError e) {
            // A class loader that was stopped loads no class any more.
            LOG.debug("No letter could be written", e);
        }
        return untracked("the application was being stopped");
    }

    private enum Joined {
        IN_THE_QUEUE,
        FULL,
        CLOSED
    }

    private Joined join(Waiting waiting) {
        synchronized (lock) {
            if (closed) {
                return Joined.CLOSED;
            }
            // One whose start failed for want of memory, or that died of it, is replaced.
            if (writer == null || !writer.isAlive()) {
                writer = threads.start(this::work);
            }
            return queue.offer(waiting) ? Joined.IN_THE_QUEUE : Joined.FULL;
        }
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
                LOG.debug("Nobody is to interrupt this thread", e);
            }
            // One that nobody waits for any more would be an id that no request carries.
            batch.removeIf(waiting -> waiting.givenUp.get());
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
        if (since != null && !now.isBefore(since) && now.isBefore(since.plus(context.config.storeLimit))) {
            StoreException slow = new StoreException("The store was too slow for requests shortly before", null);
            batch.forEach(waiting -> save(waiting, slow));
            return;
        }
        try {
            List<FailOpenRecord> wanted =
                    batch.stream().map(waiting -> waiting.pass).toList();
            // Half the time, so that the other half is left for the directory when the store hangs. If the store has
            // them
            // in the end, the letters change nothing: the ids are the same. Without a directory nothing is won by
            // haste.
            Duration limit =
                    context.letters == null ? context.config.storeLimit : context.config.trackLimit.dividedBy(2);
            List<AcceptResult> outcomes = calls.call(() -> context.store.trackFailOpen(wanted, context.now()), limit);
            for (int i = 0; i < batch.size(); i++) {
                finish(batch.get(i), outcomes.get(i));
            }
        } catch (StoreException e) {
            slowAt = context.letters != null && e.getCause() instanceof TimeoutException ? now : null;
            batch.forEach(waiting -> save(waiting, e));
        } catch (RuntimeException | Error e) {
            LOG.error("Unverified passes could not be tracked", e);
            batch.forEach(waiting -> waiting.outcome.completeExceptionally(e));
        }
    }

    private void finish(Waiting waiting, AcceptResult outcome) {
        if (outcome == AcceptResult.DUPLICATE) {
            context.stats.add(LateCounter.REPEATED);
            waiting.outcome.complete(AcceptResult.DUPLICATE);
            return;
        }
        context.stats.add(LateCounter.TRACKED);
        waiting.outcome.complete(AcceptResult.STORED);
        context.teller.tell(waiting.pass.item().id(), LateKind.LATE_VERDICT, null, LateState.AWAITING, null);
    }

    private void save(Waiting waiting, StoreException why) {
        if (waiting.givenUp.get()) {
            return;
        }
        if (letters.save(waiting.pass, why)) {
            context.stats.add(LateCounter.TRACKED);
            waiting.outcome.complete(AcceptResult.STORED);
        } else {
            waiting.outcome.completeExceptionally(why);
        }
    }

    /** Writes what waits, and ends. */
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
            running.join(context.config.storeLimit.plusSeconds(1).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running.isAlive()) {
            LOG.warn("A thread is left behind that waits for the store: {}", running.getName());
        }
    }
}
