package com.playtcha.jakarta.internal.late.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One file of the spool, as far as that needs no reading; another object stands for a file that has replaced it. */
final class SpooledFile {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.(json|discarded)");

    final String key;
    final boolean discarded;
    final long size;
    final Instant createdAt;
    int attempts;

    @Nullable
    String error;

    /** What tells the file that was read from one that replaces it; null before that, and on file systems without such. */
    @Nullable
    Object identity;

    volatile Instant dueAt = Instant.MIN;
    private volatile Instant pausedAt = Instant.MIN;
    /** Whether a newer version of this library wrote it, as far as it was read. */
    volatile boolean newer;

    SpooledFile(String key, boolean discarded, long size, Instant createdAt) {
        this.key = key;
        this.discarded = discarded;
        this.size = size;
        this.createdAt = createdAt;
    }

    /** Returns null for the name of another file. */
    static @Nullable SpooledFile of(String name, long size, Instant createdAt) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? new SpooledFile(matcher.group(1), matcher.group(2).equals("discarded"), size, createdAt)
                : null;
    }

    String name() {
        return key + (discarded ? ".discarded" : ".json");
    }

    void pause(Instant now, Duration pause) {
        pausedAt = now;
        dueAt = now.plus(pause);
    }

    /** A pause that began in the future was measured by a clock that was wrong, maybe by hours, and has been set since. */
    boolean isDue(Instant now) {
        return !now.isBefore(dueAt) || now.plus(CLOCK_TOLERANCE).isBefore(pausedAt);
    }
}
