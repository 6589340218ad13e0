package com.playtcha.jakarta.internal.late.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves items that have ended to a table of their own: a narrow row with one index besides its key, so that the queues stay
 * as small as what waits in them. While nodes of version 1 use the tables, which do not look there, items end in place.
 */
final class EndedItems {
    /** As the parameters of an item, of one that does not exist. */
    private static final Object[] NONE = {"-", 0L, 0L, "-", -1L};

    private final Sql sql;
    private final boolean inPlace;

    EndedItems(Sql sql, boolean inPlace) {
        this.sql = sql;
        this.inPlace = inPlace;
    }

    /**
     * Ends items, each with the parameters of {@link Statements#END_IN_PLACE}; returns, in order, for how many rows each
     * did: 1, or 0 where the fence is another one.
     */
    int[] end(List<@Nullable Object[]> items) throws SQLException {
        if (inPlace) {
            return sql.batch(Statements.END_IN_PLACE, items);
        }
        if (sql.database() == Database.POSTGRESQL) {
            return moveAtOnce(items);
        }
        int[] copied = sql.batch(Statements.COPY_ENDED, items);
        int[] deleted = sql.batch(
                Statements.DELETE_ENDED,
                items.stream()
                        .map(each -> new @Nullable Object[] {each[3], each[4]})
                        .toList());
        for (int i = 0; i < copied.length; i++) {
            if (copied[i] > deleted[i]) {
                // Another node changed it in between.
                throw new SQLException("an item changed while it was moved", "40001");
            }
        }
        return deleted;
    }

    private int[] moveAtOnce(List<@Nullable Object[]> items) throws SQLException {
        if (items.isEmpty()) {
            return new int[0];
        }
        List<@Nullable Object> parameters = new ArrayList<>();
        items.forEach(each -> parameters.addAll(Arrays.asList(each)));
        for (int i = items.size(); i < Statements.width(items.size()); i++) {
            parameters.addAll(Arrays.asList(NONE));
        }
        parameters.add(items.stream().map(each -> each[3]).toArray());
        Set<String> moved = new HashSet<>(sql.list(
                items.size(), row -> row.getString(1), Statements.moveEnded(items.size()), parameters.toArray()));
        return items.stream()
                .mapToInt(each -> moved.contains(String.valueOf(each[3])) ? 1 : 0)
                .toArray();
    }

    /** Moves items that ended in place, at most so many; returns how many. */
    int moveAll(int limit) throws SQLException {
        if (inPlace) {
            return 0;
        }
        List<@Nullable Object[]> ended = sql.list(
                limit,
                row -> new @Nullable Object[] {
                    row.getString("state"),
                    row.getLong("due_at"),
                    row.getLong("updated_at"),
                    row.getString("item_key"),
                    row.getLong("fence")
                },
                Statements.ENDED_IN_PLACE + sql.database().atMost(limit) + " FOR UPDATE SKIP LOCKED");
        return end(ended).length;
    }
}
