package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Calls of a store for one item, as groups of one; and a delivery as the engine makes it. */
public final class Single {
    private static final int ANY = Integer.MAX_VALUE;

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

    public static List<AcceptResult> trackFailOpen(LateStore store, List<Incoming.FailOpen> records, Instant now) {
        return store.takeAll(List.<Incoming>copyOf(records), ANY, now).stream()
                .map(LateStore.Arrival::outcome)
                .toList();
    }

    public static Tracked track(LateStore store, NewItem item, Instant now) {
        LateStore.Arrival arrival = store.take(new Incoming.Track(item), ANY, now);
        return new Tracked(Objects.requireNonNull(arrival.item()), arrival.before() == null);
    }

    public static AcceptResult pollNow(LateStore store, NewItem item, int maxUntracked, Instant now) {
        return store.take(new Incoming.PollNow(item), maxUntracked, now).outcome();
    }

    public static AcceptResult accept(LateStore store, LateResult result, int maxUntracked, Instant now) {
        return store.take(new Incoming.Result(result), maxUntracked, now).outcome();
    }

    public static boolean resolve(LateStore store, Lease lease, LateResult result, Instant now) {
        return store.settle(List.of(new Settlement.Resolved(lease, result)), now)
                .get(0);
    }

    public static boolean fail(LateStore store, Lease lease, String error, Instant dueAt, Instant now) {
        return store.settle(List.of(new Settlement.Failed(lease, error, dueAt, false)), now)
                .get(0);
    }

    public static boolean release(LateStore store, Lease lease) {
        return store.settle(List.of(new Settlement.Released(lease, false)), Instant.EPOCH)
                .get(0);
    }

    public static boolean deliver(LateStore store, Lease lease, Instant forgetAt, Instant now, HandlerCall call)
            throws HandlerException {
        if (!store.isHeld(lease)) {
            return false;
        }
        try (LateStore.HandlerTransaction transaction = store.transaction(lease)) {
            try {
                call.run(new SingleDelivery(lease.failures() + 1, transaction));
            } catch (Throwable e) {
                throw new HandlerException(e);
            }
            return transaction.isBegun()
                    ? transaction.complete(forgetAt, now)
                    : store.settle(List.of(new Settlement.Delivered(lease, forgetAt)), now)
                            .get(0);
        }
    }

    private record SingleDelivery(int attempt, LateStore.HandlerTransaction transaction) implements Delivery {
        @Override
        public int getAttempt() {
            return attempt;
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return transaction.unwrap(type);
        }
    }
}
