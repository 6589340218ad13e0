package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.util.LogText;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What callbacks leave in the log (contract, section 6): each kind of line once a minute, however many there are, with a
 * count; never a key or a result. Thread-safe.
 */
final class CallbackLog {
    private static final Logger LOG = LoggerFactory.getLogger(ResultCallbackServlet.class);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final int MOST_CAUSES = 8;

    private final LongSupplier nanoTime;
    private final Line strangers = new Line();
    private final Line unavailable = new Line();
    private final Line refused = new Line();
    private final Line failed = new Line();

    CallbackLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** One kind of line. */
    private final class Line {
        private boolean written;
        private long last;
        private long times;

        /** How often it happened since the last line, this time included; 0 where it is too early for the next. */
        private synchronized long due() {
            times++;
            long now = nanoTime.getAsLong();
            if (written && now - last < MINUTE) {
                return 0;
            }
            long due = times;
            written = true;
            last = now;
            times = 0;
            return due;
        }
    }

    /** A caller does not know the key. */
    void stranger(@Nullable String remoteAddress) {
        long times = strangers.due();
        if (times > 0) {
            LOG.warn(
                    "Callbacks with a wrong key, or none, are answered with 403: {} since the last such line, the last"
                            + " from {}",
                    times,
                    LogText.clean(remoteAddress));
        }
    }

    /** A callback is to be sent again. */
    void unavailable(String why) {
        long times = unavailable.due();
        if (times > 0) {
            LOG.warn(
                    "Callbacks are answered with 503, to be sent again: {} since the last such line, the last since {}",
                    times,
                    why);
        }
    }

    /** A callback of someone who may call cannot be taken, now or later. */
    void refused(@Nullable String id, String why) {
        long times = refused.due();
        if (times > 0) {
            LOG.warn(
                    "Callbacks are refused, since they are not as agreed: {} since the last such line, the last: id={}, {}",
                    times,
                    LogText.clean(id),
                    why);
        }
    }

    /** A callback was taken. */
    void taken(String id, Object receipt) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("A callback was acknowledged: id={}, {}", LogText.clean(id), receipt);
        }
    }

    /** An error of our own. */
    void failed(Throwable thrown) {
        long times = failed.due();
        if (times > 0) {
            LOG.error(
                    "Callbacks failed to be taken, and were answered with 500: {} since the last such line",
                    times,
                    withoutMessages(thrown, MOST_CAUSES));
        }
    }

    /** The same traces without the messages, in which a key or a result might stand. */
    private static Throwable withoutMessages(Throwable thrown, int causes) {
        Throwable cause = causes == 0 ? null : thrown.getCause();
        Throwable bare = new Throwable(
                thrown.getClass().getName(), cause == null ? null : withoutMessages(cause, causes - 1), false, true) {};
        bare.setStackTrace(thrown.getStackTrace());
        return bare;
    }
}
