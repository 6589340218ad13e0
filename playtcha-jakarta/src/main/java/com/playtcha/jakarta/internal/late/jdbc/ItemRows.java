package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Items that are to be added or get their result, and the leases of results that are handed to a handler at once. */
final class ItemRows {
    private final ResultText results;
    private final LateStore.LeaseTerms terms;
    final Instant now;
    /** The parameters of {@link Statements#INSERT}, of each item. */
    final List<@Nullable Object[]> added = new ArrayList<>();
    /** By their item's id. */
    final Map<String, Lease> leases = new HashMap<>();

    ItemRows(ResultText results, LateStore.LeaseTerms terms, Instant now) {
        this.results = results;
        this.terms = terms;
        this.now = now;
    }

    /** Leases the item of a result, unless as many are leased as may be; returns whether it is. */
    private boolean lease(LateResult result, Instant expiresAt, long fence) {
        if (leases.size() >= terms.limit()) {
            return false;
        }
        leases.put(
                result.getId(),
                new Lease(
                        result.getId(),
                        result.getKind(),
                        LateState.READY,
                        null,
                        false,
                        result.getAttempts(),
                        0,
                        result.getStartedAt(),
                        expiresAt,
                        result,
                        fence,
                        false));
        return true;
    }

    /** Returns the parameters of {@link Statements#RESOLVE}, with which the item is leased where it may be. */
    @Nullable
    Object[] resolution(LateResult stored, Instant expiresAt, String key, long fence) {
        boolean leased = lease(stored, expiresAt, fence + 1);
        return parameters(
                stored, leased ? terms.owner() : null, leased, terms.duration().toMillis(), key, fence);
    }

    /** Returns the parameters of {@link Statements#REPLACE}. */
    @Nullable
    Object[] replacement(LateResult stored, String key, long fence) {
        return parameters(stored, key, fence);
    }

    private @Nullable Object[] parameters(LateResult stored, @Nullable Object... more) {
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(
                now, now, stored.getAttempts(), stored.getOutcome(), ResultText.digest(stored), results.write(stored)));
        Collections.addAll(all, more);
        return all.toArray();
    }

    void add(NewItem item, boolean tracked, @Nullable LateResult result, LateState state) {
        boolean leased = result != null && lease(result, item.expiresAt(), 1);
        added.add(new @Nullable Object[] {
            Ids.key(item.id()),
            AsciiText.encode(item.id()),
            item.kind(),
            state,
            WorkQueue.of(item.kind(), state),
            AsciiText.encode(item.source()),
            tracked,
            item.sent(),
            result == null ? 0 : result.getAttempts(),
            item.startedAt(),
            state == LateState.READY ? now : item.dueAt(),
            item.expiresAt(),
            now,
            now,
            item.token(),
            result == null ? null : result.getOutcome(),
            result == null ? null : ResultText.digest(result),
            result == null ? null : results.write(result),
            leased,
            leased ? terms.owner() : null,
            leased,
            terms.duration().toMillis()
        });
    }
}
