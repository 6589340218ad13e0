package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.LockedException;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries in groups, each with one entry of an id: what is added while a group is written belongs to the next one,
 * for which the writer waits a moment. Entries of a group that fails are written one by one, so that one does not make its
 * neighbours fail. Thread-safe.
 */
final class GroupWriter<I, O> {
    private static final int MAX_GROUP = 64;
    /** Another writer helps where one takes as long, since the store is slow or one of its calls hangs; it makes groups smaller. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** The part of the time that a group took which callers are given to come back, and the most of it, in lingers. */
    private static final int SHARE_OF_WRITE = 2;

    private static final int MAX_LINGERS = 16;

    private final int maxWriters;
    private final int capacity;
    /** Whether callers wait for their entries, so that as many may come back at once; otherwise a full group is waited for. */
    private final boolean isAwaited;

    private final long lingerNanos;
    private final Function<I, String> id;
    /** Returns null of an entry that was not written, where others of the group were. */
    private final Function<List<I>, List<@Nullable O>> write;
    /** Guarded by itself, as is the rest. */
    private final Queue<Entry<I, O>> queue = new ArrayDeque<>();

    private final Set<Writer> writers = new HashSet<>();
    /** Whether a writer waits for entries, which is one at most. */
    private boolean lingers;
    /** How many have lately waited for entries at once; fewer with each group. */
    private int callers;
    /** How many entries it waits for. */
    private int expected;

    /** The result is cancelled once nobody waits for it; then the entry is not written. */
    private record Entry<I, O>(I item, CompletableFuture<O> result) {}

    private static final class Writer {
        private final boolean mayLinger;
        /** When it began to write its group. */
        private long begun = System.nanoTime();
        /** How many entries waited when it had written its group, before any caller knew. */
        private int waiting;

        private Writer(boolean mayLinger) {
            this.mayLinger = mayLinger;
        }

        private boolean isSlow() {
            return System.nanoTime() - begun > SLOW_NANOS;
        }
    }

    private GroupWriter(
            int maxWriters,
            int capacity,
            boolean isAwaited,
            Duration linger,
            Function<I, String> id,
            Function<List<I>, List<@Nullable O>> write) {
        this.maxWriters = maxWriters;
        this.capacity = capacity;
        this.isAwaited = isAwaited;
        this.lingerNanos = linger.toNanos();
        this.id = id;
        this.write = write;
    }

    /** Creates one for entries whose callers wait for them. */
    static <I, O> GroupWriter<I, O> awaited(
            int maxWriters,
            int capacity,
            Duration linger,
            Function<I, String> id,
            Function<List<I>, List<@Nullable O>> write) {
        return new GroupWriter<>(maxWriters, capacity, true, linger, id, write);
    }

    /** Creates one, of one writer, for entries whose callers go on meanwhile. */
    static <I, O> GroupWriter<I, O> background(
            Duration linger, Function<I, String> id, Function<List<I>, List<@Nullable O>> write) {
        return new GroupWriter<>(1, Integer.MAX_VALUE, false, linger, id, write);
    }

    /** Adds an entry. It fails at once where too many are waiting, or where the executor rejects it and none is written. */
    CompletableFuture<O> add(I item, Executor executor) {
        return add(item, executor, new Writer(true));
    }

    /**
     * Adds an entry and, unless another thread does, writes what there is. Does not wait for more: the caller has other
     * work.
     */
    CompletableFuture<O> addHere(I item) {
        return add(item, Runnable::run, new Writer(false));
    }

    private CompletableFuture<O> add(I item, Executor executor, Writer writer) {
        Entry<I, O> entry = new Entry<>(item, new CompletableFuture<>());
        synchronized (queue) {
            if (queue.size() >= capacity && !queue.removeIf(waiting -> waiting.result.isDone())) {
                entry.result.completeExceptionally(new StoreException("Too many store calls are waiting", null));
                return entry.result;
            }
            queue.add(entry);
            if (lingers && queue.size() >= expected) {
                queue.notifyAll();
            }
        }
        startIfNeeded(executor, writer);
        return entry.result;
    }

    /** Starts another writer where entries wait for one that has become slow since they were added. */
    void helpSlowWriter(Executor executor) {
        startIfNeeded(executor, new Writer(true));
    }

    private void startIfNeeded(Executor executor, Writer writer) {
        synchronized (queue) {
            if (queue.isEmpty() || lingers || writers.size() >= maxWriters || !isWriterNeeded()) {
                return;
            }
            writers.add(writer);
        }
        try {
            executor.execute(() -> work(writer));
        } catch (RuntimeException | Error e) {
            rejected(writer, new StoreException("No thread is free for the store, or the engine is closed", e));
        }
    }

    private boolean isWriterNeeded() {
        return queue.size() >= MAX_GROUP || writers.stream().allMatch(Writer::isSlow);
    }

    private void rejected(Writer writer, StoreException cause) {
        List<Entry<I, O>> unwritten = new ArrayList<>();
        synchronized (queue) {
            writers.remove(writer);
            if (writers.isEmpty()) {
                unwritten.addAll(queue);
                queue.clear();
            }
        }
        unwritten.forEach(entry -> entry.result.completeExceptionally(cause));
    }

    private void work(Writer writer) {
        try {
            for (List<Entry<I, O>> group = next(writer); !group.isEmpty(); group = next(writer)) {
                write(group, writer);
                if (writer.mayLinger) {
                    linger(group.size() + writer.waiting, System.nanoTime() - writer.begun);
                }
            }
        } finally {
            // Also after an OutOfMemoryError: a writer that is counted and gone would keep others from starting.
            synchronized (queue) {
                writers.remove(writer);
            }
        }
    }

    /**
     * Waits until as many entries are there as are worth a group, at most for a moment: where callers wait for their entries,
     * those that were just answered may come back, and go with those that came meanwhile. Otherwise the two would
     * alternate, each in groups of half the size.
     */
    private void linger(int worth, long tookNanos) {
        if (lingerNanos == 0) {
            return;
        }
        synchronized (queue) {
            callers = Math.max(worth, callers - 1);
            expected = isAwaited ? Math.min(Math.max(expected + worth, callers), MAX_GROUP) : MAX_GROUP;
            if (lingers) {
                return;
            }
            lingers = true;
            long moment = isAwaited
                    ? Math.max(lingerNanos, Math.min(tookNanos / SHARE_OF_WRITE, lingerNanos * MAX_LINGERS))
                    : lingerNanos;
            long end = System.nanoTime() + moment;
            try {
                for (long left = moment; queue.size() < expected && left > 0; left = end - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(queue, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lingers = false;
                expected = 0;
            }
        }
    }

    /** Returns an empty list where this writer has to end; it is no longer counted then. */
    private List<Entry<I, O>> next(Writer writer) {
        List<Entry<I, O>> group = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        synchronized (queue) {
            Iterator<Entry<I, O>> waiting = queue.iterator();
            while (waiting.hasNext() && group.size() < MAX_GROUP) {
                Entry<I, O> entry = waiting.next();
                if (entry.result.isDone()) {
                    waiting.remove();
                } else if (ids.add(id.apply(entry.item))) {
                    waiting.remove();
                    group.add(entry);
                }
            }
            if (group.isEmpty()) {
                writers.remove(writer);
            }
            writer.begun = System.nanoTime();
        }
        return group;
    }

    private void write(List<Entry<I, O>> group, Writer writer) {
        Throwable failure = tryWrite(group, writer);
        if (failure == null) {
            return;
        }
        int failures = group.size() > 1 ? 0 : StoreHealth.MAX_FAILURES;
        for (Entry<I, O> entry : group) {
            if (entry.result.isDone()) {
                continue;
            }
            Throwable own = failures < StoreHealth.MAX_FAILURES ? tryWrite(List.of(entry), writer) : failure;
            // A row that another transaction has locked says nothing of the next one.
            failures = own == null || own instanceof LockedException ? 0 : failures + 1;
            if (own != null) {
                entry.result.completeExceptionally(own);
            }
        }
    }

    private @Nullable Throwable tryWrite(List<Entry<I, O>> group, Writer writer) {
        try {
            List<@Nullable O> results =
                    write.apply(group.stream().map(Entry::item).toList());
            synchronized (queue) {
                writer.waiting = queue.size();
            }
            Throwable failure = null;
            for (int i = 0; i < results.size(); i++) {
                O result = results.get(i);
                if (result == null) {
                    failure = new StoreException("The store took a part of a group only", null);
                } else {
                    group.get(i).result.complete(result);
                }
            }
            return failure;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }
}
