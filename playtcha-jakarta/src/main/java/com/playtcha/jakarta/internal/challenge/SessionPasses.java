package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.internal.util.Expiry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
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
    /**
     * By the session's id and the guard, of which each filter with settings of its own is another; the oldest grant comes
     * first.
     */
    private final LinkedHashMap<List<String>, Passes> granted = new LinkedHashMap<>();

    private record Passes(long grantedAt, int left) {
        boolean isExpired(long now) {
            return now - grantedAt >= VALID.toNanos();
        }
    }

    SessionPasses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Grants passes; those that were left are not added. Returns false without a session, or without room. */
    boolean grant(Caller caller, String guard, int count) {
        String existing = id(caller);
        String id = existing == null ? UUID.randomUUID().toString() : existing;
        if (existing == null && !caller.setSessionAttribute(Challenge.PASS_ATTRIBUTE, id)) {
            return false;
        }
        synchronized (this) {
            long now = nanoTime.getAsLong();
            Expiry.removeExpired(granted.values(), oldest -> oldest.isExpired(now));
            List<String> key = List.of(id, guard);
            boolean hasRoom = granted.remove(key) != null || granted.size() < CAPACITY;
            if (hasRoom) {
                granted.put(key, new Passes(now, count));
            }
            return hasRoom;
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
        if (id == null) {
            return false;
        }
        List<String> key = List.of(id, guard);
        Passes passes = granted.get(key);
        if (passes == null || passes.left == 0 || passes.isExpired(nanoTime.getAsLong())) {
            return false;
        }
        granted.put(key, new Passes(passes.grantedAt, passes.left - used));
        return true;
    }

    private static @Nullable String id(Caller caller) {
        return caller.sessionAttribute(Challenge.PASS_ATTRIBUTE) instanceof String id ? id : null;
    }
}
