package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds items and results in one transaction, in few statements however many they are. It reads before it inserts, so that
 * a transaction that lost a race for a row finds the row when it is repeated.
 */
final class ArrivalWriter {
    private final Sql sql;
    /** Added at the end, in one batch. */
    private final ItemRows rows;
    /** How many untracked items may be added. */
    private final int room;

    /** By their keys. */
    private final Map<String, String> ids = new HashMap<>();

    /** Results of items that await them, in one batch. */
    private final List<Resolution> resolutions = new ArrayList<>();

    private int untracked;
    private boolean foundAwaiting;

    /** A result, its place among the arrivals, its item as it was read, and the parameters of the statement. */
    private record Resolution(
            int place,
            LateResult result,
            Rows.ItemState current,
            @Nullable Object[] parameters) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Resolution resolution
                    && place == resolution.place
                    && parameters == resolution.parameters;
        }

        @Override
        public int hashCode() {
            return place;
        }
    }

    ArrivalWriter(Sql sql, ItemRows rows, int room) {
        this.sql = sql;
        this.rows = rows;
        this.room = room;
    }

    /** Returns whether the item of a result awaited it. */
    boolean foundAwaiting() {
        return foundAwaiting;
    }

    /** Returns how many untracked items were added. */
    int untracked() {
        return untracked;
    }

    List<LateStore.AcceptOutcome> takeAll(List<Arrival> arrivals) throws SQLException {
        List<String> keys = arrivals.stream().map(each -> Ids.key(each.id())).toList();
        for (int i = 0; i < keys.size(); i++) {
            ids.put(keys.get(i), arrivals.get(i).id());
        }
        // In one order on all nodes, so that they do not deadlock.
        List<Integer> order = IntStream.range(0, arrivals.size())
                .boxed()
                .sorted(Comparator.comparing(i -> orderKey(arrivals.get(i), keys.get(i))))
                .toList();
        Map<String, Rows.ItemState> states = Rows.states(sql, Statements.ITEM_STATE, keys, ids);
        AcceptResult[] outcomes = new AcceptResult[arrivals.size()];
        for (int i : order) {
            Rows.ItemState current = states.get(keys.get(i));
            if (current != null
                    && arrivals.get(i) instanceof Arrival.Result result
                    && awaits(current, result.result())) {
                resolutions.add(resolution(i, result.result(), current));
            } else {
                resolveAll(outcomes);
                outcomes[i] = take(arrivals.get(i), current);
            }
        }
        resolveAll(outcomes);
        sql.batch(Statements.INSERT, rows.added);
        // Looked up afterwards, so that an item cannot be added and end on another node in between.
        Map<String, Rows.ItemState> ended = Rows.states(
                sql,
                Statements.ENDED_STATE,
                rows.added.stream().map(each -> String.valueOf(each[0])).toList(),
                ids);
        for (Rows.ItemState each : ended.values()) {
            sql.update(Statements.DELETE, each.key());
            rows.leases.remove(each.item().getId());
        }
        List<String> trackedKeys = order.stream()
                .filter(i -> arrivals.get(i) instanceof Arrival.Track)
                .map(keys::get)
                .filter(key -> !ended.containsKey(key))
                .toList();
        // Read again, since another node may have changed or ended them meanwhile.
        Map<String, Rows.ItemState> tracked = Rows.current(sql, trackedKeys, ids);
        return IntStream.range(0, arrivals.size())
                .mapToObj(i -> {
                    Rows.ItemState end = ended.get(keys.get(i));
                    if (end != null) {
                        return afterEnd(arrivals.get(i), end);
                    }
                    Rows.ItemState before = states.get(keys.get(i));
                    Rows.ItemState after = tracked.get(keys.get(i));
                    return new LateStore.AcceptOutcome(
                            outcomes[i],
                            before == null ? null : before.state(),
                            after == null ? null : after.item(),
                            rows.leases.get(arrivals.get(i).id()));
                })
                .toList();
    }

    private static LateStore.AcceptOutcome afterEnd(Arrival arrival, Rows.ItemState end) {
        AcceptResult outcome = AcceptResult.STORED;
        if (arrival instanceof Arrival.Result result) {
            outcome = compare(result.result(), end);
        } else if (arrival instanceof Arrival.PollNow) {
            outcome = AcceptResult.DUPLICATE;
        }
        return new LateStore.AcceptOutcome(
                outcome, end.state(), arrival instanceof Arrival.Track ? end.item() : null, null);
    }

    private static AcceptResult compare(LateResult result, Rows.ItemState current) {
        return ResultText.digest(result).equals(current.digest()) ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT;
    }

    private static String orderKey(Arrival arrival, String key) {
        return arrival instanceof Arrival.FailOpen failOpen ? failOpen.grant() : key;
    }

    private AcceptResult take(Arrival arrival, Rows.@Nullable ItemState current) throws SQLException {
        if (arrival instanceof Arrival.Result result) {
            return current == null ? addUntracked(arrival, result.result()) : replace(result.result(), current);
        }
        if (arrival instanceof Arrival.PollNow) {
            return current == null ? addUntracked(arrival, null) : pollNow(current);
        }
        if (arrival instanceof Arrival.FailOpen failOpen && current == null && !grant(failOpen)) {
            return AcceptResult.DUPLICATE;
        }
        NewItem item = arrival.item();
        if (arrival instanceof Arrival.Track && item.token() != null && item.sent()) {
            sql.update(Statements.MARK_SENT, AsciiText.encode(item.source()), item.token());
        }
        if (current == null) {
            boolean discarded = arrival instanceof Arrival.Discard;
            rows.add(item, true, null, discarded ? LateState.DISCARDED : LateState.AWAITING);
        } else if (arrival instanceof Arrival.Discard discard) {
            sql.update(Statements.ENSURE_DISCARDED, discard.purgeAt(), rows.now, current.key());
        } else if (arrival instanceof Arrival.Track) {
            sql.update(Statements.MARK_TRACKED, current.key());
        }
        return AcceptResult.STORED;
    }

    /** Returns whether the token was not allowed unverified shortly before, or on another node at the same time. */
    private boolean grant(Arrival.FailOpen failOpen) throws SQLException {
        Instant until = failOpen.grantedUntil();
        // Read first, since an update that finds no row locks the gap in MariaDB and MySQL, and nodes could deadlock.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, failOpen.grant());
        return granted == null
                ? sql.update(Statements.GRANT, failOpen.grant(), until) == 1
                : granted <= failOpen.grantedAt().toEpochMilli()
                        && sql.update(Statements.GRANT_AGAIN, until, failOpen.grant(), failOpen.grantedAt()) == 1;
    }

    private AcceptResult pollNow(Rows.ItemState current) throws SQLException {
        if (WorkQueue.of(current.item().getKind(), current.state()) != WorkQueue.TASK_POLL) {
            return AcceptResult.DUPLICATE;
        }
        sql.update(Statements.MAKE_DUE, rows.now, rows.now, current.key());
        return AcceptResult.STORED;
    }

    /** Adds an item of an id that nobody tracked, unless too many wait. */
    private AcceptResult addUntracked(Arrival arrival, @Nullable LateResult result) {
        if (untracked >= room) {
            return AcceptResult.REFUSED;
        }
        untracked++;
        rows.add(arrival.item(), false, result, result == null ? LateState.AWAITING : LateState.READY);
        return AcceptResult.STORED;
    }

    private static boolean awaits(Rows.ItemState current, LateResult result) {
        return current.state() == LateState.AWAITING && current.item().getKind() == result.getKind();
    }

    /** Stores results in items that are still as they were read, and looks at the others again. */
    private void resolveAll(AcceptResult[] outcomes) throws SQLException {
        Set<Resolution> resolved = sql.changed(Statements.RESOLVE, resolutions, Resolution::parameters);
        for (Resolution each : resolutions) {
            outcomes[each.place] =
                    resolved.contains(each) ? AcceptResult.STORED : replaceChanged(each.result, each.current);
        }
        resolutions.clear();
    }

    private Resolution resolution(int place, LateResult result, Rows.ItemState current) {
        foundAwaiting = true;
        return new Resolution(
                place,
                result,
                current,
                rows.resolution(
                        withHistory(result, current), current.item().getExpiresAt(), current.key(), current.fence()));
    }

    private static LateResult withHistory(LateResult result, Rows.ItemState current) {
        return result.withHistory(current.startedAt(), Math.max(current.item().getAttempts(), result.getAttempts()));
    }

    /** Stores a result in an item that another node changed after it was read as {@code before}. */
    private AcceptResult replaceChanged(LateResult result, Rows.ItemState before) throws SQLException {
        rows.leases.remove(result.getId());
        Rows.ItemState next = Rows.current(sql, List.of(before.key()), ids).get(before.key());
        if (next == null) {
            // With dirty reads: the transaction that added the item was rolled back.
            throw new SQLException("an item is gone", "40001");
        }
        // What has ended has no fence, and may look unchanged.
        return next.fence() == before.fence() ? compare(result, next) : replace(result, next);
    }

    private AcceptResult replace(LateResult result, Rows.ItemState current) throws SQLException {
        return replaces(result, current) ? AcceptResult.STORED : replaceChanged(result, current);
    }

    /** Stores a result in an item that is still as it was read; returns false where the item's own result stays. */
    private boolean replaces(LateResult result, Rows.ItemState current) throws SQLException {
        if (awaits(current, result)) {
            return sql.update(Statements.RESOLVE, resolution(0, result, current).parameters) == 1;
        }
        boolean isBetter = current.state() == LateState.READY && LateStore.isConclusive(result.getOutcome());
        return current.item().getKind() == result.getKind()
                && isBetter
                && sql.update(
                                Statements.REPLACE,
                                rows.replacement(withHistory(result, current), current.key(), current.fence()))
                        == 1;
    }
}
