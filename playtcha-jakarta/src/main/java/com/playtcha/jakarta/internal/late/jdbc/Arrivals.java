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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds items and results in one transaction, in few statements however many they are. Reads before it inserts, so that a
 * transaction that lost a race for a row finds the row when it is repeated.
 */
final class Arrivals {
    private final Sql sql;
    private final ResultText results;
    private final AtomicLong untracked;
    private final int maxUntracked;
    private final Instant now;
    /** Items to be added at the end, in one batch. */
    private final List<@Nullable Object[]> inserts = new ArrayList<>();

    Arrivals(Sql sql, ResultText results, AtomicLong untracked, int maxUntracked, Instant now) {
        this.sql = sql;
        this.results = results;
        this.untracked = untracked;
        this.maxUntracked = maxUntracked;
        this.now = now;
    }

    List<LateStore.Arrival> takeAll(List<Incoming> arrivals) throws SQLException {
        List<String> keys = arrivals.stream().map(each -> Ids.key(each.id())).toList();
        Map<String, Rows.ItemState> states = states(keys);
        // In one order on all nodes, so that they do not deadlock.
        List<Integer> order = IntStream.range(0, arrivals.size())
                .boxed()
                .sorted(Comparator.comparing(i -> orderKey(arrivals.get(i), keys.get(i))))
                .toList();
        LateStore.Arrival[] outcomes = new LateStore.Arrival[arrivals.size()];
        for (int i : order) {
            Incoming arrival = arrivals.get(i);
            outcomes[i] = take(arrival, states.get(keys.get(i)));
        }
        sql.batch(Statements.INSERT, inserts);
        return List.of(outcomes);
    }

    private static String orderKey(Incoming arrival, String key) {
        return arrival instanceof Incoming.FailOpen failOpen
                ? failOpen.failOpen().grant()
                : key;
    }

    private LateStore.Arrival take(Incoming arrival, Rows.@Nullable ItemState current) throws SQLException {
        LateState before = current == null ? null : current.state();
        if (arrival instanceof Incoming.Result result) {
            return current == null
                    ? new LateStore.Arrival(addUntracked(untrackedItem(result.result()), result.result()), null, null)
                    : arrive(result.result(), current);
        }
        if (arrival instanceof Incoming.Track track) {
            return new LateStore.Arrival(AcceptResult.STORED, before, track(track.item(), current));
        }
        AcceptResult outcome = arrival instanceof Incoming.PollNow poll
                ? pollNow(poll.item(), current)
                : failOpen(((Incoming.FailOpen) arrival).failOpen(), current);
        return new LateStore.Arrival(outcome, before, null);
    }

    private AcceptResult failOpen(FailOpenRecord failOpen, Rows.@Nullable ItemState current) throws SQLException {
        if (current != null) {
            return AcceptResult.STORED;
        }
        Instant until = failOpen.grantedUntil();
        // Read first, since an update that finds no row locks the gap in MariaDB and MySQL, and nodes could deadlock.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, failOpen.grant());
        if (granted == null) {
            sql.update(Statements.GRANT, failOpen.grant(), until);
        } else if (granted > now.toEpochMilli()
                || sql.update(Statements.GRANT_AGAIN, until, failOpen.grant(), now) == 0) {
            return AcceptResult.DUPLICATE;
        }
        inserts.add(row(failOpen.item(), true, null, LateState.AWAITING));
        return AcceptResult.STORED;
    }

    private LateItem track(NewItem item, Rows.@Nullable ItemState current) throws SQLException {
        if (current == null) {
            inserts.add(row(item, true, null, LateState.AWAITING));
            LateState state = LateState.AWAITING;
            return new LateItem(
                    item.id(),
                    item.kind(),
                    state,
                    null,
                    true,
                    0,
                    0,
                    item.dueAt(),
                    item.expiresAt(),
                    null,
                    now,
                    now,
                    false);
        }
        sql.update(Statements.MARK_TRACKED, current.key());
        return sql.required(Rows::item, Statements.FIND, current.key());
    }

    private AcceptResult pollNow(NewItem item, Rows.@Nullable ItemState current) throws SQLException {
        if (current == null) {
            return addUntracked(item, null);
        }
        if (WorkQueue.of(current.item().kind(), current.state()) != WorkQueue.POLL) {
            return AcceptResult.DUPLICATE;
        }
        sql.update(Statements.MAKE_DUE, now, current.key(), now);
        return AcceptResult.STORED;
    }

    /** Adds an item of an id that nobody tracked, unless too many wait. */
    private AcceptResult addUntracked(NewItem item, @Nullable LateResult result) {
        if (untracked.get() >= maxUntracked) {
            return AcceptResult.REFUSED;
        }
        untracked.incrementAndGet();
        inserts.add(row(item, false, result, result == null ? LateState.AWAITING : LateState.READY));
        return AcceptResult.STORED;
    }

    private LateStore.Arrival arrive(LateResult result, Rows.ItemState current) throws SQLException {
        String digest = ResultText.digest(result);
        Rows.ItemState known = current;
        String statement = replacement(current, result);
        if (statement != null) {
            int attempts = Math.max(current.item().attempts(), result.getAttempts());
            String text = results.write(result.withHistory(current.startedAt(), attempts));
            if (sql.update(statement, now, now, attempts, result.getOutcome(), digest, text, current.key()) == 1) {
                return new LateStore.Arrival(AcceptResult.STORED, current.state(), null);
            }
            // Another node changed the item meanwhile.
            known = Objects.requireNonNullElse(states(List.of(current.key())).get(current.key()), current);
        }
        return new LateStore.Arrival(
                digest.equals(known.digest()) ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT, known.state(), null);
    }

    /** Returns the statement that stores a result in an item; null where the item's own result stays. */
    private static @Nullable String replacement(Rows.ItemState current, LateResult result) {
        if (current.item().kind() != result.getKind()) {
            return null;
        }
        if (current.state() == LateState.AWAITING) {
            return Statements.ACCEPT;
        }
        return current.state() == LateState.READY && LateStore.isKnown(result.getOutcome()) ? Statements.REPLACE : null;
    }

    void ensureDiscarded(String id, LateKind kind, Instant forgetAt) throws SQLException {
        String key = Ids.key(id);
        if (states(List.of(key)).isEmpty()) {
            NewItem item = new NewItem(id, kind, "spool", null, false, now, forgetAt, forgetAt);
            sql.update(Statements.INSERT, row(item, true, null, LateState.DISCARDED));
        } else {
            sql.update(Statements.ENSURE_DISCARDED, forgetAt, now, key);
        }
    }

    private Map<String, Rows.ItemState> states(List<String> keys) throws SQLException {
        String query = Statements.itemStates(keys.size());
        return sql
                .list(
                        keys.size(),
                        Rows::itemState,
                        query,
                        Statements.padded(keys).toArray())
                .stream()
                .collect(Collectors.toMap(Rows.ItemState::key, Function.identity()));
    }

    private NewItem untrackedItem(LateResult result) {
        return new NewItem(result.getId(), result.getKind(), "callback", null, false, result.getStartedAt(), now, now);
    }

    private @Nullable Object[] row(NewItem item, boolean tracked, @Nullable LateResult result, LateState state) {
        return new @Nullable Object[] {
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
            item.dueAt(),
            item.expiresAt(),
            now,
            now,
            item.token(),
            result == null ? null : result.getOutcome(),
            result == null ? null : ResultText.digest(result),
            result == null ? null : results.write(result)
        };
    }
}
