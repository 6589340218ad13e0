package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.late.LateState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The store's SQL, in the subset that H2, PostgreSQL, MariaDB and MySQL share. */
final class Statements {
    /** An item's queue is in its column {@code lane}. */
    private static final String TABLE = "playtcha_late_item";

    /** The queue is constant in each query, but without it H2 does not use the index for sorting. */
    private static final String BY_DUE = " ORDER BY lane, due_at";

    private static final String BY_DUE_LAST = " ORDER BY lane DESC, due_at DESC";

    /** The expression that {@link Sql} replaces by that of the store's time. */
    static final String CLOCK = ":clock";

    /** A fence, an owner, and an end by the store's time; parameters are 1 or 0, the owner, the same number, the length. */
    private static final String LEASED = "?, ?, ? * (" + CLOCK + " + ?)";

    /** Of an item with a result. */
    private static final String OF_LEASE = " WHERE item_key = ? AND fence = ? AND lane IN ('DELIVER', 'RETRY', 'HUNG')";

    /** The state has no other value in the table, so that versions which know no retrying items read it too. */
    private static final String HAS_FAILED = "state = 'DEAD_LETTER'";

    private static final String BY_FAILURE = " ORDER BY state, dead_since, item_key";
    /** The first condition is for the index: with the second alone, each page would read all those before it. */
    private static final String AFTER = " AND dead_since >= ? AND (dead_since > ? OR item_key > ?)";

    static final String OLDEST_RETRYING = HAS_FAILED + " AND lane <> 'DEAD'" + BY_FAILURE;

    private static final String ITEM_COLUMNS = "kind, state, lane, outcome, tracked, attempts, failures, due_at,"
            + " expires_at, dead_since, last_error, created_at, updated_at";

    private static final String ITEM = "SELECT item_key, item_id, " + ITEM_COLUMNS + " FROM " + TABLE;
    /** An item that was just added, although one of its id had ended. */
    static final String DELETE = "DELETE FROM " + TABLE + " WHERE item_key = ?";

    static final String RESULT = "SELECT result FROM " + TABLE + " WHERE item_key = ? AND state = 'DEAD_LETTER'";

    /** The types of the parameters of {@link #INSERT}. */
    private static final String COLUMNS =
            "text, text, text, text, text, text, number, number, number, number, number, number, number, number,"
                    + " text, text, text, text, number, text, number, number";

    /** Those whose values are parameters as they are. */
    private static final String VALUES =
            "item_key, item_id, kind, state, lane, source, tracked, sent, attempts, started_at, due_at, expires_at,"
                    + " created_at, updated_at, token, outcome, result_digest, result, fence, owner";

    private static final String INTO_ITEMS =
            "INSERT INTO " + TABLE + " (" + VALUES + ", lease_until, failures, dead_since) ";
    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " + LEASED + ", 0, 0)";
    static final String INSERT = INTO_ITEMS + "VALUES " + ROW;
    static final String MARK_TRACKED = "UPDATE " + TABLE + " SET tracked = 1 WHERE item_key = ? AND tracked = 0";
    /** Raises the fence, so that a poll that was not sent does not take the mark back. */
    static final String MARK_SENT =
            "UPDATE " + TABLE + " SET sent = 1, fence = fence + 1 WHERE lane = 'ASK' AND source = ? AND token = ?";

    /** Ends the lease of a poll under way, which may be answered from before there was a result, and would put the next one off. */
    static final String MAKE_DUE = "UPDATE " + TABLE
            + " SET due_at = CASE WHEN due_at > ? THEN ? ELSE due_at END, fence = fence + 1, lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND state = 'AWAITING'";
    /** The columns that decide what an arrival does. */
    static final String ITEM_STATE = "SELECT item_key, " + ITEM_COLUMNS + ", result_digest, started_at, fence FROM "
            + TABLE + " WHERE item_key = ?";

    /** Raises the fence, so that a node which polls for the result changes nothing. */
    static final String RESOLVE =
            "UPDATE " + TABLE + " SET state = 'READY', lane = 'DELIVER', due_at = ?, updated_at = ?, attempts = ?,"
                    + " token = NULL, outcome = ?, result_digest = ?, result = ?, fence = fence + 1, owner = ?,"
                    + " lease_until = ? * (" + CLOCK + " + ?) WHERE state = 'AWAITING' AND item_key = ? AND fence = ?";

    /** Requires that the item was never claimed, so that no handler was called with the result that is replaced. */
    static final String REPLACE = "UPDATE " + TABLE + " SET due_at = ?, updated_at = ?, attempts = ?, outcome = ?,"
            + " result_digest = ?, result = ?, fence = fence + 1"
            + " WHERE item_key = ? AND fence = ? AND state = 'READY' AND lease_until = 0"
            + " AND outcome IN ('EXPIRED', 'UNCONFIRMED')";

    /**
     * For PostgreSQL, in a transaction that changes rows which an application's transaction may have locked, for as long as it
     * likes: those of {@code track(id, Connection)} and {@code completeWith}. Fails with {@link #LOCKED} then. A visitor who is
     * tracked in the same group waits meanwhile, twice: for the group, and for each by itself.
     */
    static final String WAIT_BRIEFLY = "SET LOCAL lock_timeout = 100";

    /** The SQLSTATE of PostgreSQL for a lock that was not free in time. */
    static final String LOCKED = "55P03";

    /** What a claim reads before it takes leases; the results, which may be large, are read afterwards. */
    private static final String CLAIMABLE =
            "SELECT item_key, fence, sent, lease_until, COALESCE(OCTET_LENGTH(result), 0) AS size, due_at FROM " + TABLE
                    + " WHERE lane = '";

    /** The columns of a lease. */
    private static final String CLAIMED = "item.item_key, item_id, kind, state, lane, token, attempts, failures,"
            + " started_at, item.due_at, expires_at, result, fence";

    /**
     * For databases that cannot claim at once. An unchanged fence means that the queue is the same as well. It is not
     * compared, since a plan that was made for an empty table would look the row up in the index of the queue.
     */
    static final String CLAIM =
            "UPDATE " + TABLE + " SET owner = ?, fence = fence + 1, lease_until = " + CLOCK + " + ?,"
                    + " sent = CASE WHEN lane = 'ASK' THEN 1 ELSE sent END"
                    + " WHERE item_key = ? AND fence = ?";

    /**
     * For PostgreSQL, in a transaction that reads the beginning of a queue, so that its index is read in order. Until a table is
     * analyzed for the first time, PostgreSQL expects a few rows there, and would read and sort the whole backlog each time; and
     * it keeps plans that it made for a small table.
     */
    static final String READ_IN_ORDER =
            "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_bitmapscan = off";

    /** A lease that has ended is prolonged too, unless it was released or another node has claimed the item. */
    static final String RENEW = "UPDATE " + TABLE + " SET lease_until = " + CLOCK + " + ?"
            + " WHERE item_key = ? AND fence = ? AND lease_until > 1";

    static final String RESCHEDULE = "UPDATE " + TABLE + " SET due_at = ?, attempts = ?, sent = ?, updated_at = ?,"
            + " last_error = COALESCE(?, last_error), lease_until = 0, owner = NULL"
            + " WHERE item_key = ? AND fence = ? AND state = 'AWAITING'";

    /** Each end raises the fence, so an unchanged one means that the item has not ended. */
    private static final String UNCHANGED = " WHERE item_key = ? AND fence = ?";

    private static final String ENDS = ", lane = 'DONE', due_at = ?, updated_at = ?, token = NULL, result = NULL,"
            + " fence = fence + 1, lease_until = 0, owner = NULL";

    static final String END_IN_PLACE = "UPDATE " + TABLE + " SET state = ?" + ENDS + UNCHANGED;
    static final String ENDED_IN_PLACE =
            "SELECT item_key, fence, state, due_at, updated_at FROM " + TABLE + " WHERE lane = 'DONE'" + BY_DUE;

    private static final String ENDED = "playtcha_late_ended";
    private static final String INTO_ENDED =
            "INSERT INTO " + ENDED + " (state, purge_at, ended_at, item_key, kind, outcome,"
                    + " result_digest, tracked, attempts, failures, expires_at, last_error, created_at) SELECT ?, ?, ?, item_key,"
                    + " kind, outcome, result_digest, tracked, attempts, failures, expires_at, last_error, created_at FROM ";
    /** An item that ended before, and was tracked again by a transaction that could not see it, must not be there twice. */
    static final String COPY_ENDED = INTO_ENDED + TABLE + UNCHANGED + " AND NOT EXISTS (SELECT 1 FROM " + ENDED
            + " earlier WHERE earlier.item_key = " + TABLE + ".item_key)";

    static final String DELETE_ENDED = "DELETE FROM " + TABLE + UNCHANGED;
    /** Rows of values, which PostgreSQL reads faster than as many arrays. */
    private static final String ENDING =
            "(CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS CHAR(64)), CAST(? AS BIGINT))";

    /** Fail where an item has ended, also where that is later than the transaction's snapshot. */
    static final String TRY_TO_END = INTO_ENDED + TABLE + " WHERE item_key = ?";

    static final String DELETE_TRIED = "DELETE FROM " + ENDED + " WHERE item_key = ?";

    /** The columns of {@link #ITEM_STATE}, but for those that only items have which may still change. */
    static final String ENDED_STATE =
            "SELECT item_key, kind, state, 'DONE' AS lane, outcome, tracked, attempts, failures,"
                    + " purge_at AS due_at, expires_at, 0 AS dead_since, last_error, created_at, ended_at AS updated_at,"
                    + " result_digest, created_at AS started_at, 0 AS fence FROM " + ENDED
                    + " WHERE item_key = ?";

    private static final String IF_NEW = " ON CONFLICT (item_key) DO NOTHING RETURNING item_key";

    /** For PostgreSQL: adds those of several items that do not exist, and returns their keys. Parameters are the columns, as arrays. */
    static final String INSERT_NEW = INTO_ITEMS
            + "SELECT " + VALUES + ", leased * (" + CLOCK + " + lease_length), 0, 0 FROM unnest("
            + COLUMNS.replace("text", "CAST(? AS TEXT[])").replace("number", "CAST(? AS BIGINT[])")
            + ") AS arrived (" + VALUES + ", leased, lease_length)" + IF_NEW;

    /**
     * Does the same for few items, whose parameters come row by row: PostgreSQL takes longer to unpack as many arrays than to
     * add them.
     */
    static String insertNew(int rows) {
        return INTO_ITEMS + "VALUES " + String.join(", ", Collections.nCopies(rows, ROW)) + IF_NEW;
    }

    /**
     * Follows a statement that adds items, with their keys as an array: takes back those that have ended, and returns their keys.
     * It looks later than that statement, so that an item cannot be added and end on another node in between. The inner query
     * is not a join, which could read a whole table.
     */
    static final String TAKE_BACK_ENDED =
            "; DELETE FROM " + TABLE + " item WHERE item.item_key = ANY (CAST(? AS CHAR(64)[]))"
                    + " AND item.tracked = 0 AND (SELECT ended.purge_at FROM " + ENDED
                    + " ended WHERE ended.item_key = item.item_key) IS NOT NULL RETURNING item.item_key";

    static final String OLD_ENDED = ENDED + " WHERE purge_at <= ? ORDER BY purge_at";

    /** A claim by another node would have raised the fence once more. */
    static final String DELIVERED_IN_PLACE = "SELECT fence FROM " + TABLE
            + " WHERE item_key = ? AND fence = ? AND lane = 'DONE' AND state <> 'DISCARDED'";
    /** Without the fence, which these rows do not have. */
    static final String DELIVERED_APART =
            "SELECT purge_at FROM " + ENDED + " WHERE item_key = ? AND purge_at = ? AND state <> 'DISCARDED'";

    static final String VALID_LEASE = "SELECT fence FROM " + TABLE + OF_LEASE;
    static final String FAIL = "UPDATE " + TABLE + " SET state = 'DEAD_LETTER', lane = ?, failures = ?,"
            + " last_error = ?, due_at = ?, updated_at = ?, fence = fence + 1, lease_until = 0, owner = NULL,"
            + " dead_since = CASE WHEN dead_since = 0 THEN ? ELSE dead_since END" + OF_LEASE;
    static final String RELEASE = "UPDATE " + TABLE + " SET lease_until = ?, owner = NULL" + OF_LEASE;

    /**
     * An operator's retry takes a dead letter back among those that are retried. Always changes something, since some
     * drivers can count only the rows that differ.
     */
    static final String RETRY =
            "UPDATE " + TABLE + " SET updated_at = ?, due_at = CASE WHEN due_at > ? THEN ? ELSE due_at END,"
                    + " lane = CASE WHEN lane = 'DEAD' THEN 'RETRY' ELSE lane END"
                    + " WHERE item_key = ? AND state = 'DEAD_LETTER'";

    private static final String AS_DISCARDED =
            "UPDATE " + TABLE + " SET state = 'DISCARDED'" + ENDS + " WHERE item_key = ?";

    static final String DISCARD = AS_DISCARDED + " AND state = 'DEAD_LETTER'";
    static final String ENSURE_DISCARDED = AS_DISCARDED + " AND lane <> 'DONE'";

    /** A row of the schema's table beside the one that earlier versions read; its version is 1 while handlers rest. */
    static final String PAUSED = "SELECT version FROM playtcha_late_schema WHERE id = 2";

    static final String SET_PAUSED = "UPDATE playtcha_late_schema SET version = ? WHERE id = 2";
    static final String ADD_PAUSED = "INSERT INTO playtcha_late_schema (version, id) VALUES (?, 2)";

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

    /** Finds one item of a queue that can be claimed now. */
    static String first(WorkQueue queue, boolean expired, Database database) {
        String time = expired ? "expires_at" : "due_at";
        return "SELECT item_key FROM " + TABLE + " WHERE lane = '" + queue.code() + "' AND " + time
                + " <= ? AND lease_until < " + CLOCK + " ORDER BY lane, " + time + database.atMost(1);
    }

    static String failed(FailedQuery query, Database database) {
        String queue = query.states().size() > 1
                ? ""
                : " AND lane " + (query.states().contains(LateState.RETRYING) ? "<>" : "=") + " 'DEAD'";
        return ITEM + " WHERE " + HAS_FAILED + queue
                + (query.failedBefore() == null ? "" : " AND dead_since < ?")
                + (query.error() == null ? "" : " AND last_error LIKE ? ESCAPE '!'")
                + (query.after() == null ? "" : AFTER)
                + BY_FAILURE + database.atMost(query.limit());
    }

    static String inQueue(WorkQueue queue) {
        return "lane = '" + queue.code() + "'" + BY_DUE;
    }

    static String untracked(WorkQueue queue) {
        return "tracked = 0 AND lane = '" + queue.code() + "' ORDER BY tracked, lane, due_at";
    }

    /** The queue is part of the text, since PostgreSQL's plans for any queue could not use the indexes of one. */
    static String claimable(Claim claim) {
        String source = claim.source() == null ? "" : " source,";
        String time = claim.expiredOnly() ? " expires_at" : " due_at";
        String order = claim.newestFirst() ? BY_DUE_LAST : " ORDER BY lane," + source + time;
        return CLAIMABLE + claim.queue().code() + "'" + (source.isEmpty() ? "" : " AND source = ?") + " AND" + time
                + " <= ? AND lease_until < " + CLOCK + order;
    }

    static String claimed(int keys) {
        return "SELECT " + CLAIMED + " FROM " + TABLE + " item WHERE " + in(keys);
    }

    /** Finds those of several items that are leased. */
    static String leased(int keys) {
        return "SELECT item_key, fence FROM " + TABLE + " WHERE lease_until > 1 AND " + in(keys);
    }

    /** Finds those of several items that are not leased. */
    static String unleased(int keys) {
        return "SELECT item_key, fence FROM " + TABLE + " WHERE lease_until < " + CLOCK + " AND " + in(keys);
    }

    private static String in(int keys) {
        return "item_key IN (" + String.join(", ", Collections.nCopies(width(keys), "?")) + ")";
    }

    /** For PostgreSQL, after {@link #READ_IN_ORDER}. What is locked and not claimed, since results are large, is free again at the commit. */
    static String claimAtOnce(Claim claim) {
        return "WITH locked AS MATERIALIZED (" + claimable(claim) + " LIMIT " + claim.limit()
                + " FOR UPDATE SKIP LOCKED),"
                + " wanted AS MATERIALIZED (SELECT item_key, sent <> 0 AS was_sent, lease_until > 0 AS called,"
                + " SUM(size) OVER (ORDER BY due_at, item_key ROWS UNBOUNDED PRECEDING) - size AS bytes_before FROM locked)"
                + " UPDATE " + TABLE + " item SET owner = ?, fence = fence + 1, lease_until = " + CLOCK + " + ?,"
                + " sent = CASE WHEN lane = 'ASK' THEN 1 ELSE item.sent END"
                + " FROM wanted WHERE item.item_key = wanted.item_key AND bytes_before < ?"
                + " RETURNING " + CLAIMED + ", was_sent, called";
    }

    /**
     * Returns a query for several keys, of one for a single key. It is not one with a list of keys, since for a table that was small when it was
     * planned, PostgreSQL would read all of it each time.
     */
    static String ofKeys(String query, int keys) {
        return String.join(" UNION ALL ", Collections.nCopies(width(keys), query));
    }

    /** For PostgreSQL, for keys that are one parameter, an array. */
    static String ofKeys(String query) {
        return "SELECT found.* FROM unnest(CAST(? AS CHAR(64)[])) AS wanted (wanted_key) CROSS JOIN LATERAL ("
                + query.replace("?", "wanted_key") + " LIMIT 1) found";
    }

    /** Returns keys and, so that a driver has few different statements to cache, more that no item has. */
    static List<String> padded(List<String> keys) {
        List<String> padded = new ArrayList<>(keys);
        padded.addAll(Collections.nCopies(width(keys.size()) - keys.size(), "-"));
        return padded;
    }

    /**
     * For PostgreSQL, which can do both at once: ends several items, and returns the keys of those whose fence is unchanged.
     * Parameters are {@link #width} rows and an array of their keys. The keys come twice, since a plan that was made for a small
     * table could read all of it for a join.
     */
    static String moveEnded(int items) {
        return "WITH gone AS (DELETE FROM " + TABLE + " item USING (VALUES "
                + String.join(", ", Collections.nCopies(width(items), ENDING))
                + ") AS ending (end_state, purge_at, ended_at, ending_key, ending_fence)"
                + " WHERE item.item_key = ANY (CAST(? AS CHAR(64)[])) AND item.item_key = ending_key"
                + " AND item.fence = ending_fence RETURNING end_state, purge_at, ended_at, item.*)"
                + ", moved AS (" + INTO_ENDED.replace("?, ?, ?", "end_state, purge_at, ended_at")
                + "gone ON CONFLICT (item_key) DO NOTHING) SELECT item_key FROM gone";
    }

    /** Returns a number of rows of which there are few different ones, so that a driver has few statements to cache. */
    static int width(int keys) {
        return keys < 2 ? 1 : Integer.highestOneBit(keys - 1) * 2;
    }
}
