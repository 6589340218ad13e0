package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.Claim;

/** The store's SQL, in the subset that H2, PostgreSQL, MariaDB and MySQL share. */
final class Statements {
    private static final String TABLE = "playtcha_late_item";

    /** The lane is constant in each query, but without it H2 does not use the index for sorting. */
    private static final String BY_DUE = " ORDER BY lane, due_at";

    static final String ITEM = "SELECT item_id, kind, state, outcome, tracked, attempts, failures, due_at, expires_at,"
            + " last_error, created_at, updated_at FROM " + TABLE;
    static final String FIND = ITEM + " WHERE item_key = ?";
    static final String DEAD_LETTERS =
            ITEM + " WHERE lane = 'DELIVER' AND state = 'DEAD_LETTER'" + " ORDER BY created_at, item_key";
    static final String RESULT = "SELECT result FROM " + TABLE + " WHERE item_key = ? AND state = 'DEAD_LETTER'";

    static final String INSERT =
            "INSERT INTO " + TABLE + " (item_key, item_id, kind, state, lane, source, tracked, sent,"
                    + " attempts, failures, started_at, due_at, expires_at, dead_since, created_at, updated_at, fence, lease_until,"
                    + " token, outcome, result_digest, result)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?, 0, 0, ?, ?, ?, ?)";

    static final String MARK_TRACKED = "UPDATE " + TABLE + " SET tracked = 1 WHERE item_key = ? AND tracked = 0";
    static final String MAKE_DUE =
            "UPDATE " + TABLE + " SET due_at = ? WHERE item_key = ? AND lane = 'POLL' AND due_at > ?";
    static final String COUNT_UNTRACKED = "SELECT COUNT(*) FROM " + TABLE
            + " WHERE tracked = 0 AND lane IN ('POLL', 'DELIVER')" + " AND state <> 'DEAD_LETTER'";

    /** The columns that decide what a new result does. */
    static final String ITEM_STATE =
            "SELECT state, kind, result_digest, started_at, attempts FROM " + TABLE + " WHERE item_key = ?";

    /** Raises the fence, so that a node which polls for the result changes nothing. */
    static final String ACCEPT =
            "UPDATE " + TABLE + " SET state = 'READY', lane = 'DELIVER', due_at = ?, updated_at = ?,"
                    + " attempts = ?, token = NULL, outcome = ?, result_digest = ?, result = ?, fence = fence + 1, lease_until = 0"
                    + " WHERE item_key = ? AND state = 'AWAITING'";

    /** Requires that the item was never claimed, so that no handler was called with the result that is replaced. */
    static final String REPLACE = "UPDATE " + TABLE + " SET due_at = ?, updated_at = ?, attempts = ?, outcome = ?,"
            + " result_digest = ?, result = ?, fence = fence + 1"
            + " WHERE item_key = ? AND state = 'READY' AND lease_until = 0 AND outcome IN ('EXPIRED', 'UNCONFIRMED')";

    private static final String CLAIMABLE = "SELECT item_key, item_id, kind, state, source, token, sent, attempts,"
            + " failures, started_at, expires_at, result, fence, due_at FROM " + TABLE
            + " WHERE lane = ? AND due_at <= ? AND lease_until < ?";

    /** An unchanged fence means that no other column changed since it was read. */
    static final String CLAIM = "UPDATE " + TABLE + " SET owner = ?, fence = fence + 1, lease_until = ?, sent = ?"
            + " WHERE item_key = ? AND lane = ? AND fence = ? AND lease_until < ?";

    static final String RESCHEDULE = "UPDATE " + TABLE + " SET due_at = ?, attempts = ?, sent = ?, updated_at = ?,"
            + " lease_until = 0, owner = NULL WHERE item_key = ? AND fence = ? AND state = 'AWAITING'";
    static final String ERROR = "UPDATE " + TABLE + " SET last_error = ? WHERE item_key = ?";
    static final String RESOLVE =
            "UPDATE " + TABLE + " SET state = 'READY', lane = 'DELIVER', due_at = ?, updated_at = ?,"
                    + " attempts = ?, token = NULL, outcome = ?, result_digest = ?, result = ?, fence = fence + 1, lease_until = 0"
                    + " WHERE item_key = ? AND fence = ? AND state = 'AWAITING'";
    static final String COMPLETE = "UPDATE " + TABLE + " SET state = ?, lane = 'DONE', due_at = ?, updated_at = ?,"
            + " token = NULL, result = NULL, fence = fence + 1, lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND fence = ? AND lane = 'DELIVER'";
    static final String HELD = "SELECT fence FROM " + TABLE + " WHERE item_key = ? AND fence = ? AND lane = 'DELIVER'";
    static final String POSTPONE = "UPDATE " + TABLE + " SET due_at = ? WHERE item_key = ? AND due_at = ?";
    static final String FAIL =
            "UPDATE " + TABLE + " SET state = 'DEAD_LETTER', failures = failures + 1, last_error = ?,"
                    + " due_at = ?, updated_at = ?, fence = fence + 1, lease_until = 0, owner = NULL"
                    + " WHERE item_key = ? AND fence = ? AND lane = 'DELIVER'";
    static final String DEAD_SINCE = "UPDATE " + TABLE + " SET dead_since = ? WHERE item_key = ? AND dead_since = 0";
    static final String RELEASE = "UPDATE " + TABLE + " SET lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND fence = ? AND lane = 'DELIVER'";

    /**
     * Raises the fence, so that a lease that is still in use changes nothing. Not 0, which would mean that the item was
     * never claimed.
     */
    static final String END_LEASES =
            "UPDATE " + TABLE + " SET lease_until = 1, owner = NULL, fence = fence + 1 WHERE lease_until > 1";

    static final String RETRY =
            "UPDATE " + TABLE + " SET due_at = ? WHERE item_key = ? AND state = 'DEAD_LETTER'" + " AND due_at > ?";
    static final String DISCARD = "UPDATE " + TABLE + " SET state = 'DISCARDED', lane = 'DONE', due_at = ?,"
            + " updated_at = ?, token = NULL, result = NULL, fence = fence + 1, lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND state = 'DEAD_LETTER'";

    static final String RETRYABLE = "SELECT item_key FROM " + TABLE
            + " WHERE lane = 'DELIVER' AND state = 'DEAD_LETTER' AND due_at > ?" + BY_DUE;
    static final String ENSURE_DISCARDED = "UPDATE " + TABLE + " SET state = 'DISCARDED', lane = 'DONE', due_at = ?,"
            + " updated_at = ?, token = NULL, result = NULL, fence = fence + 1, lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND lane <> 'DONE'";

    static final String COUNTS = "SELECT state, COUNT(*), MIN(due_at), MIN(dead_since) FROM " + TABLE
            + " WHERE lane IN ('ASK', 'POLL', 'DELIVER') GROUP BY state";

    static final String FORGETTABLE = "SELECT item_key FROM " + TABLE + " WHERE lane = 'DONE' AND due_at <= ?" + BY_DUE;
    static final String FORGET = "DELETE FROM " + TABLE + " WHERE item_key = ? AND lane = 'DONE'";
    static final String FORGET_GRANTS = "DELETE FROM playtcha_late_grant WHERE until_at <= ?";

    static final String GRANT_AGAIN =
            "UPDATE playtcha_late_grant SET until_at = ? WHERE grant_key = ? AND until_at <= ?";
    static final String GRANTED = "SELECT until_at FROM playtcha_late_grant WHERE grant_key = ?";
    static final String GRANT = "INSERT INTO playtcha_late_grant (grant_key, until_at) VALUES (?, ?)";

    private Statements() {}

    static String claimable(Claim claim) {
        return CLAIMABLE
                + (claim.source() == null ? "" : " AND source = ?")
                + (claim.expiredOnly() ? " AND expires_at <= ?" : "")
                + BY_DUE;
    }
}
