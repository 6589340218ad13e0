package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;

/** A table of PostgreSQL with as many items as it has after long use: most have ended, many wait, some failed. */
public final class ManyItems {
    private ManyItems() {}

    /** Fills the table, which exists, with items of the ids {@code i1} and so on, as of a moment, and analyzes it. */
    public static void fill(DataSource postgres, int items, Instant now) throws SQLException {
        insert(postgres, items, now);
        try (Connection connection = postgres.getConnection();
                Statement statement = connection.createStatement()) {
            // The vacuum can tell only of transactions that were written out that their rows are visible.
            statement.execute("CHECKPOINT");
            statement.execute("VACUUM ANALYZE playtcha_late_item");
            statement.execute("VACUUM ANALYZE playtcha_late_ended");
            statement.execute("VACUUM ANALYZE playtcha_late_grant");
        }
    }

    /** Fills the table, of which the database then has no statistics. */
    static void insert(DataSource postgres, int items, Instant now) throws SQLException {
        try (Connection connection = postgres.getConnection();
                Statement statement = connection.createStatement()) {
            String numbered = """
                    (SELECT n, encode(sha256(convert_to('i' || n, 'UTF8') || '\\x00'::bytea), 'hex') AS key,
                        %d - n %% 3600000 AS at,
                        CASE WHEN n %% 100 < 60 THEN 'DONE' WHEN n %% 100 < 90 THEN 'DELIVER' WHEN n %% 100 < 94 THEN 'POLL'
                          WHEN n %% 100 < 97 THEN 'ASK' WHEN n %% 100 < 99 THEN 'RETRY' ELSE 'HUNG' END AS lane
                      FROM generate_series(1, %d) AS n) AS numbered
                    """.formatted(now.toEpochMilli(), items);
            statement.execute("""
                    INSERT INTO playtcha_late_item (item_key, item_id, kind, state, lane, source, tracked, sent, attempts,
                      failures, started_at, due_at, expires_at, dead_since, created_at, updated_at, fence, lease_until,
                      outcome, result_digest, result, token)
                    SELECT key, 'i' || n,
                      CASE lane WHEN 'ASK' THEN 'LATE_VERDICT' ELSE 'TASK' END,
                      CASE lane WHEN 'DELIVER' THEN 'READY' WHEN 'ASK' THEN 'AWAITING'
                        WHEN 'POLL' THEN 'AWAITING' ELSE 'DEAD_LETTER' END,
                      lane, CASE lane WHEN 'ASK' THEN 'guard' || n % 3 ELSE 'tasks' END, n % 2, 0, 0,
                      CASE WHEN lane IN ('RETRY', 'HUNG') THEN 1 ELSE 0 END, at - 60000,
                      CASE lane WHEN 'POLL' THEN at + 3600000 ELSE at END, at + 3600000,
                      CASE WHEN lane IN ('RETRY', 'HUNG') THEN at ELSE 0 END, at - 60000, at, 1, 0,
                      CASE WHEN lane IN ('ASK', 'POLL') THEN NULL ELSE 'COMPLETED' END,
                      CASE WHEN lane IN ('ASK', 'POLL') THEN NULL ELSE repeat('0', 64) END,
                      CASE WHEN lane IN ('DELIVER', 'RETRY', 'HUNG') THEN '{"id":"i' || n || '","kind":"TASK",'
                        || '"outcome":"COMPLETED","code":"x","fields":{},"started_at":1,"resolved_at":1,"attempts":0}' END,
                      CASE lane WHEN 'ASK' THEN 'token-' || n END
                    FROM""" + numbered + "WHERE lane <> 'DONE'");
            statement.execute("""
                    INSERT INTO playtcha_late_ended (item_key, kind, state, outcome, result_digest, tracked, attempts,
                      failures, expires_at, created_at, ended_at, purge_at)
                    SELECT key, 'TASK', 'DELIVERED', 'COMPLETED', repeat('0', 64), n % 2, 0, 0, at + 3600000, at - 60000, at,
                      at + 604800000
                    FROM""" + numbered + "WHERE lane = 'DONE'");
            statement.execute("INSERT INTO playtcha_late_grant (grant_key, until_at) SELECT item_key, due_at FROM"
                    + " playtcha_late_item WHERE lane = 'ASK'");
        }
    }
}
