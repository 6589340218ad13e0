package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads rows. */
final class Rows {
    private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

    private final ResultText results;

    Rows(ResultText results) {
        this.results = results;
    }

    /** A row that was claimed; its lease is null where this version cannot read it. */
    record Claimed(long dueAt, String key, @Nullable Lease lease) {}

    /** A row of the list of items that failed; its item is empty where a later version wrote it or it was edited wrongly. */
    record Failed(FailedQuery.Position position, Optional<LateItem> item) {}

    static Failed failed(ResultSet row) throws SQLException {
        FailedQuery.Position position = new FailedQuery.Position(time(row, "dead_since"), row.getString("item_key"));
        try {
            return new Failed(position, Optional.of(item(AsciiText.decode(row.getString("item_id")), row)));
        } catch (IllegalArgumentException e) {
            return new Failed(position, Optional.empty());
        }
    }

    /** What an item has that decides what an arrival does. */
    record ItemState(String key, LateItem item, @Nullable String digest, Instant startedAt, long fence) {
        LateState state() {
            return item.getState();
        }
    }

    static LateItem item(String id, ResultSet row) throws SQLException {
        String outcome = row.getString("outcome");
        String error = row.getString("last_error");
        long failedSince = row.getLong("dead_since");
        return LateItem.of(id, LateKind.valueOf(row.getString("kind")), state(row))
                .outcome(outcome == null ? null : LateOutcome.valueOf(outcome))
                .tracked(row.getInt("tracked") != 0)
                .attempts(row.getInt("attempts"))
                .failures(row.getInt("failures"))
                .dueAt(time(row, "due_at"))
                .expiresAt(time(row, "expires_at"))
                .failedSince(failedSince == 0 ? null : Instant.ofEpochMilli(failedSince))
                .lastError(error == null ? null : AsciiText.decode(error))
                .createdAt(time(row, "created_at"))
                .updatedAt(time(row, "updated_at"))
                .build();
    }

    /** In the table, the state of an item that is retrying is the same as that of a dead letter. */
    private static LateState state(ResultSet row) throws SQLException {
        LateState state = LateState.valueOf(row.getString("state"));
        boolean isDead = WorkQueue.DEAD.code().equals(row.getString("lane"));
        return state == LateState.DEAD_LETTER && !isDead ? LateState.RETRYING : state;
    }

    /** Reads a row of either table; the ids are given by their keys. */
    private static ItemState itemState(ResultSet row, Map<String, String> ids) throws SQLException {
        String key = row.getString("item_key");
        return new ItemState(
                key,
                item(Objects.requireNonNull(ids.get(key)), row),
                row.getString("result_digest"),
                time(row, "started_at"),
                row.getLong("fence"));
    }

    /** Reads items by their keys, from the one table or the other. */
    static Map<String, ItemState> states(Sql sql, String query, List<String> keys, Map<String, String> ids)
            throws SQLException {
        if (keys.isEmpty()) {
            return Map.of();
        }
        boolean takesArrays = sql.database() == Database.POSTGRESQL;
        Object[] parameters = takesArrays
                ? new Object[] {keys.toArray()}
                : Statements.padded(keys).toArray();
        List<ItemState> found = sql.list(
                keys.size(),
                row -> itemState(row, ids),
                takesArrays ? Statements.ofKeys(query) : Statements.ofKeys(query, keys.size()),
                parameters);
        return found.stream().collect(Collectors.toMap(ItemState::key, Function.identity()));
    }

    /** Reads items by their keys, whether they have ended or not; in this order, since one may end in between. */
    static Map<String, ItemState> current(Sql sql, List<String> keys, Map<String, String> ids) throws SQLException {
        Map<String, ItemState> found = new HashMap<>(states(sql, Statements.ITEM_STATE, keys, ids));
        List<String> others =
                keys.stream().filter(key -> !found.containsKey(key)).toList();
        found.putAll(states(sql, Statements.ENDED_STATE, others, ids));
        return found;
    }

    Claimed claimed(ResultSet row, boolean sent, boolean called) throws SQLException {
        String key = row.getString("item_key");
        Lease lease = null;
        try {
            lease = lease(row, sent, called);
        } catch (IllegalArgumentException e) {
            LOG.warn("A row of table playtcha_late_item cannot be read and is ignored: item_key={}", key);
        }
        return new Claimed(row.getLong("due_at"), key, lease);
    }

    private Lease lease(ResultSet row, boolean sent, boolean called) throws SQLException {
        LateKind kind = LateKind.valueOf(row.getString("kind"));
        return new Lease(
                AsciiText.decode(row.getString("item_id")),
                kind,
                state(row),
                row.getString("token"),
                sent,
                row.getInt("attempts"),
                row.getInt("failures"),
                time(row, "started_at"),
                time(row, "expires_at"),
                result(row.getString("result")),
                row.getLong("fence"),
                called);
    }

    /** Returns null also for a result that cannot be read, which the engine makes a dead letter. */
    @Nullable
    LateResult result(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return results.readResult(text);
        } catch (JsonReadException e) {
            LOG.warn("A result in table playtcha_late_item cannot be read: {}", e.getMessage());
            return null;
        }
    }

    /** A number of items, and the time of the first; null where there is none. */
    record Tally(long items, @Nullable Instant first) {}

    static Tally tally(ResultSet row) throws SQLException {
        long items = row.getLong(1);
        return new Tally(items, items == 0 ? null : Instant.ofEpochMilli(row.getLong(2)));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }
}
