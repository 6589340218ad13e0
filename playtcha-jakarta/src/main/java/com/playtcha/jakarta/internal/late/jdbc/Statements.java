package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The store's SQL, in the subset that H2, PostgreSQL, MariaDB and MySQL share. */
final class Statements {
    private static final String TABLE = "playtcha_late_item";

    /** The lane is constant in each query, but without it H2 does not use the index for sorting. */
    private static final String BY_DUE = " ORDER BY lane, due_at";

    private static final String BY_DUE_LAST = " ORDER BY lane DESC, due_at DESC";

    /** Of an item with a result. */
    private static final String OF_LEASE = " WHERE item_key = ? AND fence = ? AND lane IN ('DELIVER', 'RETRY', 'HUNG')";

    static final String OLDEST_DEAD = "state = 'DEAD_LETTER' ORDER BY state, dead_since, item_key";

    static final String ITEM = "SELECT item_id, kind, state, outcome, tracked, attempts, failures, due_at, expires_at,"
            + " last_error, created_at, updated_at FROM " + TABLE;
    static final String FIND = ITEM + " WHERE item_key = ?";
    static final String DEAD_LETTERS = ITEM + " WHERE " + OLDEST_DEAD;
    static final String RESULT = "SELECT result FROM " + TABLE + " WHERE item_key = ? AND state = 'DEAD_LETTER'";

    static final String INSERT =
            "INSERT INTO " + TABLE + " (item_key, item_id, kind, state, lane, source, tracked, sent,"
                    + " attempts, failures, started_at, due_at, expires_at, dead_since, created_at, updated_at, fence, lease_until,"
                    + " token, outcome, result_digest, result)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?, 0, 0, ?, ?, ?, ?)";

    static final String MARK_TRACKED = "UPDATE " + TABLE + " SET tracked = 1 WHERE item_key = ? AND tracked = 0";
    static final String MAKE_DUE =
            "UPDATE " + TABLE + " SET due_at = ? WHERE item_key = ? AND state = 'AWAITING' AND due_at > ?";
    /** The columns that decide what an arrival does. */
    private static final String ITEM_STATE =
            "SELECT item_key, item_id, kind, state, outcome, tracked, attempts, failures, due_at,"
                    + " expires_at, last_error, created_at, updated_at, result_digest, started_at FROM " + TABLE
                    + " WHERE item_key = ?";

    private static final String WITH_RESULT =
            "UPDATE " + TABLE + " SET state = 'READY', lane = 'DELIVER', due_at = ?, updated_at = ?, attempts = ?,"
                    + " token = NULL, outcome = ?, result_digest = ?, result = ?, fence = fence + 1, lease_until = 0"
                    + " WHERE state = 'AWAITING' AND item_key = ?";

    /** Raises the fence, so that a node which polls for the result changes nothing. */
    static final String ACCEPT = WITH_RESULT;

    static final String RESOLVE = WITH_RESULT + " AND fence = ?";

    /** Requires that the item was never claimed, so that no handler was called with the result that is replaced. */
    static final String REPLACE = "UPDATE " + TABLE + " SET due_at = ?, updated_at = ?, attempts = ?, outcome = ?,"
            + " result_digest = ?, result = ?, fence = fence + 1"
            + " WHERE item_key = ? AND state = 'READY' AND lease_until = 0 AND outcome IN ('EXPIRED', 'UNCONFIRMED')";

    private static final String CLAIMABLE = "SELECT item_key, item_id, kind, state, source, token, sent, attempts,"
            + " failures, started_at, expires_at, result, fence, due_at, lease_until FROM " + TABLE + " WHERE lane = '";

    /**
     * An unchanged fence means that the lane is the same as well. It is not compared, since PostgreSQL, which keeps the
     * plan that it made for an empty table, would look the row up in the index of the lane.
     */
    static final String CLAIM = "UPDATE " + TABLE + " SET owner = ?, fence = fence + 1, lease_until = ?,"
            + " sent = CASE WHEN lane = 'ASK' THEN 1 ELSE sent END"
            + " WHERE item_key = ? AND fence = ? AND lease_until < ?";

    static final String RESCHEDULE = "UPDATE " + TABLE + " SET due_at = ?, attempts = ?, sent = ?, updated_at = ?,"
            + " last_error = COALESCE(?, last_error), lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND fence = ? AND state = 'AWAITING'";
    static final String COMPLETE = "UPDATE " + TABLE + " SET state = ?, lane = 'DONE', due_at = ?, updated_at = ?,"
            + " token = NULL, result = NULL, fence = fence + 1, lease_until = 0, owner = NULL"
            + OF_LEASE;
    static final String HELD = "SELECT fence FROM " + TABLE + OF_LEASE;
    static final String FAIL = "UPDATE " + TABLE + " SET state = 'DEAD_LETTER', lane = ?, failures = failures + 1,"
            + " last_error = ?, due_at = ?, updated_at = ?, fence = fence + 1, lease_until = 0, owner = NULL,"
            + " dead_since = CASE WHEN dead_since = 0 THEN ? ELSE dead_since END" + OF_LEASE;
    static final String RELEASE = "UPDATE " + TABLE + " SET lease_until = ?, owner = NULL" + OF_LEASE;

    /**
     * Raises the fence, so that a lease that is still in use changes nothing. Not 0, which would mean that the item was
     * never claimed.
     */
    static final String END_LEASES = "UPDATE " + TABLE + " SET lease_until = 1, owner = NULL, fence = fence + 1"
            + " WHERE lane IN ('ASK', 'POLL', 'DELIVER', 'RETRY', 'HUNG') AND lease_until > 1";

    static final String RETRY = "UPDATE " + TABLE + " SET due_at = CASE WHEN due_at > ? THEN ? ELSE due_at END"
            + " WHERE item_key = ? AND state = 'DEAD_LETTER'";
    private static final String AS_DISCARDED =
            "UPDATE " + TABLE + " SET state = 'DISCARDED', lane = 'DONE', due_at = ?,"
                    + " updated_at = ?, token = NULL, result = NULL, fence = fence + 1, lease_until = 0, owner = NULL"
                    + " WHERE item_key = ?";
    static final String DISCARD = AS_DISCARDED + " AND state = 'DEAD_LETTER'";
    static final String ENSURE_DISCARDED = AS_DISCARDED + " AND lane <> 'DONE'";

    static final String RETRYABLE = "SELECT item_key FROM " + TABLE + " WHERE lane = ? AND due_at > ?" + BY_DUE;
    /** The grants or items whose time has passed. */
    static final String OLD_GRANTS = "playtcha_late_grant WHERE until_at <= ? ORDER BY until_at";

    static final String OLD_ITEMS = TABLE + " WHERE lane = 'DONE' AND due_at <= ?" + BY_DUE;

    static final String GRANT_AGAIN =
            "UPDATE playtcha_late_grant SET until_at = ? WHERE grant_key = ? AND until_at <= ?";
    static final String GRANTED = "SELECT until_at FROM playtcha_late_grant WHERE grant_key = ?";
    static final String GRANT = "INSERT INTO playtcha_late_grant (grant_key, until_at) VALUES (?, ?)";

    private Statements() {}

    /** Counts items up to a limit, with the time of the first. Sorted, so that each database uses the index. */
    static String count(Database database, String time, String sorted, int most) {
        return "SELECT COUNT(*), MIN(" + time + ") FROM (SELECT " + time + " FROM " + TABLE + " WHERE " + sorted
                + database.atMost(most) + ") counted";
    }

    static String queue(WorkQueue lane) {
        return "lane = '" + lane + "'" + BY_DUE;
    }

    static String untracked(WorkQueue lane) {
        return "tracked = 0 AND lane = '" + lane + "' ORDER BY tracked, lane, due_at";
    }

    /** The lane is part of the text, since PostgreSQL's plans for any lane could not use the indexes of one. */
    static String claimable(Claim claim) {
        String source = claim.source() == null ? "" : " source,";
        String time = claim.expiredOnly() ? " expires_at" : " due_at";
        String order = claim.newestFirst() ? BY_DUE_LAST : " ORDER BY lane," + source + time;
        return CLAIMABLE + claim.lane() + "'" + (source.isEmpty() ? "" : " AND source = ?") + " AND" + time
                + " <= ? AND lease_until < ?" + order;
    }

    /**
     * Returns a query of several items. It is not one with a list of keys, since for a table that was small when it was
     * planned, PostgreSQL would read all of it each time.
     */
    static String itemStates(int keys) {
        return String.join(" UNION ALL ", Collections.nCopies(width(keys), ITEM_STATE));
    }

    /** Returns keys and, so that a driver has few different statements to cache, more that no item has. */
    static List<String> padded(List<String> keys) {
        List<String> padded = new ArrayList<>(keys);
        padded.addAll(Collections.nCopies(width(keys.size()) - keys.size(), "-"));
        return padded;
    }

    private static int width(int keys) {
        return keys < 2 ? 1 : Integer.highestOneBit(keys - 1) * 2;
    }
}
