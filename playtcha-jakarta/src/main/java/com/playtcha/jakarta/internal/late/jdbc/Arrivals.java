package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Incoming;
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
        AcceptResult[] outcomes = new AcceptResult[arrivals.size()];
        for (int i : order) {
            outcomes[i] = take(arrivals.get(i), states.get(keys.get(i)));
        }
        sql.batch(Statements.INSERT, inserts);
        Map<String, Rows.ItemState> tracked = states(order.stream()
                .filter(i -> arrivals.get(i) instanceof Incoming.Track)
                .map(keys::get)
                .toList());
        return IntStream.range(0, arrivals.size())
                .mapToObj(i -> {
                    Rows.ItemState before = states.get(keys.get(i));
                    Rows.ItemState after = tracked.get(keys.get(i));
                    return new LateStore.Arrival(
                            outcomes[i], before == null ? null : before.state(), after == null ? null : after.item());
                })
                .toList();
    }

    private static String orderKey(Incoming arrival, String key) {
        return arrival instanceof Incoming.FailOpen failOpen ? failOpen.grant() : key;
    }

    private AcceptResult take(Incoming arrival, Rows.@Nullable ItemState current) throws SQLException {
        if (arrival instanceof Incoming.Result result) {
            return current == null ? addUntracked(arrival, result.result()) : replace(result.result(), current);
        }
        if (arrival instanceof Incoming.PollNow) {
            return current == null ? addUntracked(arrival, null) : pollNow(current);
        }
        if (arrival instanceof Incoming.FailOpen failOpen && current == null && !grant(failOpen)) {
            return AcceptResult.DUPLICATE;
        }
        if (current == null) {
            boolean discarded = arrival instanceof Incoming.Discard;
            add(arrival.item(), true, null, discarded ? LateState.DISCARDED : LateState.AWAITING);
        } else if (arrival instanceof Incoming.Discard discard) {
            sql.update(Statements.ENSURE_DISCARDED, discard.forgetAt(), now, current.key());
        } else if (arrival instanceof Incoming.Track) {
            sql.update(Statements.MARK_TRACKED, current.key());
        }
        return AcceptResult.STORED;
    }

    /** Returns whether the token was not allowed unverified shortly before. */
    private boolean grant(Incoming.FailOpen failOpen) throws SQLException {
        Instant until = failOpen.grantedUntil();
        // Read first, since an update that finds no row locks the gap in MariaDB and MySQL, and nodes could deadlock.
        Long granted = sql.first(row -> row.getLong(1), Statements.GRANTED, failOpen.grant());
        return granted == null
                ? sql.update(Statements.GRANT, failOpen.grant(), until) == 1
                : granted <= now.toEpochMilli()
                        && sql.update(Statements.GRANT_AGAIN, until, failOpen.grant(), now) == 1;
    }

    private AcceptResult pollNow(Rows.ItemState current) throws SQLException {
        if (WorkQueue.of(current.item().kind(), current.state()) != WorkQueue.POLL) {
            return AcceptResult.DUPLICATE;
        }
        sql.update(Statements.MAKE_DUE, now, current.key(), now);
        return AcceptResult.STORED;
    }

    /** Adds an item of an id that nobody tracked, unless too many wait. */
    private AcceptResult addUntracked(Incoming arrival, @Nullable LateResult result) {
        if (untracked.get() >= maxUntracked) {
            return AcceptResult.REFUSED;
        }
        untracked.incrementAndGet();
        add(arrival.item(), false, result, result == null ? LateState.AWAITING : LateState.READY);
        return AcceptResult.STORED;
    }

    private AcceptResult replace(LateResult result, Rows.ItemState current) throws SQLException {
        String digest = ResultText.digest(result);
        Rows.ItemState known = current;
        String statement = replacement(current, result);
        if (statement != null) {
            int attempts = Math.max(current.item().attempts(), result.getAttempts());
            String text = results.write(result.withHistory(current.startedAt(), attempts));
            if (sql.update(statement, now, now, attempts, result.getOutcome(), digest, text, current.key()) == 1) {
                return AcceptResult.STORED;
            }
            // Another node changed the item meanwhile.
            known = Objects.requireNonNullElse(states(List.of(current.key())).get(current.key()), current);
        }
        return digest.equals(known.digest()) ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT;
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

    private Map<String, Rows.ItemState> states(List<String> keys) throws SQLException {
        return keys.isEmpty()
                ? Map.of()
                : sql
                        .list(
                                keys.size(),
                                Rows::itemState,
                                Statements.itemStates(keys.size()),
                                Statements.padded(keys).toArray())
                        .stream()
                        .collect(Collectors.toMap(Rows.ItemState::key, Function.identity()));
    }

    private void add(NewItem item, boolean tracked, @Nullable LateResult result, LateState state) {
        inserts.add(new @Nullable Object[] {
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
            result == null ? null : results.write(result)
        });
    }
}
