package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateResult;

/** What a request brings to the store. */
public sealed interface Incoming {

    /** Returns the id of the item that it is about. */
    String id();

    /** A request to be allowed unverified; {@code DUPLICATE} where its token was allowed unverified shortly before. */
    record FailOpen(FailOpenRecord failOpen) implements Incoming {
        @Override
        public String id() {
            return failOpen.item().id();
        }
    }

    /** An item to track. One that exists is not changed, except that it counts as tracked from then on. */
    record Track(NewItem item) implements Incoming {
        @Override
        public String id() {
            return item.id();
        }
    }

    /**
     * An awaited item that is due now, added where it does not exist; {@code DUPLICATE} where the item has its result.
     */
    record PollNow(NewItem item) implements Incoming {
        @Override
        public String id() {
            return item.id();
        }
    }

    /**
     * A result; the first one wins, and leases of the item end. {@code EXPIRED} and {@code UNCONFIRMED} are replaced by a
     * known outcome unless the handler may have been called: another node may have spooled it while the store was down.
     * An item that does not exist is added.
     */
    record Result(LateResult result) implements Incoming {
        @Override
        public String id() {
            return result.getId();
        }
    }
}
