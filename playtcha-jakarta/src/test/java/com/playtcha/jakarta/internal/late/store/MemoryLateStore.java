package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store that forgets everything with the process: for tests of an application. Hands its handler no transaction.
 * Thread-safe.
 */
public final class MemoryLateStore implements LateStore {
    private final Clock clock;
    private final Map<String, MemoryRow> rows = new HashMap<>();
    private final Map<String, Instant> grants = new HashMap<>();

    /**
     * An empty store.
     *
     * @param clock by which leases run
     */
    public MemoryLateStore(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized List<AcceptResult> trackFailOpen(List<FailOpenRecord> passes, Instant now) {
        List<AcceptResult> outcomes = new ArrayList<>();
        for (FailOpenRecord pass : passes) {
            Instant until = grants.get(pass.grant());
            if (rows.containsKey(pass.item().id())) {
                outcomes.add(AcceptResult.STORED);
            } else if (until != null && until.isAfter(now)) {
                outcomes.add(AcceptResult.DUPLICATE);
            } else {
                grants.put(pass.grant(), pass.grantedUntil());
                rows.put(pass.item().id(), new MemoryRow(pass.item(), now));
                outcomes.add(AcceptResult.STORED);
            }
        }
        return outcomes;
    }

    @Override
    public synchronized Tracked track(NewItem item, Instant now) {
        boolean isNew = !rows.containsKey(item.id());
        MemoryRow row = rows.computeIfAbsent(item.id(), id -> new MemoryRow(item, now));
        row.tracked = true;
        return new Tracked(row.snapshot(), isNew);
    }

    @Override
    public synchronized AcceptResult pollNow(NewItem item, int maxUntracked, Instant now) {
        MemoryRow row = rows.get(item.id());
        if (row == null) {
            if (unknown() >= maxUntracked) {
                return AcceptResult.REFUSED;
            }
            row = new MemoryRow(item, now);
            row.tracked = false;
            rows.put(item.id(), row);
        }
        if (row.lane() != WorkQueue.POLL) {
            return AcceptResult.DUPLICATE;
        }
        row.dueAt = row.dueAt.isBefore(now) ? row.dueAt : now;
        return AcceptResult.STORED;
    }

    @Override
    public synchronized Arrival arrive(LateResult result, int maxUntracked, Instant now) {
        MemoryRow row = rows.get(result.getId());
        if (row == null) {
            if (unknown() >= maxUntracked) {
                return new Arrival(AcceptResult.REFUSED, null);
            }
            row = new MemoryRow(unknownItem(result, now), now);
            row.tracked = false;
            row.resolve(result, now);
            rows.put(result.getId(), row);
            return new Arrival(AcceptResult.STORED, null);
        }
        LateState before = row.state;
        if (row.item.kind() == result.getKind() && (before == LateState.AWAITING || row.isBettered(result))) {
            row.resolve(result.withHistory(row.item.startedAt(), Math.max(row.attempts, result.getAttempts())), now);
            row.leaseUntil = Instant.MIN;
            row.fence++;
            return new Arrival(AcceptResult.STORED, before);
        }
        boolean same = ResultText.digest(result).equals(row.digest);
        return new Arrival(same ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, before);
    }

    private static NewItem unknownItem(LateResult result, Instant now) {
        return new NewItem(result.getId(), result.getKind(), "callback", null, false, result.getStartedAt(), now, now);
    }

    private long unknown() {
        return rows.values().stream()
                .filter(row -> !row.tracked && !row.state.isFinal() && row.state != LateState.DEAD_LETTER)
                .count();
    }

    @Override
    public synchronized List<Lease> claim(Claim claim) {
        Instant storeNow = clock.instant();
        return rows.values().stream()
                .filter(row -> row.isWanted(claim, storeNow))
                .sorted(Comparator.comparing((MemoryRow row) -> row.dueAt).thenComparing(row -> row.item.id()))
                .limit(claim.most())
                .map(row -> row.claim(storeNow.plus(claim.lease())))
                .toList();
    }

    /** The row of a lease that is not old. */
    private @Nullable MemoryRow held(Lease lease) {
        MemoryRow row = rows.get(lease.id());
        return row != null && row.fence == lease.fence() ? row : null;
    }

    @Override
    public synchronized boolean reschedule(
            Lease lease, Instant dueAt, int attempts, boolean sent, @Nullable String error, Instant now) {
        MemoryRow row = held(lease);
        if (row == null || row.state != LateState.AWAITING) {
            return false;
        }
        row.dueAt = dueAt;
        row.attempts = attempts;
        row.sent = sent;
        row.lastError = error == null ? row.lastError : AsciiText.bounded(error);
        row.updatedAt = now;
        row.leaseUntil = Instant.MIN;
        return true;
    }

    @Override
    public synchronized boolean resolve(Lease lease, LateResult result, Instant now) {
        MemoryRow row = held(lease);
        if (row == null || row.state != LateState.AWAITING) {
            return false;
        }
        row.resolve(result, now);
        row.leaseUntil = Instant.MIN;
        row.fence++;
        return true;
    }

    @Override
    public boolean deliver(Lease lease, Instant forgetAt, Instant now, HandlerCall call) throws HandlerException {
        synchronized (this) {
            if (held(lease) == null) {
                return false;
            }
        }
        try {
            call.run(new NoTransaction(lease.failures() + 1));
        } catch (Throwable e) {
            throw new HandlerException(e);
        }
        synchronized (this) {
            MemoryRow row = held(lease);
            if (row == null || row.lane() != WorkQueue.DELIVER) {
                return false;
            }
            row.end(row.outcome == LateOutcome.EXPIRED ? LateState.EXPIRED : LateState.DELIVERED, forgetAt, now);
            return true;
        }
    }

    private record NoTransaction(int attempt) implements Delivery {
        @Override
        public int getAttempt() {
            return attempt;
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized boolean fail(Lease lease, String error, Instant dueAt, Instant now) {
        MemoryRow row = held(lease);
        if (row == null || row.lane() != WorkQueue.DELIVER) {
            return false;
        }
        row.fail(error, dueAt, now);
        return true;
    }

    @Override
    public synchronized boolean release(Lease lease) {
        MemoryRow row = held(lease);
        if (row == null || row.lane() != WorkQueue.DELIVER) {
            return false;
        }
        row.leaseUntil = Instant.MIN;
        return true;
    }

    @Override
    public synchronized List<LateItem> deadLetters(int most) {
        return dead(row -> true).stream().limit(most).map(MemoryRow::snapshot).toList();
    }

    private List<MemoryRow> dead(Predicate<MemoryRow> which) {
        return rows.values().stream()
                .filter(row -> row.state == LateState.DEAD_LETTER && which.test(row))
                .sorted(Comparator.comparing((MemoryRow row) -> row.createdAt).thenComparing(row -> row.item.id()))
                .toList();
    }

    private Optional<MemoryRow> dead(String id) {
        return dead(row -> row.item.id().equals(id)).stream().findFirst();
    }

    @Override
    public synchronized Optional<LateItem> find(String id) {
        return Optional.ofNullable(rows.get(id)).map(MemoryRow::snapshot);
    }

    @Override
    public synchronized Optional<LateResult> result(String id) {
        return dead(id).map(row -> row.result);
    }

    @Override
    public synchronized boolean retry(String id, Instant now) {
        Optional<MemoryRow> row = dead(id);
        row.ifPresent(r -> r.dueAt = r.dueAt.isBefore(now) ? r.dueAt : now);
        return row.isPresent();
    }

    @Override
    public synchronized boolean discard(String id, Instant forgetAt, Instant now) {
        Optional<MemoryRow> row = dead(id);
        row.ifPresent(r -> r.end(LateState.DISCARDED, forgetAt, now));
        return row.isPresent();
    }

    @Override
    public synchronized int retryAll(int limit, Instant now) {
        List<MemoryRow> later = dead(row -> row.dueAt.isAfter(now));
        later.stream().limit(limit).forEach(row -> row.dueAt = now);
        return Math.min(limit, later.size());
    }

    @Override
    public synchronized void ensureDiscarded(String id, LateKind kind, Instant forgetAt, Instant now) {
        MemoryRow row = rows.get(id);
        if (row == null) {
            row = new MemoryRow(new NewItem(id, kind, "spool", null, false, now, forgetAt, forgetAt), now);
            rows.put(id, row);
        }
        if (!row.state.isFinal()) {
            row.end(LateState.DISCARDED, forgetAt, now);
        }
    }

    @Override
    public synchronized Counts counts() {
        return new Counts(
                count(LateState.AWAITING),
                count(LateState.READY),
                count(LateState.DEAD_LETTER),
                earliest(LateState.READY, row -> row.dueAt),
                earliest(LateState.DEAD_LETTER, row -> row.deadSince),
                earliest(LateState.DEAD_LETTER, row -> row.dueAt));
    }

    private long count(LateState state) {
        return rows.values().stream().filter(row -> row.state == state).count();
    }

    /** Of the times of all items in a state. */
    private interface Time {
        @Nullable
        Instant of(MemoryRow row);
    }

    private @Nullable Instant earliest(LateState state, Time time) {
        Instant earliest = null;
        for (MemoryRow row : rows.values()) {
            Instant at = row.state == state ? time.of(row) : null;
            if (at != null && (earliest == null || at.isBefore(earliest))) {
                earliest = at;
            }
        }
        return earliest;
    }

    @Override
    public synchronized int forget(Instant now, int most) {
        grants.values().removeIf(until -> !until.isAfter(now));
        List<String> old = rows.values().stream()
                .filter(row -> row.state.isFinal() && !row.dueAt.isAfter(now))
                .limit(most)
                .map(row -> row.item.id())
                .toList();
        rows.keySet().removeAll(old);
        return old.size();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
