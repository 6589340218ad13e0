package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.Claim;

/** The SQL of the store: what H2, PostgreSQL, MariaDB and MySQL all understand. */
final class Statements {
    private static final String TABLE = "playtcha_late_item";

    /** The lane is one and the same, but unless it is named H2 reads and sorts all that is due. */
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
    static final String HASTEN =
            "UPDATE " + TABLE + " SET due_at = ? WHERE item_key = ? AND lane = 'POLL' AND due_at > ?";
    static final String UNKNOWN = "SELECT COUNT(*) FROM " + TABLE + " WHERE tracked = 0 AND lane IN ('POLL', 'DELIVER')"
            + " AND state <> 'DEAD_LETTER'";

    /** What is needed to tell an item's second result from its first. */
    static final String STANDING =
            "SELECT state, kind, result_digest, started_at, attempts FROM " + TABLE + " WHERE item_key = ?";

    /** Takes the item out of the hands of whoever is asking for the result just now. */
    static final String ACCEPT =
            "UPDATE " + TABLE + " SET state = 'READY', lane = 'DELIVER', due_at = ?, updated_at = ?,"
                    + " attempts = ?, token = NULL, outcome = ?, result_digest = ?, result = ?, fence = fence + 1, lease_until = 0"
                    + " WHERE item_key = ? AND state = 'AWAITING'";

    /** Nobody has claimed it since, so no handler has heard of the result that it replaces. */
    static final String BETTER = "UPDATE " + TABLE + " SET due_at = ?, updated_at = ?, attempts = ?, outcome = ?,"
            + " result_digest = ?, result = ?, fence = fence + 1"
            + " WHERE item_key = ? AND state = 'READY' AND lease_until = 0 AND outcome IN ('EXPIRED', 'UNCONFIRMED')";

    private static final String CLAIMABLE = "SELECT item_key, item_id, kind, state, source, token, sent, attempts,"
            + " failures, started_at, expires_at, result, fence, due_at FROM " + TABLE
            + " WHERE lane = ? AND due_at <= ? AND lease_until < ?";

    /** The fence read must still be there: then so is everything else that was read. */
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
     * The fence rises, so that a lease that lives on after all changes nothing. Not 0, which would say that no handler has
     * heard of the result.
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
