package com.playtcha.jakarta.internal.late.spool;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which items the letters are about, so that neither is a file read for it twice nor a known result asked for again. */
final class SpooledIds {
    private final Map<String, Known> known = new HashMap<>();
    /** How many letters hold a result of an item. */
    private final Map<String, Integer> results = new HashMap<>();

    private static final class Known {
        final String id;
        final boolean isResult;

        Known(SpoolEntry letter) {
            this.id = letter.id();
            this.isResult = letter.result() != null;
        }
    }

    synchronized void add(SpoolEntry letter) {
        remove(letter.name());
        Known added = new Known(letter);
        known.put(letter.name(), added);
        if (added.isResult) {
            results.merge(added.id, 1, Integer::sum);
        }
    }

    synchronized void remove(String name) {
        Known removed = known.remove(name);
        if (removed != null && removed.isResult) {
            results.computeIfPresent(removed.id, (id, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Forgets all but these; also one that is being written, which is added again when it is. */
    synchronized void retain(Collection<SpoolIndex.Entry> entries) {
        Set<String> gone = new HashSet<>(known.keySet());
        entries.forEach(entry -> gone.remove(entry.name()));
        gone.forEach(this::remove);
    }

    synchronized boolean isKnown(String name) {
        return known.containsKey(name);
    }

    synchronized boolean isOfAnother(String name, String id) {
        @Nullable Known letter = known.get(name);
        return letter != null && !letter.id.equals(id);
    }

    synchronized boolean holdResultOf(String id) {
        return results.containsKey(id);
    }
}
