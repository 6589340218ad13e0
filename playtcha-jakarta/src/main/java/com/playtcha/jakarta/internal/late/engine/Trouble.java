package com.playtcha.jakarta.internal.late.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One kind of trouble in the log: said when it begins, now and then while it lasts, and when it is over. */
final class Trouble {
    private static final Duration REPEATED = Duration.ofMinutes(10);
    private static final Duration WORSE = Duration.ofMinutes(1);

    private @Nullable Instant said;
    private long amount;

    /**
     * Whether to say that there is trouble: at once when it is new, after a minute when it has become more, after ten in
     * any case.
     *
     * @param now the time
     * @param much how much of it there is
     */
    boolean mustBeSaid(Instant now, long much) {
        Instant last = said;
        boolean due = last == null
                || !now.isBefore(last.plus(REPEATED))
                || (much > amount && !now.isBefore(last.plus(WORSE)));
        if (due) {
            said = now;
            amount = much;
        }
        return due;
    }

    /** Whether to say that the trouble is over, now that there is none. */
    boolean isOver() {
        boolean over = said != null;
        said = null;
        amount = 0;
        return over;
    }

    /** Whether there was trouble at the last look. */
    boolean lasts() {
        return said != null;
    }
}
