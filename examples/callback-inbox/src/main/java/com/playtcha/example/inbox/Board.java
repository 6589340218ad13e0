package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers the items that moved lately, for the page. The library reports each step; the rest is queried:
 * how often the service was polled, what failed last. Thread-safe.
 */
final class Board implements LateListener {
    /** What a page can show; older items that have ended make way first. */
    private static final int MOST = 400;

    private static final int MOST_ITEMS = 200;
    /** Several pages that are open at once cost no more than one. */
    private static final Duration FRESH = Duration.ofMillis(300);

    private final LateResults late;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private List<Item> items = List.of();
    private Instant lookedAt = Instant.MIN;

    Board(LateResults late) {
        this.late = late;
    }

    /** Where the page shows an item. */
    enum Place {
        PENDING,
        RETRYING,
        DEAD,
        DELIVERED,
        ENDED
    }

    /**
     * One item as it is shown.
     *
     * @param id not to be trusted as text
     * @param state the library's, or ON_DISK for what waits as a file
     * @param outcome what came of it; empty while awaited
     * @param polls how often the service was asked for it
     * @param failures how often it could not be handed over
     * @param lastError of these failures, or of the polls; empty for none
     * @param changedAt when it came to where it is
     * @param dueAt when something happens to it next
     */
    record Item(
            String id,
            Place place,
            String state,
            String outcome,
            int polls,
            int failures,
            String lastError,
            Instant changedAt,
            Instant dueAt) {}

    private static final class Entry {
        LateState state;
        LateOutcome outcome;
        Instant changedAt;
        /** Null until it was asked for. */
        LateItem details;
        /** Steps heard of. */
        int steps;
        /** How many of these the details are known to include. */
        int stepsSeen;
    }

    @Override
    public void onTransition(String id, LateKind kind, LateState from, LateState to, LateOutcome outcome) {
        synchronized (entries) {
            Entry entry = entries.computeIfAbsent(id, unknown -> new Entry());
            entry.steps++;
            if (entry.state != null && entry.state.isFinal() && !to.isFinal()) {
                // Two threads report two steps, and the later one was faster.
                return;
            }
            entry.state = to;
            entry.outcome = outcome;
            entry.changedAt = Instant.now();
            trim();
        }
    }

    private void trim() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (entries.size() > MOST && oldest.hasNext()) {
            if (oldest.next().state.isFinal()) {
                oldest.remove();
            }
        }
        while (entries.size() > 2 * MOST) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** What is to be shown, in each place the latest first. */
    List<Item> items(boolean databaseWorks) {
        synchronized (this) {
            if (lookedAt.plus(FRESH).isBefore(Instant.now())) {
                if (databaseWorks) {
                    refresh();
                }
                items = list(failed(databaseWorks));
                lookedAt = Instant.now();
            }
            return items;
        }
    }

    /** Queries the details of items that have moved. */
    private void refresh() {
        Map<String, Integer> moving = new LinkedHashMap<>();
        synchronized (entries) {
            entries.forEach((id, entry) -> {
                if (entry.stepsSeen != entry.steps || !entry.state.isFinal()) {
                    moving.put(id, entry.steps);
                }
            });
        }
        try {
            for (Map.Entry<String, Integer> each : moving.entrySet()) {
                late.getTasks().find(each.getKey()).ifPresent(item -> keep(each.getKey(), item, each.getValue()));
            }
        } catch (LateUnavailableException e) {
            // The database went away a moment ago: what is known already has to do.
        }
    }

    /** Only what was asked for after the last step that was heard of tells how far the item is. */
    private void keep(String id, LateItem item, int steps) {
        synchronized (entries) {
            Entry entry = entries.get(id);
            if (entry == null || entry.steps != steps) {
                return;
            }
            entry.details = item;
            entry.stepsSeen = steps;
            if (entry.state != item.getState()) {
                entry.state = item.getState();
                entry.outcome = item.getOutcome();
                entry.changedAt = item.getUpdatedAt();
            }
        }
    }

    /** Lists only spooled items while the database is down, since each query of it would log a warning. */
    private List<LateItem> failed(boolean databaseWorks) {
        int files = late.getMetrics().map(LateMetrics::getSpoolFiles).orElse(0);
        int most = databaseWorks ? MOST_ITEMS : Math.min(MOST_ITEMS, files);
        try {
            return most == 0 ? List.of() : late.getDeadLetters().list(most);
        } catch (LateUnavailableException e) {
            return List.of();
        }
    }

    private List<Item> list(List<LateItem> failed) {
        Map<String, Item> shown = new LinkedHashMap<>();
        synchronized (entries) {
            entries.forEach((id, entry) -> shown.put(id, item(id, entry)));
        }
        for (LateItem item : failed) {
            Item known = shown.get(item.getId());
            // The list may be older than the state on the board.
            if (item.isSpooled() || known == null || known.place() == Place.RETRYING || known.place() == Place.DEAD) {
                shown.put(item.getId(), failed(item));
            }
        }
        List<Item> list = new ArrayList<>(shown.values());
        list.sort(Comparator.comparing(Item::changedAt).reversed());
        return List.copyOf(list);
    }

    private static Item item(String id, Entry entry) {
        LateItem details = entry.details;
        return new Item(
                id,
                place(entry.state),
                entry.state.name(),
                entry.outcome == null ? "" : entry.outcome.name(),
                details == null ? 0 : details.getAttempts(),
                details == null ? 0 : details.getFailures(),
                details == null || details.getLastError() == null ? "" : details.getLastError(),
                entry.changedAt,
                details == null ? entry.changedAt : details.getDueAt());
    }

    private static Item failed(LateItem item) {
        return new Item(
                item.getId(),
                item.isSpooled() ? Place.RETRYING : place(item.getState()),
                item.isSpooled() ? "ON_DISK" : item.getState().name(),
                item.getOutcome() == null ? "" : item.getOutcome().name(),
                item.getAttempts(),
                item.getFailures(),
                item.getLastError() == null ? "" : item.getLastError(),
                item.getUpdatedAt(),
                item.getDueAt());
    }

    private static Place place(LateState state) {
        return switch (state) {
            case AWAITING, READY -> Place.PENDING;
            case RETRYING -> Place.RETRYING;
            case DEAD_LETTER -> Place.DEAD;
            case DELIVERED -> Place.DELIVERED;
            case EXPIRED, DISCARDED -> Place.ENDED;
        };
    }
}
