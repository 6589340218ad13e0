package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Calls of a store for one item, as groups of one; and a delivery as the engine makes it. */
public final class Single {
    private static final int ANY = Integer.MAX_VALUE;
    private static final Duration TIME_LIMIT = Duration.ofMinutes(1);

    private Single() {}

    /** A tracked item as it is now, and whether it was added. */
    public record Tracked(LateItem item, boolean isNew) {}

    /** What a handler does. */
    public interface HandlerCall {
        void run(Delivery delivery) throws Exception;
    }

    /** The handler failed; what it wrote through the store's transaction was rolled back. */
    public static final class HandlerException extends Exception {
        private static final long serialVersionUID = 1L;

        HandlerException(Throwable cause) {
            super(cause);
        }
    }

    public static List<AcceptResult> trackFailOpen(LateStore store, List<Arrival.FailOpen> records, Instant now) {
        return store.takeAll(List.<Arrival>copyOf(records), ANY, now).stream()
                .map(LateStore.AcceptOutcome::outcome)
                .toList();
    }

    public static Tracked track(LateStore store, NewItem item, Instant now) {
        LateStore.AcceptOutcome arrival = store.take(new Arrival.Track(item), ANY, now);
        return new Tracked(Objects.requireNonNull(arrival.item()), arrival.before() == null);
    }

    public static AcceptResult pollNow(LateStore store, NewItem item, int maxUntracked, Instant now) {
        return store.take(new Arrival.PollNow(item), maxUntracked, now).outcome();
    }

    public static AcceptResult accept(LateStore store, LateResult result, int maxUntracked, Instant now) {
        return store.take(new Arrival.Result(result), maxUntracked, now).outcome();
    }

    /** Which items to claim, whatever size their results have. */
    public static LateStore.Claim claim(
            WorkQueue queue,
            String source,
            boolean expiredOnly,
            Instant now,
            String owner,
            Duration lease,
            int limit,
            boolean newestFirst) {
        return new LateStore.Claim(queue, source, expiredOnly, now, owner, lease, limit, Long.MAX_VALUE, newestFirst);
    }

    public static boolean resolve(LateStore store, Lease lease, LateResult result, Instant now) {
        return store.settle(List.of(new Settlement.Resolved(lease, result)), now)
                .get(0);
    }

    public static boolean reschedule(
            LateStore store, Lease lease, Instant dueAt, int attempts, boolean sent, String error, Instant now) {
        return store.settle(List.of(new Settlement.Rescheduled(lease, dueAt, attempts, sent, error)), now)
                .get(0);
    }

    public static boolean fail(LateStore store, Lease lease, String error, Instant dueAt, Instant now) {
        return store.settle(
                        List.of(new Settlement.Failed(lease, WorkQueue.RETRY, lease.failures() + 1, error, dueAt)), now)
                .get(0);
    }

    public static boolean release(LateStore store, Lease lease) {
        return store.settle(List.of(new Settlement.Released(lease, false)), Instant.EPOCH)
                .get(0);
    }

    public static boolean deliver(LateStore store, Lease lease, Instant purgeAt, Instant now, HandlerCall call)
            throws HandlerException {
        if (!store.isLeaseValid(lease)) {
            return false;
        }
        try (LateStore.HandlerTransaction transaction = store.transaction(lease, TIME_LIMIT)) {
            try {
                call.run(new SingleDelivery(lease.failures() + 1, transaction));
            } catch (Throwable e) {
                throw new HandlerException(e);
            }
            return transaction.use() == LateStore.HandlerTransaction.Use.BEGUN
                    ? transaction.complete(purgeAt, now)
                    : store.settle(List.of(new Settlement.Delivered(lease, purgeAt)), now)
                            .get(0);
        }
    }

    private record SingleDelivery(int attempt, LateStore.HandlerTransaction transaction) implements Delivery {
        @Override
        public int getAttempt() {
            return attempt;
        }

        @Override
        public void completeWith(Connection connection) {
            transaction.completeWith(connection, Instant.EPOCH, Instant.EPOCH);
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return transaction.unwrap(type);
        }
    }
}
