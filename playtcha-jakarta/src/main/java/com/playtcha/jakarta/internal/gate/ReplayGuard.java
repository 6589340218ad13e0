package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.util.Expiry;
import com.playtcha.jakarta.internal.util.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the tokens that were allowed unverified within the last five minutes, so that none is allowed twice
 * (docs/contract.md, section 2). When it is full, further tokens are refused: an evicted one could be used again. Thread-safe.
 */
public final class ReplayGuard {
    static final Duration KEPT = Duration.ofMinutes(5);
    static final int CAPACITY = 1 << 18;

    private final LongSupplier nanoTime;
    /** When tokens were allowed, by their digests with the secret of the call. */
    private final LinkedHashMap<UUID, Long> bySecret = new LinkedHashMap<>();
    /** The same by the file that the secret was read from: a token must not be used again with the next secret. */
    private final LinkedHashMap<UUID, Long> byFile = new LinkedHashMap<>();

    public ReplayGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds a token and returns null; returns why not if it was added before, or if the capacity is used up. */
    @Nullable
    Reason tryAdd(Project project, String token) {
        boolean isOfFile = !project.source().equals(project.digest());
        UUID withSecret = digest(project.digest(), token);
        UUID withFile = isOfFile ? digest(project.source(), token) : withSecret;
        synchronized (bySecret) {
            long now = nanoTime.getAsLong();
            Expiry.removeExpired(bySecret.values(), at -> now - at >= KEPT.toNanos());
            Expiry.removeExpired(byFile.values(), at -> now - at >= KEPT.toNanos());
            if (bySecret.containsKey(withSecret) || byFile.containsKey(withFile)) {
                return Reason.REPEATED_UNVERIFIED;
            }
            if (bySecret.size() >= CAPACITY) {
                return Reason.REPLAY_GUARD_FULL;
            }
            bySecret.put(withSecret, now);
            if (isOfFile) {
                byFile.put(withFile, now);
            }
            return null;
        }
    }

    /** Returns half of the digest, which is enough to tell tokens apart. */
    private static UUID digest(String project, String token) {
        ByteBuffer bytes = ByteBuffer.wrap(Sha256.digest(project, token));
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
