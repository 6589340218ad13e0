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
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** Adds and commits results; returns the leases of those that were added, by their ids. */
    Map<String, Optional<Lease>> add(List<Arrival.Result> arrivals) throws SQLException {
        // In one order on all nodes, so that they do not deadlock.
        SortedMap<String, Arrival.Result> byKey = new TreeMap<>();
        arrivals.forEach(each -> byKey.put(Ids.key(each.id()), each));
        byKey.values().forEach(each -> rows.add(each.item(), false, each.result(), LateState.READY));
        boolean areFew = byKey.size() <= FEW;
        List<@Nullable Object> parameters = new ArrayList<>(Arrays.asList(
                areFew ? rows.added.stream().flatMap(Arrays::stream).toArray() : Sql.transposed(rows.added)));
        parameters.add(byKey.keySet().toArray());
        Map<String, Optional<Lease>> leases = new HashMap<>();
        sql.commitWithNext();
        sql.list(
                byKey.size(),
                row -> {
                    String id =
                            Objects.requireNonNull(byKey.get(row.getString(1))).id();
                    // What comes a second time was taken back, since it has ended.
                    return leases.remove(id) != null
                            || leases.put(id, Optional.ofNullable(rows.leases.get(id))) == null;
                },
                (areFew ? Statements.insertNew(byKey.size()) : Statements.INSERT_NEW) + Statements.TAKE_BACK_ENDED,
                parameters.toArray());
        return leases;
    }
}
