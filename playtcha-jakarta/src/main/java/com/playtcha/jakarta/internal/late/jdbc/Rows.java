package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
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

    /** A row that can be claimed; its lease is null where this version cannot read it. */
    record Candidate(
            String key, long fence, long dueAt, @Nullable Lease lease) {}

    /** Reads an item; empty where a later version wrote it or it was edited wrongly. */
    static Optional<LateItem> itemIfReadable(ResultSet row) throws SQLException {
        try {
            return Optional.of(item(row));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What an item has that decides what an arrival does. */
    record ItemState(String key, LateItem item, @Nullable String digest, Instant startedAt) {
        LateState state() {
            return item.state();
        }
    }

    static LateItem item(ResultSet row) throws SQLException {
        String outcome = row.getString("outcome");
        String error = row.getString("last_error");
        return new LateItem(
                AsciiText.decode(row.getString("item_id")),
                LateKind.valueOf(row.getString("kind")),
                LateState.valueOf(row.getString("state")),
                outcome == null ? null : LateOutcome.valueOf(outcome),
                row.getInt("tracked") != 0,
                row.getInt("attempts"),
                row.getInt("failures"),
                time(row, "due_at"),
                time(row, "expires_at"),
                error == null ? null : AsciiText.decode(error),
                time(row, "created_at"),
                time(row, "updated_at"),
                false);
    }

    static ItemState itemState(ResultSet row) throws SQLException {
        return new ItemState(
                row.getString("item_key"), item(row), row.getString("result_digest"), time(row, "started_at"));
    }

    Candidate candidate(ResultSet row) throws SQLException {
        String key = row.getString("item_key");
        Lease lease = null;
        try {
            lease = lease(row);
        } catch (IllegalArgumentException e) {
            LOG.warn("A row of table playtcha_late_item cannot be read and is ignored: item_key={}", key);
        }
        return new Candidate(key, row.getLong("fence"), row.getLong("due_at"), lease);
    }

    private Lease lease(ResultSet row) throws SQLException {
        LateKind kind = LateKind.valueOf(row.getString("kind"));
        return new Lease(
                AsciiText.decode(row.getString("item_id")),
                kind,
                LateState.valueOf(row.getString("state")),
                AsciiText.decode(row.getString("source")),
                row.getString("token"),
                row.getInt("sent") != 0,
                row.getInt("attempts"),
                row.getInt("failures"),
                time(row, "started_at"),
                time(row, "expires_at"),
                result(row.getString("result")),
                row.getLong("fence") + 1,
                row.getLong("lease_until") > 0);
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
