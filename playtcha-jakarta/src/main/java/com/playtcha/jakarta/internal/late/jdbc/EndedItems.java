package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.jdbc.Sql.Change;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Ends items, each with the parameters of {@link Statements#END_IN_PLACE}; returns those whose fence was unchanged. */
    Set<Change> end(List<Change> items) throws SQLException {
        if (inPlace) {
            return sql.changed(Statements.END_IN_PLACE, items, Change::parameters);
        }
        if (sql.database() == Database.POSTGRESQL) {
            return moveAtOnce(items);
        }
        Set<Change> copied = sql.changed(Statements.COPY_ENDED, items, Change::parameters);
        Set<Change> deleted = sql.changed(
                Statements.DELETE_ENDED, items, each -> new @Nullable Object[] {each.key(), each.parameters()[4]});
        if (!deleted.containsAll(copied)) {
            // Another node changed one in between.
            throw new SQLException("an item changed while it was moved", "40001");
        }
        return deleted;
    }

    private Set<Change> moveAtOnce(List<Change> items) throws SQLException {
        if (items.isEmpty()) {
            return Set.of();
        }
        List<@Nullable Object> parameters = new ArrayList<>();
        items.forEach(each -> Collections.addAll(parameters, each.parameters()));
        for (int i = items.size(); i < Statements.width(items.size()); i++) {
            Collections.addAll(parameters, NONE);
        }
        parameters.add(items.stream().map(Change::key).toArray());
        Set<String> moved = new HashSet<>(sql.list(
                items.size(), row -> row.getString(1), Statements.moveEnded(items.size()), parameters.toArray()));
        return items.stream().filter(each -> moved.contains(each.key())).collect(Collectors.toSet());
    }

    /** Moves items that ended in place, at most so many; returns how many. */
    int moveAll(int limit) throws SQLException {
        if (inPlace) {
            return 0;
        }
        List<Change> ended = sql.list(
                limit,
                row -> {
                    String key = row.getString("item_key");
                    return new Change(
                            key,
                            Statements.END_IN_PLACE,
                            row.getString("state"),
                            row.getLong("due_at"),
                            row.getLong("updated_at"),
                            key,
                            row.getLong("fence"));
                },
                Statements.ENDED_IN_PLACE + sql.database().atMost(limit) + " FOR UPDATE SKIP LOCKED");
        end(ended);
        return ended.size();
    }
}
