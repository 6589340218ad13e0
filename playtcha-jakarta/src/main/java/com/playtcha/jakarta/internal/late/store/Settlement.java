package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.late.LateResult;
import java.time.Instant;

/** How the work on a claimed item ended. */
public sealed interface Settlement {

    Lease lease();

    /** The handler returned: the item ends, and is deleted after {@code forgetAt}. */
    record Delivered(Lease lease, Instant forgetAt) implements Settlement {}

    /** The handler failed: the item is a dead letter, due again at {@code dueAt}; {@code hung} if it did not return. */
    record Failed(Lease lease, String error, Instant dueAt, boolean hung) implements Settlement {}

    /** The item is released as if it had not been claimed; its result is not replaced if the handler was {@code called}. */
    record Released(Lease lease, boolean called) implements Settlement {}

    /** An awaited item has its result, and is due for delivery; its token is deleted. */
    record Resolved(Lease lease, LateResult result) implements Settlement {}
}
