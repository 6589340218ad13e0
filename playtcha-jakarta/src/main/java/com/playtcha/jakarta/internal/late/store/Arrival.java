package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import java.time.Duration;
import java.time.Instant;

/** What a request or the spool brings to the store, about one item. */
public sealed interface Arrival {

    /** Returns the item that is added where there is none of its id. */
    NewItem item();

    default String id() {
        return item().id();
    }

    default LateKind kind() {
        return item().kind();
    }

    /**
     * A request to be allowed unverified, whose item is a late verdict. The grant, a digest of project and token, prevents
     * that the token is allowed unverified again before {@code grantedUntil}: such a request is a {@code DUPLICATE}.
     */
    record FailOpen(NewItem item, String grant, Instant grantedUntil) implements Arrival {
        /** How long a token that was allowed unverified is not allowed so again, which is as long as it lives. */
        public static final Duration GRANT = Duration.ofMinutes(5);

        /** Returns when the request was allowed: a record that was spooled comes to the store later. */
        public Instant grantedAt() {
            return grantedUntil.minus(GRANT);
        }
    }

    /**
     * An item to track. One that exists is not changed, except that it counts as tracked from then on. A late verdict that
     * is marked as sent marks those of its token too, since the poll for any of them may redeem it.
     */
    record Track(NewItem item) implements Arrival {}

    /**
     * An awaited item that is due now, added where it does not exist; {@code DUPLICATE} where the item has its result.
     */
    record PollNow(NewItem item) implements Arrival {}

    /**
     * A result; the first one wins, and leases of the item end. {@code EXPIRED} and {@code UNCONFIRMED} are replaced by a
     * conclusive outcome unless the handler may have been called: another node may have spooled it during an outage.
     * An item that does not exist is added.
     */
    record Result(LateResult result) implements Arrival {
        @Override
        public NewItem item() {
            Instant resolvedAt = result.getResolvedAt();
            return new NewItem(
                    result.getId(),
                    result.getKind(),
                    "callback",
                    null,
                    false,
                    result.getStartedAt(),
                    resolvedAt,
                    resolvedAt);
        }
    }

    /** An operator's discard of an item that has not ended; one that does not exist is added as discarded. */
    record Discard(String id, LateKind kind, Instant purgeAt) implements Arrival {
        @Override
        public NewItem item() {
            return new NewItem(id, kind, "spool", null, false, purgeAt, purgeAt, purgeAt);
        }
    }
}
