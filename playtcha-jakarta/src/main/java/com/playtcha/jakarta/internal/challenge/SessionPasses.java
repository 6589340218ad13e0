package com.playtcha.jakarta.internal.challenge;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of a session are allowed after a verified one, by guard (docs/contract.md, section 11). The session has
 * a random id only: it dies with the session, survives a change of the session's id, and a copy of the session on another
 * node, or from an earlier run, allows nothing twice. Thread-safe.
 */
final class SessionPasses {
    static final Duration VALID = Duration.ofMinutes(5);
    static final int CAPACITY = 100_000;

    private final LongSupplier nanoTime;
    /** By id; the oldest comes first. */
    private final LinkedHashMap<String, Passes> byId = new LinkedHashMap<>();

    private record Pass(long grantedAt, int left) {}

    /** The passes of one session by guard. */
    private static final class Passes {
        final Map<String, Pass> byGuard = new HashMap<>(2);
        long lastGrant;
    }

    SessionPasses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Grants passes; those that were left are not added. Without a session, or without room, it does nothing. */
    void grant(Caller caller, String guard, int count) {
        String known = id(caller);
        String id = known == null ? UUID.randomUUID().toString() : known;
        if (known == null && !caller.setSessionAttribute(Challenge.PASS_ATTRIBUTE, id)) {
            return;
        }
        synchronized (this) {
            long now = nanoTime.getAsLong();
            removeExpired(now);
            Passes passes = byId.remove(id);
            if (passes != null || byId.size() < CAPACITY) {
                passes = passes == null ? new Passes() : passes;
                passes.lastGrant = now;
                passes.byGuard.put(guard, new Pass(now, count));
                byId.put(id, passes);
            }
        }
    }

    private void removeExpired(long now) {
        Iterator<Passes> oldest = byId.values().iterator();
        while (oldest.hasNext() && now - oldest.next().lastGrant >= VALID.toNanos()) {
            oldest.remove();
        }
    }

    /** Whether a pass is left. */
    boolean has(Caller caller, String guard) {
        return count(id(caller), guard, 0);
    }

    /** Uses one pass; returns false if none is left. */
    boolean tryUse(Caller caller, String guard) {
        return count(id(caller), guard, 1);
    }

    private synchronized boolean count(@Nullable String id, String guard, int used) {
        Passes passes = id == null ? null : byId.get(id);
        Pass pass = passes == null ? null : passes.byGuard.get(guard);
        if (passes == null
                || pass == null
                || pass.left == 0
                || nanoTime.getAsLong() - pass.grantedAt >= VALID.toNanos()) {
            return false;
        }
        passes.byGuard.put(guard, new Pass(pass.grantedAt, pass.left - used));
        return true;
    }

    private static @Nullable String id(Caller caller) {
        return caller.sessionAttribute(Challenge.PASS_ATTRIBUTE) instanceof String id ? id : null;
    }
}
