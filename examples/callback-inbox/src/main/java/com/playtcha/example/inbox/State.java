package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.LateMetrics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the page shows, at one moment.
 *
 * @param items of the board
 * @param tally what the results did, null while the database is away
 * @param calls of the handler, since the start
 * @param failures of these, since the start
 * @param failing how many of a hundred calls fail
 * @param trickling whether tasks are sent by themselves
 * @param givingUp how many of a hundred calls end the retries
 * @param figures the library's own, by name
 */
record State(
        List<Board.Item> items,
        Effects.Tally tally,
        long calls,
        long failures,
        int failing,
        boolean trickling,
        int givingUp,
        Map<String, Long> figures) {

    static State of(Inbox inbox) {
        Effects.Tally tally;
        try {
            tally = inbox.effects().tally();
        } catch (SQLException e) {
            tally = null;
        }
        return new State(
                inbox.board().items(tally != null),
                tally,
                inbox.effects().calls(),
                inbox.effects().failures(),
                inbox.effects().failing(),
                inbox.tasks().isTrickling(),
                inbox.effects().givingUp(),
                figures(inbox.late().getMetrics()));
    }

    boolean databaseWorks() {
        return tally != null;
    }

    List<Board.Item> in(Board.Place place) {
        return items.stream().filter(item -> item.place() == place).toList();
    }

    private static Map<String, Long> figures(Optional<LateMetrics> present) {
        if (present.isEmpty()) {
            return Map.of();
        }
        LateMetrics figures = present.get();
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("awaiting", figures.getAwaiting());
        all.put("ready", figures.getReady());
        all.put("retrying", figures.getRetrying());
        all.put("dead-letters", figures.getDeadLetters());
        all.put("oldest-dead-letter-s", seconds(figures.getOldestDeadLetterAge()));
        all.put("overdue-s", seconds(figures.getOverdue()));
        all.put("directory-files", (long) figures.getSpoolFiles());
        all.put("directory-bytes", figures.getSpoolBytes());
        all.put("overdue-handlers", (long) figures.getOverdueHandlers());
        all.put("since-count-s", seconds(figures.getTimeSinceCount()));
        figures.getCounters().forEach((name, value) -> all.put("counter." + name, value));
        return all;
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds();
    }
}
