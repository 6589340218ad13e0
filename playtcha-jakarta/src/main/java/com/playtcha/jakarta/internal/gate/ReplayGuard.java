package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.internal.util.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The tokens that were let through unverified within the last five minutes, as digests, so that none is let through a
 * second time (contract, section 2). Bounded: when full, further tokens are refused rather than earlier ones forgotten,
 * since a forgotten one could be used again. Thread-safe.
 */
public final class ReplayGuard {
    static final Duration KEPT = Duration.ofMinutes(5);
    static final int CAPACITY = 1 << 18;

    private record Digest(long high, long low) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Digest that && high == that.high && low == that.low;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(high ^ low);
        }
    }

    private final LongSupplier nanoTime;
    private final int capacity;
    private final LinkedHashMap<Digest, Long> grantedAt = new LinkedHashMap<>();

    /**
     * Nothing let through yet.
     *
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public ReplayGuard(LongSupplier nanoTime) {
        this(nanoTime, CAPACITY);
    }

    ReplayGuard(LongSupplier nanoTime, int capacity) {
        this.nanoTime = nanoTime;
        this.capacity = capacity;
    }

    /** Notes a token as let through; false when it was before, or when there is no room to note it. */
    boolean tryGrant(String project, String token) {
        Digest digest = digest(project, token);
        synchronized (grantedAt) {
            long now = nanoTime.getAsLong();
            forgetOld(now);
            if (grantedAt.size() >= capacity) {
                return false;
            }
            return grantedAt.putIfAbsent(digest, now) == null;
        }
    }

    /** Takes back a grant that was not used. */
    void revoke(String project, String token) {
        Digest digest = digest(project, token);
        synchronized (grantedAt) {
            grantedAt.remove(digest);
        }
    }

    private void forgetOld(long now) {
        Iterator<Map.Entry<Digest, Long>> oldest = grantedAt.entrySet().iterator();
        while (oldest.hasNext() && now - oldest.next().getValue() >= KEPT.toNanos()) {
            oldest.remove();
        }
    }

    private static Digest digest(String project, String token) {
        ByteBuffer bytes = ByteBuffer.wrap(Sha256.digest(project, token));
        return new Digest(bytes.getLong(), bytes.getLong());
    }
}
