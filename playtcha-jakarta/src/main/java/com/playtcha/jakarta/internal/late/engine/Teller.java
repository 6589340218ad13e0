package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, and keeps the log from being flooded. Thread-safe. */
final class Teller {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

    private final List<LateListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    /** One kind of log line: when it was last written, and how often it was left out since. */
    private static final class Line {
        private Instant last = Instant.MIN;
        private long leftOut;
    }

    void add(LateListener listener) {
        listeners.add(listener);
    }

    void tell(String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        for (LateListener listener : listeners) {
            try {
                listener.onTransition(id, kind, from, to, outcome);
            } catch (RuntimeException | Error e) {
                long times = mayLog("listener", Instant.now());
                if (times > 0) {
                    LOG.warn("Listeners to late results failed: {} since the last such line", times, e);
                }
            }
        }
    }

    /**
     * Whether a line may be written now: once a minute.
     *
     * @param kind of line, from a closed set
     * @return how often it happened since the last line, this time included; 0 for not now
     */
    long mayLog(String kind, Instant now) {
        Line line = lines.computeIfAbsent(kind, k -> new Line());
        synchronized (line) {
            line.leftOut++;
            // A clock that was set back does not keep the log silent until it has caught up.
            boolean recent = !now.isBefore(line.last) && line.last != Instant.MIN;
            if (recent && line.last.plus(BETWEEN_LINES).isAfter(now)) {
                return 0;
            }
            long times = line.leftOut;
            line.last = now;
            line.leftOut = 0;
            return times;
        }
    }
}
