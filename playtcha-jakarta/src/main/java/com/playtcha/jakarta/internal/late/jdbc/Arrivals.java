package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.FailOpenRecord;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds items and results within the caller's transaction, in few statements however many they are. Reads before it
 * inserts, so that a transaction that lost a race for a row finds the row when it is repeated.
 */
final class Arrivals {
    private final ResultText results;
    private final UntrackedCount untracked = new UntrackedCount();

    Arrivals(ResultText results) {
        this.results = results;
    }

    UntrackedCount untracked() {
        return untracked;
    }

    List<LateStore.Arrival> takeAll(Sql sql, List<Incoming> arrivals, int maxUntracked, Instant now)
            throws SQLException {
        Map<String, Rows.ItemState> states =
                states(sql, arrivals.stream().map(each -> Ids.key(each.id())).toList());
        // In one order on all nodes, so that they do not deadlock.
        List<Integer> order = IntStream.range(0, arrivals.size())
                .boxed()
                .sorted(Comparator.comparing(i -> orderKey(arrivals.get(i))))
                .toList();
        LateStore.Arrival[] outcomes = new LateStore.Arrival[arrivals.size()];
        Group group = new Group(sql, maxUntracked, now);
        for (int i : order) {
            Incoming arrival = arrivals.get(i);
            outcomes[i] = take(group, arrival, states.get(Ids.key(arrival.id())));
        }
        sql.batch(Statements.INSERT, group.inserts);
        return List.of(outcomes);
    }

    private static String orderKey(Incoming arrival) {
        return arrival instanceof Incoming.FailOpen failOpen
                ? failOpen.failOpen().grant()
                : Ids.key(arrival.id());
    }

    /** One transaction: items are added at its end, in one batch. */
    private static final class Group {
        final Sql sql;
        final Instant now;
        final List<@Nullable Object[]> inserts = new ArrayList<>();
        final int maxUntracked;

        Group(Sql sql, int maxUntracked, Instant now) {
            this.sql = sql;
            this.maxUntracked = maxUntracked;
            this.now = now;
        }
    }

    private LateStore.Arrival take(Group group, Incoming arrival, Rows.@Nullable ItemState current)
            throws SQLException {
        LateState before = current == null ? null : current.state();
        if (arrival instanceof Incoming.Result result) {
            return arrive(group, result.result(), current);
        }
        if (arrival instanceof Incoming.Track track) {
            return new LateStore.Arrival(AcceptResult.STORED, before, track(group, track.item(), current));
        }
        AcceptResult outcome = arrival instanceof Incoming.PollNow poll
                ? pollNow(group, poll.item(), current)
                : failOpen(group, ((Incoming.FailOpen) arrival).failOpen(), current);
        return new LateStore.Arrival(outcome, before, null);
    }

    private AcceptResult failOpen(Group group, FailOpenRecord failOpen, Rows.@Nullable ItemState current)
            throws SQLException {
        if (current != null) {
            return AcceptResult.STORED;
        }
        Sql sql = group.sql;
        long until = failOpen.grantedUntil().toEpochMilli();
        long now = group.now.toEpochMilli();
        // Read first, since an update that finds no row locks the gap in MariaDB and MySQL, and nodes could deadlock.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, failOpen.grant());
        if (granted == null) {
            sql.update(Statements.GRANT, failOpen.grant(), until);
        } else if (granted > now || sql.update(Statements.GRANT_AGAIN, until, failOpen.grant(), now) == 0) {
            return AcceptResult.DUPLICATE;
        }
        insert(group, failOpen.item(), true, null);
        return AcceptResult.STORED;
    }

    private LateItem track(Group group, NewItem item, Rows.@Nullable ItemState current) throws SQLException {
        if (current == null) {
            insert(group, item, true, null);
            return new LateItem(
                    item.id(),
                    item.kind(),
                    LateState.AWAITING,
                    null,
                    true,
                    0,
                    0,
                    item.dueAt(),
                    item.expiresAt(),
                    null,
                    group.now,
                    group.now,
                    false);
        }
        group.sql.update(Statements.MARK_TRACKED, current.key());
        return Objects.requireNonNull(group.sql.first(Rows::item, Statements.FIND, current.key()));
    }

    private AcceptResult pollNow(Group group, NewItem item, Rows.@Nullable ItemState current) throws SQLException {
        if (current == null) {
            if (!untracked.tryAdd(group.maxUntracked)) {
                return AcceptResult.REFUSED;
            }
            insert(group, item, false, null);
            return AcceptResult.STORED;
        }
        if (WorkQueue.of(current.kind(), current.state()) != WorkQueue.POLL) {
            return AcceptResult.DUPLICATE;
        }
        long now = group.now.toEpochMilli();
        group.sql.update(Statements.MAKE_DUE, now, current.key(), now);
        return AcceptResult.STORED;
    }

    private LateStore.Arrival arrive(Group group, LateResult result, Rows.@Nullable ItemState current)
            throws SQLException {
        if (current == null) {
            if (!untracked.tryAdd(group.maxUntracked)) {
                return new LateStore.Arrival(AcceptResult.REFUSED, null, null);
            }
            insert(group, untrackedItem(result, group.now), false, result);
            return new LateStore.Arrival(AcceptResult.STORED, null, null);
        }
        String digest = ResultText.digest(result);
        Rows.ItemState known = current;
        String statement = replacement(current, result);
        if (statement != null) {
            LateResult stored = result.withHistory(
                    current.startedAt(), Math.max(current.item().attempts(), result.getAttempts()));
            int taken = group.sql.update(
                    statement,
                    group.now.toEpochMilli(),
                    group.now.toEpochMilli(),
                    stored.getAttempts(),
                    stored.getOutcome().name(),
                    digest,
                    results.write(stored),
                    current.key());
            if (taken == 1) {
                return new LateStore.Arrival(AcceptResult.STORED, current.state(), null);
            }
            // Another node changed the item meanwhile.
            known = Objects.requireNonNullElse(
                    states(group.sql, List.of(current.key())).get(current.key()), current);
        }
        return new LateStore.Arrival(
                digest.equals(known.digest()) ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, known.state(), null);
    }

    boolean ensureDiscarded(Sql sql, String id, LateKind kind, Instant forgetAt, Instant now) throws SQLException {
        String key = Ids.key(id);
        if (states(sql, List.of(key)).isEmpty()) {
            NewItem item = new NewItem(id, kind, "spool", null, false, now, forgetAt, forgetAt);
            sql.update(Statements.INSERT, row(item, true, null, LateState.DISCARDED, now));
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

    static Map<String, Rows.ItemState> states(Sql sql, List<String> keys) throws SQLException {
        List<Rows.ItemState> found = sql.list(
                keys.size(),
                Rows::itemState,
                Statements.itemStates(keys.size()),
                Statements.padded(keys).toArray());
        return found.stream().collect(Collectors.toMap(Rows.ItemState::key, Function.identity()));
    }

    private static NewItem untrackedItem(LateResult result, Instant now) {
        return new NewItem(result.getId(), result.getKind(), "callback", null, false, result.getStartedAt(), now, now);
    }

    private void insert(Group group, NewItem item, boolean tracked, @Nullable LateResult result) {
        LateState state = result == null ? LateState.AWAITING : LateState.READY;
        group.inserts.add(row(item, tracked, result, state, group.now));
    }

    private @Nullable Object[] row(
            NewItem item, boolean tracked, @Nullable LateResult result, LateState state, Instant now) {
        return new @Nullable Object[] {
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
            result == null ? null : results.write(result)
        };
    }
}
