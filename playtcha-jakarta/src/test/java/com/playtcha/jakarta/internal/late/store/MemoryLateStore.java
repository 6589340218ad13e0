package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.Counts;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store that forgets everything with the process: for tests of an application. Hands its handler no transaction.
 * Thread-safe.
 */
public final class MemoryLateStore implements LateStore {
    private static final Comparator<MemoryRow> BY_DUE =
            Comparator.comparing((MemoryRow row) -> row.dueAt).thenComparing(row -> row.item.id());

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
    public synchronized List<Arrival> takeAll(List<Incoming> arrivals, int maxUntracked, Instant now) {
        return arrivals.stream().map(each -> takeOne(each, maxUntracked, now)).toList();
    }

    private Arrival takeOne(Incoming arrival, int maxUntracked, Instant now) {
        if (arrival instanceof Incoming.Result result) {
            return arrive(result, maxUntracked, now);
        }
        if (arrival instanceof Incoming.FailOpen failOpen) {
            return new Arrival(track(failOpen, now), null, null);
        }
        if (arrival instanceof Incoming.PollNow poll) {
            return new Arrival(pollNow(poll.item(), maxUntracked, now), null, null);
        }
        if (arrival instanceof Incoming.Discard discard) {
            MemoryRow row = rows.computeIfAbsent(discard.id(), id -> new MemoryRow(discard.item(), now));
            if (!row.state.isFinal()) {
                row.end(LateState.DISCARDED, discard.forgetAt(), now);
            }
            return new Arrival(AcceptResult.STORED, null, null);
        }
        NewItem item = arrival.item();
        MemoryRow known = rows.get(item.id());
        LateState before = known == null ? null : known.state;
        MemoryRow row = rows.computeIfAbsent(item.id(), id -> new MemoryRow(item, now));
        row.tracked = true;
        return new Arrival(AcceptResult.STORED, before, row.snapshot());
    }

    private AcceptResult track(Incoming.FailOpen pass, Instant now) {
        Instant until = grants.get(pass.grant());
        if (rows.containsKey(pass.item().id())) {
            return AcceptResult.STORED;
        }
        if (until != null && until.isAfter(now)) {
            return AcceptResult.DUPLICATE;
        }
        grants.put(pass.grant(), pass.grantedUntil());
        rows.put(pass.item().id(), new MemoryRow(pass.item(), now));
        return AcceptResult.STORED;
    }

    private AcceptResult pollNow(NewItem item, int maxUntracked, Instant now) {
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

    private Arrival arrive(Incoming.Result arrival, int maxUntracked, Instant now) {
        LateResult result = arrival.result();
        MemoryRow row = rows.get(result.getId());
        if (row == null) {
            if (unknown() >= maxUntracked) {
                return new Arrival(AcceptResult.REFUSED, null, null);
            }
            row = new MemoryRow(arrival.item(), now);
            row.tracked = false;
            row.resolve(result, now);
            rows.put(result.getId(), row);
            return new Arrival(AcceptResult.STORED, null, null);
        }
        LateState before = row.state;
        if (row.item.kind() == result.getKind() && (before == LateState.AWAITING || row.isBettered(result))) {
            row.resolve(result.withHistory(row.item.startedAt(), Math.max(row.attempts, result.getAttempts())), now);
            row.leaseUntil = Instant.MIN;
            row.fence++;
            return new Arrival(AcceptResult.STORED, before, null);
        }
        boolean same = ResultText.digest(result).equals(row.digest);
        return new Arrival(same ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, before, null);
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
                .sorted(claim.newestFirst() ? BY_DUE.reversed() : BY_DUE)
                .limit(claim.most())
                .sorted(BY_DUE)
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

    private boolean resolve(Lease lease, LateResult result, Instant now) {
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
    public HandlerTransaction transaction(Lease lease) {
        return new NoTransaction();
    }

    private static final class NoTransaction implements HandlerTransaction {
        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return Optional.empty();
        }

        @Override
        public boolean isBegun() {
            return false;
        }

        @Override
        public boolean hasFailed() {
            return false;
        }

        @Override
        public boolean complete(Instant forgetAt, Instant now) {
            throw new IllegalStateException();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Override
    public synchronized boolean isHeld(Lease lease) {
        return handing(lease) != null;
    }

    private @Nullable MemoryRow handing(Lease lease) {
        MemoryRow row = held(lease);
        return row == null || row.state.isFinal() || row.state == LateState.AWAITING ? null : row;
    }

    @Override
    public synchronized List<Boolean> settle(List<Settlement> settlements, Instant now) {
        return settlements.stream().map(each -> settle(each, now)).toList();
    }

    private boolean settle(Settlement settlement, Instant now) {
        if (settlement instanceof Settlement.Resolved resolved) {
            return resolve(resolved.lease(), resolved.result(), now);
        }
        MemoryRow row = handing(settlement.lease());
        if (row == null) {
            return false;
        }
        if (settlement instanceof Settlement.Delivered delivered) {
            boolean expired = row.outcome == LateOutcome.EXPIRED;
            row.end(expired ? LateState.EXPIRED : LateState.DELIVERED, delivered.forgetAt(), now);
        } else if (settlement instanceof Settlement.Failed failed) {
            row.fail(failed.error(), failed.dueAt(), now);
            row.hung = failed.hung();
        } else {
            boolean called = settlement.lease().called() || ((Settlement.Released) settlement).called();
            row.leaseUntil = called ? Instant.EPOCH : Instant.MIN;
        }
        return true;
    }

    @Override
    public synchronized List<LateItem> deadLetters(int most) {
        return dead(row -> true).stream().limit(most).map(MemoryRow::snapshot).toList();
    }

    private List<MemoryRow> dead(Predicate<MemoryRow> which) {
        return rows.values().stream()
                .filter(row -> row.state == LateState.DEAD_LETTER && which.test(row))
                .sorted(Comparator.comparing((MemoryRow row) -> row.deadSince).thenComparing(row -> row.item.id()))
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
    public synchronized Counts counts() {
        return new Counts(
                count(LateState.AWAITING),
                count(LateState.READY),
                count(LateState.DEAD_LETTER),
                Stream.of(LateState.READY, LateState.DEAD_LETTER)
                        .map(state -> earliest(state, row -> row.dueAt))
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                earliest(LateState.DEAD_LETTER, row -> row.deadSince));
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
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
