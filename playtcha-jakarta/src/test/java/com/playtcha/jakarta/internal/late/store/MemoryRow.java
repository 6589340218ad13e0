package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One item of the store in memory. Guarded by the store's lock. */
final class MemoryRow {
    final NewItem item;
    final Instant createdAt;
    LateState state = LateState.AWAITING;
    boolean tracked = true;

    @Nullable
    String token;

    boolean sent;
    boolean hung;
    int attempts;
    int failures;
    Instant dueAt;
    Instant updatedAt;
    Instant leaseUntil = Instant.MIN;
    long fence;

    @Nullable
    LateResult result;

    @Nullable
    LateOutcome outcome;

    @Nullable
    String digest;

    @Nullable
    String lastError;

    @Nullable
    Instant deadSince;

    MemoryRow(NewItem item, Instant now) {
        this.item = item;
        this.token = item.token();
        this.sent = item.sent();
        this.dueAt = item.dueAt();
        this.createdAt = now;
        this.updatedAt = now;
    }

    WorkQueue lane() {
        return hung && state == LateState.DEAD_LETTER ? WorkQueue.HUNG : WorkQueue.of(item.kind(), state);
    }

    boolean isWanted(Claim claim, Instant storeNow) {
        return lane() == claim.lane()
                && !dueAt.isAfter(claim.now())
                && leaseUntil.isBefore(storeNow)
                && (claim.source() == null || claim.source().equals(item.source()))
                && (!claim.expiredOnly() || !item.expiresAt().isAfter(claim.now()));
    }

    Lease claim(Instant until) {
        fence++;
        boolean called = leaseUntil != Instant.MIN;
        leaseUntil = until;
        Lease lease = new Lease(
                item.id(),
                item.kind(),
                state,
                item.source(),
                token,
                sent,
                attempts,
                failures,
                item.startedAt(),
                item.expiresAt(),
                result,
                fence,
                called);
        sent |= lane() == WorkQueue.ASK;
        return lease;
    }

    /** Whether nothing was known, and nobody has been told so. */
    boolean isBettered(LateResult other) {
        return state == LateState.READY
                && leaseUntil == Instant.MIN
                && outcome != null
                && !LateStore.isKnown(outcome)
                && LateStore.isKnown(other.getOutcome());
    }

    void resolve(LateResult known, Instant now) {
        state = LateState.READY;
        result = known;
        outcome = known.getOutcome();
        digest = ResultText.digest(known);
        attempts = known.getAttempts();
        token = null;
        dueAt = now;
        updatedAt = now;
    }

    void end(LateState last, Instant forgetAt, Instant now) {
        state = last;
        result = null;
        token = null;
        dueAt = forgetAt;
        updatedAt = now;
        leaseUntil = Instant.MIN;
        fence++;
    }

    void fail(String error, Instant due, Instant now) {
        state = LateState.DEAD_LETTER;
        deadSince = Objects.requireNonNullElse(deadSince, now);
        failures++;
        lastError = AsciiText.bounded(error);
        dueAt = due;
        updatedAt = now;
        leaseUntil = Instant.MIN;
        fence++;
    }

    LateItem snapshot() {
        return new LateItem(
                item.id(),
                item.kind(),
                state,
                outcome,
                tracked,
                attempts,
                failures,
                dueAt,
                item.expiresAt(),
                lastError,
                createdAt,
                updatedAt,
                false);
    }
}
