package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.LateStore.Renewal;
import com.playtcha.jakarta.internal.late.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The leases of items on which this process works, or whose outcome it has not recorded yet. The heartbeat renews them, so
 * that they can be short: the items of a process that died are soon taken over. Thread-safe.
 */
final class ActiveLeases {
    private static final Duration JUMP = Duration.ofSeconds(1);

    private final EngineContext context;
    /** By item. */
    private final Map<String, Entry> leases = new ConcurrentHashMap<>();

    private Instant checkedAt;
    private long checkedNanos;

    private record Entry(Lease lease, long renewedAt) {}

    ActiveLeases(EngineContext context) {
        this.context = context;
        this.checkedAt = context.now();
        this.checkedNanos = context.nanoTime();
    }

    /** Adds leases that began after {@code since}: the store may have taken long to say so. */
    void add(Collection<Lease> added, long since) {
        added.forEach(lease -> leases.put(lease.id(), new Entry(lease, since)));
    }

    /** An item that was claimed again since is not removed. */
    void remove(Lease lease) {
        leases.computeIfPresent(lease.id(), (id, entry) -> entry.lease.fence() == lease.fence() ? null : entry);
    }

    boolean contains(Lease lease) {
        Entry entry = leases.get(lease.id());
        return entry != null && entry.lease.fence() == lease.fence();
    }

    /** Returns whether the lease ran out, as far as this process knows. */
    boolean isOver(Lease lease) {
        Entry entry = leases.get(lease.id());
        return entry == null || age(entry) >= context.config.lease.toNanos();
    }

    /**
     * Renews the leases of which a quarter has passed; all of them where a clock jumped, which may be the store's too: this
     * process could claim what it is working on.
     */
    void renew() {
        long quarter = context.config.lease.dividedBy(4).toNanos();
        boolean jumped = hasClockJumped();
        List<Lease> due = leases.values().stream()
                .filter(entry -> jumped || age(entry) >= quarter)
                .map(Entry::lease)
                .toList();
        if (due.isEmpty()) {
            return;
        }
        long now = context.nanoTime();
        List<Renewal> renewals = context.store.renew(due, context.config.lease);
        for (int i = 0; i < due.size(); i++) {
            Lease lease = due.get(i);
            switch (renewals.get(i)) {
                case RENEWED ->
                    leases.computeIfPresent(
                            lease.id(),
                            (id, entry) -> entry.lease.fence() == lease.fence() ? new Entry(lease, now) : entry);
                case LOST -> remove(lease);
                default -> {
                    // Tried again at the next heartbeat.
                }
            }
        }
    }

    private synchronized boolean hasClockJumped() {
        Instant now = context.now();
        long nanos = context.nanoTime();
        Duration drift = Duration.between(checkedAt, now).minusNanos(nanos - checkedNanos);
        checkedAt = now;
        checkedNanos = nanos;
        return drift.abs().compareTo(JUMP) > 0;
    }

    private long age(Entry entry) {
        return context.nanoTime() - entry.renewedAt;
    }
}
