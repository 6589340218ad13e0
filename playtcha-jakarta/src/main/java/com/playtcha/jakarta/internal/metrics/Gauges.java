package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.internal.metrics.MetricsSource.GuardState;
import com.playtcha.jakarta.late.LateMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;

/** The values of the gauges at this moment. */
public final class Gauges {
    /** The metrics that are gauges or up-down counters. */
    public static final List<Metric> ALL =
            List.of(Metric.ACTIVE, Metric.LIMIT, Metric.BREAKER, Metric.THROTTLE, Metric.LATE_ITEMS, Metric.LATE_AGE);

    private final MetricsSource source;

    public Gauges(MetricsSource source) {
        this.source = source;
    }

    /** Returns the value of each series by its attributes. */
    public Map<Map<String, String>, Long> values(Metric gauge) {
        Map<Map<String, String>, Long> values = new LinkedHashMap<>();
        switch (gauge) {
            case ACTIVE -> guards(values, GuardState::active);
            case LIMIT -> guards(values, GuardState::limit);
            case BREAKER -> {
                for (GuardState guard : source.guards()) {
                    for (BreakerState state : BreakerState.values()) {
                        if (guard.breaker() != null) {
                            state(values, guard, state.name(), state == guard.breaker());
                        }
                    }
                }
            }
            case THROTTLE ->
                source.guards().stream()
                        .filter(guard -> !guard.address().isEmpty())
                        .forEach(guard -> {
                            state(values, guard, "free", !guard.throttled());
                            state(values, guard, "throttled", guard.throttled());
                        });
            case LATE_ITEMS -> source.late().ifPresent(late -> items(values, late));
            case LATE_AGE ->
                source.late().ifPresent(late -> {
                    values.put(
                            state("dead_letter"), late.getOldestDeadLetterAge().toSeconds());
                    values.put(state("overdue"), late.getOverdue().toSeconds());
                });
            default -> throw new IllegalArgumentException(gauge + " is not a gauge");
        }
        return values;
    }

    private void guards(Map<Map<String, String>, Long> values, ToIntFunction<GuardState> value) {
        for (GuardState guard : source.guards()) {
            values.merge(Map.of("playtcha.guard", guard.name()), (long) value.applyAsInt(guard), Long::sum);
        }
    }

    /** Guards of one address may differ in port, secret and policy: a state is 1 if any of them is in it. */
    private static void state(Map<Map<String, String>, Long> values, GuardState guard, String state, boolean isIn) {
        Map<String, String> attributes =
                Map.of("server.address", guard.address(), "playtcha.state", state.toLowerCase(Locale.ROOT));
        values.merge(attributes, isIn ? 1L : 0L, Math::max);
    }

    private static void items(Map<Map<String, String>, Long> values, LateMetrics late) {
        values.put(state("awaiting"), late.getAwaiting());
        values.put(state("ready"), late.getReady());
        values.put(state("dead_letter"), late.getDeadLetters());
        values.put(state("spooled"), (long) late.getSpoolFiles());
    }

    private static Map<String, String> state(String state) {
        return Map.of("playtcha.state", state);
    }
}
