package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds items and results within the caller's transaction. Reads before it inserts, so that a transaction that lost a
 * race for a row finds the row when it is repeated.
 */
final class Arrivals {
    private final ResultText results;

    Arrivals(ResultText results) {
        this.results = results;
    }

    AcceptResult trackFailOpen(Sql sql, FailOpenRecord failOpen, Instant now) throws SQLException {
        if (itemState(sql, Ids.key(failOpen.item().id())) != null) {
            return AcceptResult.STORED;
        }
        long until = failOpen.grantedUntil().toEpochMilli();
        // Read first, since an update that finds no row locks the gap in MariaDB and MySQL, and nodes could deadlock.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, failOpen.grant());
        if (granted == null) {
            sql.update(Statements.GRANT, failOpen.grant(), until);
        } else if (granted > now.toEpochMilli()
                || sql.update(Statements.GRANT_AGAIN, until, failOpen.grant(), now.toEpochMilli()) == 0) {
            return AcceptResult.DUPLICATE;
        }
        insert(sql, failOpen.item(), true, null, now);
        return AcceptResult.STORED;
    }

    LateStore.Tracked track(Sql sql, NewItem item, Instant now) throws SQLException {
        String key = Ids.key(item.id());
        boolean isNew = itemState(sql, key) == null;
        if (isNew) {
            insert(sql, item, true, null, now);
        } else {
            sql.update(Statements.MARK_TRACKED, key);
        }
        LateItem found = Objects.requireNonNull(sql.first(Rows::item, Statements.FIND, key));
        return new LateStore.Tracked(found, isNew);
    }

    AcceptResult pollNow(Sql sql, NewItem item, int maxUntracked, Instant now) throws SQLException {
        String key = Ids.key(item.id());
        Rows.ItemState current = itemState(sql, key);
        if (current != null) {
            if (WorkQueue.of(current.kind(), current.state()) != WorkQueue.POLL) {
                return AcceptResult.DUPLICATE;
            }
            sql.update(Statements.MAKE_DUE, now.toEpochMilli(), key, now.toEpochMilli());
            return AcceptResult.STORED;
        }
        if (isFull(sql, maxUntracked)) {
            return AcceptResult.REFUSED;
        }
        insert(sql, item, false, null, now);
        return AcceptResult.STORED;
    }

    LateStore.Arrival arrive(Sql sql, LateResult result, int maxUntracked, Instant now) throws SQLException {
        String key = Ids.key(result.getId());
        String digest = ResultText.digest(result);
        Rows.ItemState current = itemState(sql, key);
        if (current == null) {
            if (isFull(sql, maxUntracked)) {
                return new LateStore.Arrival(AcceptResult.REFUSED, null);
            }
            insert(sql, untrackedItem(result, now), false, result, now);
            return new LateStore.Arrival(AcceptResult.STORED, null);
        }
        String statement = replacement(current, result);
        if (statement != null) {
            LateResult known =
                    result.withHistory(current.startedAt(), Math.max(current.attempts(), result.getAttempts()));
            int taken = sql.update(
                    statement,
                    now.toEpochMilli(),
                    now.toEpochMilli(),
                    known.getAttempts(),
                    known.getOutcome().name(),
                    digest,
                    results.write(known),
                    key);
            if (taken == 1) {
                return new LateStore.Arrival(AcceptResult.STORED, current.state());
            }
            current = itemState(sql, key);
        }
        boolean same = current != null && digest.equals(current.digest());
        return new LateStore.Arrival(
                same ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, current == null ? null : current.state());
    }

    boolean ensureDiscarded(Sql sql, String id, LateKind kind, Instant forgetAt, Instant now) throws SQLException {
        String key = Ids.key(id);
        if (itemState(sql, key) == null) {
            NewItem item = new NewItem(id, kind, "spool", null, false, now, forgetAt, forgetAt);
            insert(sql, item, true, null, LateState.DISCARDED, now);
            return true;
        }
        return sql.update(Statements.ENSURE_DISCARDED, forgetAt.toEpochMilli(), now.toEpochMilli(), key) == 1;
    }

    /** Returns the statement that stores a result in an item; null where the item's own result stays. */
    private static @Nullable String replacement(Rows.ItemState current, LateResult result) {
        if (current.kind() != result.getKind()) {
            return null;
        }
        if (current.state() == LateState.AWAITING) {
            return Statements.ACCEPT;
        }
        return current.state() == LateState.READY && LateStore.isKnown(result.getOutcome()) ? Statements.REPLACE : null;
    }

    static Rows.@Nullable ItemState itemState(Sql sql, String key) throws SQLException {
        return sql.first(Rows::itemState, Statements.ITEM_STATE, key);
    }

    private static boolean isFull(Sql sql, int maxUntracked) throws SQLException {
        Long untracked = sql.first(row -> row.getLong(1), Statements.COUNT_UNTRACKED);
        return untracked != null && untracked >= maxUntracked;
    }

    private static NewItem untrackedItem(LateResult result, Instant now) {
        return new NewItem(result.getId(), result.getKind(), "callback", null, false, result.getStartedAt(), now, now);
    }

    private void insert(Sql sql, NewItem item, boolean tracked, @Nullable LateResult result, Instant now)
            throws SQLException {
        insert(sql, item, tracked, result, result == null ? LateState.AWAITING : LateState.READY, now);
    }

    private void insert(
            Sql sql, NewItem item, boolean tracked, @Nullable LateResult result, LateState state, Instant now)
            throws SQLException {
        sql.update(
                Statements.INSERT,
                Ids.key(item.id()),
                AsciiText.encode(item.id()),
                item.kind().name(),
                state.name(),
                WorkQueue.of(item.kind(), state).name(),
                AsciiText.encode(item.source()),
                tracked ? 1 : 0,
                item.sent() ? 1 : 0,
                result == null ? 0 : result.getAttempts(),
                item.startedAt().toEpochMilli(),
                item.dueAt().toEpochMilli(),
                item.expiresAt().toEpochMilli(),
                now.toEpochMilli(),
                now.toEpochMilli(),
                item.token(),
                result == null ? null : result.getOutcome().name(),
                result == null ? null : ResultText.digest(result),
                result == null ? null : results.write(result));
    }
}
