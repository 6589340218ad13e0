package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.internal.util.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Digests of the tokens that were allowed unverified within the last five minutes, so that none is allowed twice
 * (contract, section 2). When it is full, further tokens are refused: an evicted one could be used again. Thread-safe.
 */
public final class ReplayGuard {
    static final Duration KEPT = Duration.ofMinutes(5);
    static final int CAPACITY = 1 << 18;

    private final LongSupplier nanoTime;
    private final LinkedHashMap<UUID, Long> allowedAt = new LinkedHashMap<>();

    public ReplayGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds a token; returns false if it was added before, or if the capacity is used up. */
    boolean tryAdd(String project, String token) {
        UUID digest = digest(project, token);
        synchronized (allowedAt) {
            long now = nanoTime.getAsLong();
            removeExpired(now);
            return allowedAt.size() < CAPACITY && allowedAt.putIfAbsent(digest, now) == null;
        }
    }

    private void removeExpired(long now) {
        Iterator<Map.Entry<UUID, Long>> oldest = allowedAt.entrySet().iterator();
        while (oldest.hasNext() && now - oldest.next().getValue() >= KEPT.toNanos()) {
            oldest.remove();
        }
    }

    /** Returns half of the digest, which is enough to tell tokens apart. */
    private static UUID digest(String project, String token) {
        ByteBuffer bytes = ByteBuffer.wrap(Sha256.digest(project, token));
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
