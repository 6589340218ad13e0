package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.internal.util.Expiry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * The tokens that a guard verified within the last ten seconds, to tell a double click from a replay. That decides about a
 * text only, so a hash that can collide is enough, and the oldest gives way when it is full. Thread-safe.
 */
final class VerifiedTokens {
    static final Duration KEPT = Duration.ofSeconds(10);
    private static final int CAPACITY = 1 << 16;

    private final LongSupplier nanoTime;
    private final LinkedHashMap<Long, Long> verifiedAt = new LinkedHashMap<>();

    VerifiedTokens(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(String token) {
        synchronized (verifiedAt) {
            long now = nanoTime.getAsLong();
            Expiry.removeExpired(
                    verifiedAt.values(), at -> now - at >= KEPT.toNanos() || verifiedAt.size() >= CAPACITY);
            verifiedAt.put(hash(token), now);
        }
    }

    boolean contains(String token) {
        synchronized (verifiedAt) {
            Long at = verifiedAt.get(hash(token));
            return at != null && nanoTime.getAsLong() - at < KEPT.toNanos();
        }
    }

    private static long hash(String token) {
        return (long) token.hashCode() << Integer.SIZE | token.length();
    }
}
