package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.late.LateState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds results of items that nobody tracked without a look whether they exist, on PostgreSQL, which can tell what it has
 * added: in one exchange with the database, the commit included. Those that exist or have ended are as they were.
 */
final class NewResults {
    /** Up to so many, items are added by a statement of their number, of which PostgreSQL keeps a plan each. */
    private static final int FEW = 8;

    private final Sql sql;
    private final ItemRows rows;

    NewResults(Sql sql, ItemRows rows) {
        this.sql = sql;
        this.rows = rows;
    }

    /** Adds and commits results, which are sorted by their keys; returns the leases of those that were added, by their ids. */
    Map<String, Optional<Lease>> add(List<Arrival.Result> arrivals) throws SQLException {
        arrivals.forEach(each -> rows.add(each.item(), false, each.result(), LateState.READY));
        List<@Nullable Object[]> added = rows.added;
        boolean areFew = added.size() <= FEW;
        List<@Nullable Object> parameters = new ArrayList<>(
                Arrays.asList(areFew ? added.stream().flatMap(Arrays::stream).toArray() : Sql.transposed(added)));
        parameters.add(added.stream().map(row -> row[0]).toArray());
        Map<String, String> ids = new HashMap<>();
        arrivals.forEach(each -> ids.put(Ids.key(each.id()), each.id()));
        Map<String, Optional<Lease>> leases = new HashMap<>();
        sql.commitWithNext();
        sql.list(
                added.size(),
                row -> {
                    String id = ids.get(row.getString(1));
                    // What comes a second time was taken back, since it has ended.
                    return leases.remove(id) != null
                            || leases.put(id, Optional.ofNullable(rows.leases.get(id))) == null;
                },
                (areFew ? Statements.insertNew(added.size()) : Statements.INSERT_NEW) + Statements.TAKE_BACK_ENDED,
                parameters.toArray());
        return leases;
    }
}
