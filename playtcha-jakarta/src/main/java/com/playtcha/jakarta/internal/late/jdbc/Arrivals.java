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
 * Items and results that arrive, each within the caller's transaction. Looks before it inserts, so that a transaction
 * that lost a race for a row finds the row when it is run again.
 */
final class Arrivals {
    private final ResultText results;

    Arrivals(ResultText results) {
        this.results = results;
    }

    AcceptResult trackPass(Sql sql, FailOpenRecord pass, Instant now) throws SQLException {
        if (standing(sql, Ids.key(pass.item().id())) != null) {
            return AcceptResult.STORED;
        }
        long until = pass.grantedUntil().toEpochMilli();
        // Looked at first: an update that finds no row locks the gap in MariaDB and MySQL, and nodes then wait for each
        // other in a circle.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, pass.grant());
        if (granted == null) {
            sql.update(Statements.GRANT, pass.grant(), until);
        } else if (granted > now.toEpochMilli()
                || sql.update(Statements.GRANT_AGAIN, until, pass.grant(), now.toEpochMilli()) == 0) {
            return AcceptResult.DUPLICATE;
        }
        insert(sql, pass.item(), true, null, now);
        return AcceptResult.STORED;
    }

    LateStore.Tracked track(Sql sql, NewItem item, Instant now) throws SQLException {
        String key = Ids.key(item.id());
        boolean isNew = standing(sql, key) == null;
        if (isNew) {
            insert(sql, item, true, null, now);
        } else {
            sql.update(Statements.MARK_TRACKED, key);
        }
        LateItem found = Objects.requireNonNull(sql.first(Rows::item, Statements.FIND, key));
        return new LateStore.Tracked(found, isNew);
    }

    AcceptResult pollNow(Sql sql, NewItem item, int mostUnknown, Instant now) throws SQLException {
        String key = Ids.key(item.id());
        Rows.Standing standing = standing(sql, key);
        if (standing != null) {
            if (WorkQueue.of(standing.kind(), standing.state()) != WorkQueue.POLL) {
                return AcceptResult.DUPLICATE;
            }
            sql.update(Statements.HASTEN, now.toEpochMilli(), key, now.toEpochMilli());
            return AcceptResult.STORED;
        }
        if (isFull(sql, mostUnknown)) {
            return AcceptResult.REFUSED;
        }
        insert(sql, item, false, null, now);
        return AcceptResult.STORED;
    }

    LateStore.Arrival arrive(Sql sql, LateResult result, int mostUnknown, Instant now) throws SQLException {
        String key = Ids.key(result.getId());
        String digest = ResultText.digest(result);
        Rows.Standing standing = standing(sql, key);
        if (standing == null) {
            if (isFull(sql, mostUnknown)) {
                return new LateStore.Arrival(AcceptResult.REFUSED, null);
            }
            insert(sql, unknownItem(result, now), false, result, now);
            return new LateStore.Arrival(AcceptResult.STORED, null);
        }
        String statement = replacing(standing, result);
        if (statement != null) {
            LateResult known =
                    result.withHistory(standing.startedAt(), Math.max(standing.attempts(), result.getAttempts()));
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
                return new LateStore.Arrival(AcceptResult.STORED, standing.state());
            }
            standing = standing(sql, key);
        }
        boolean same = standing != null && digest.equals(standing.digest());
        return new LateStore.Arrival(
                same ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, standing == null ? null : standing.state());
    }

    boolean ensureDiscarded(Sql sql, String id, LateKind kind, Instant forgetAt, Instant now) throws SQLException {
        String key = Ids.key(id);
        if (standing(sql, key) == null) {
            NewItem item = new NewItem(id, kind, "spool", null, false, now, forgetAt, forgetAt);
            insert(sql, item, true, null, LateState.DISCARDED, now);
            return true;
        }
        return sql.update(Statements.ENSURE_DISCARDED, forgetAt.toEpochMilli(), now.toEpochMilli(), key) == 1;
    }

    /** How an item takes a result; null where it keeps the one it has. */
    private static @Nullable String replacing(Rows.Standing standing, LateResult result) {
        if (standing.kind() != result.getKind()) {
            return null;
        }
        if (standing.state() == LateState.AWAITING) {
            return Statements.ACCEPT;
        }
        return standing.state() == LateState.READY && LateStore.isKnown(result.getOutcome()) ? Statements.BETTER : null;
    }

    static Rows.@Nullable Standing standing(Sql sql, String key) throws SQLException {
        return sql.first(Rows::standing, Statements.STANDING, key);
    }

    private static boolean isFull(Sql sql, int mostUnknown) throws SQLException {
        Long unknown = sql.first(row -> row.getLong(1), Statements.UNKNOWN);
        return unknown != null && unknown >= mostUnknown;
    }

    private static NewItem unknownItem(LateResult result, Instant now) {
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
