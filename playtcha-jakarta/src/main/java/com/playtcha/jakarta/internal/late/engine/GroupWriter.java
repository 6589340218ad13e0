package com.playtcha.jakarta.internal.late.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries in groups: what is added while a group is written belongs to the next one. A group has one entry of each
 * id. Entries of a group that fails are written one by one, so that one does not make its neighbours fail. Thread-safe.
 */
final class GroupWriter<I, O> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
    private static final int MAX_GROUP = 64;
    /** After so many failures in a row, the store is considered down, and the rest of a group is not tried. */
    private static final int MAX_FAILURES = 2;

    private final Executor executor;
    private final int maxWriters;
    private final int capacity;
    private final Function<I, String> id;
    private final Function<List<I>, List<O>> write;
    /** Guarded by itself, as is the number of writers. */
    private final Queue<Entry<I, O>> queue = new LinkedList<>();

    private int writers;

    /** The result is cancelled once nobody waits for it; then the entry is not written. */
    private record Entry<I, O>(I item, CompletableFuture<O> result) {}

    GroupWriter(
            Executor executor, int maxWriters, int capacity, Function<I, String> id, Function<List<I>, List<O>> write) {
        this.executor = executor;
        this.maxWriters = maxWriters;
        this.capacity = capacity;
        this.id = id;
        this.write = write;
    }

    /** Adds an entry; returns null where too many are waiting. */
    @Nullable
    CompletableFuture<O> add(I item) {
        CompletableFuture<O> result = new CompletableFuture<>();
        synchronized (queue) {
            if (queue.size() >= capacity) {
                queue.removeIf(entry -> entry.result.isDone());
                if (queue.size() >= capacity) {
                    return null;
                }
            }
            queue.add(new Entry<>(item, result));
            if (writers >= maxWriters) {
                return result;
            }
            writers++;
        }
        boolean started = false;
        try {
            executor.execute(this::work);
            started = true;
        } catch (RuntimeException e) {
            LOG.debug("No thread is free; the entry is written with the next one", e);
        } finally {
            if (!started) {
                synchronized (queue) {
                    writers--;
                }
            }
        }
        return result;
    }

    /** Writes what waits, on the caller's thread. */
    void flush() {
        synchronized (queue) {
            writers++;
        }
        work();
    }

    private void work() {
        while (true) {
            List<Entry<I, O>> group = next();
            if (group.isEmpty()) {
                return;
            }
            boolean written = false;
            try {
                write(group);
                written = true;
            } finally {
                if (!written) {
                    synchronized (queue) {
                        writers--;
                    }
                }
            }
        }
    }

    /** Returns an empty list where this writer has to end; it is no longer counted then. */
    private List<Entry<I, O>> next() {
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
                writers--;
            }
        }
        return group;
    }

    private void write(List<Entry<I, O>> group) {
        Throwable failure = tryWrite(group);
        if (failure == null) {
            return;
        }
        int failures = group.size() == 1 ? MAX_FAILURES : 0;
        for (Entry<I, O> entry : group) {
            if (failures < MAX_FAILURES) {
                Throwable own = tryWrite(List.of(entry));
                failures = own == null ? 0 : failures + 1;
                failure = own == null ? failure : own;
                if (own == null) {
                    continue;
                }
            }
            entry.result.completeExceptionally(failure);
        }
    }

    private @Nullable Throwable tryWrite(List<Entry<I, O>> group) {
        try {
            List<O> results = write.apply(group.stream().map(Entry::item).toList());
            for (int i = 0; i < results.size(); i++) {
                group.get(i).result.complete(results.get(i));
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }
}
