package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.late.LateMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The present state of an application, as the values of its gauges. Thread-safe. */
public final class Gauges {
    /** The metrics that are gauges or up-down counters. */
    public static final List<Metric> ALL = List.of(
            Metric.ACTIVE,
            Metric.LIMIT,
            Metric.BREAKER,
            Metric.THROTTLE,
            Metric.LATE_ITEMS,
            Metric.LATE_AGE,
            Metric.LATE_STATUS);

    final Supplier<List<Guard>> guards;
    final Supplier<Optional<LateMetrics>> late;

    /** A filter with settings of its own is a guard of its own, with the name of the guard that it uses. */
    public Gauges(Supplier<List<Guard>> guards, Supplier<Optional<LateMetrics>> late) {
        this.guards = guards;
        this.late = late;
    }

    /** Returns the value of each series by its attributes. */
    public Map<Map<String, String>, Long> values(Metric gauge) {
        Map<Map<String, String>, Long> values = new LinkedHashMap<>();
        guards.get().forEach(guard -> add(gauge, guard, values));
        late.get().ifPresent(metrics -> add(gauge, metrics, values));
        return values;
    }

    private static void add(Metric gauge, Guard guard, Map<Map<String, String>, Long> values) {
        GuardSettings settings = guard.settings();
        Map<String, String> name = Map.of("playtcha.guard", settings.name());
        BreakerState breaker = guard.breakerState();
        if (gauge == Metric.ACTIVE) {
            values.merge(name, (long) guard.active(), Long::sum);
        } else if (gauge == Metric.LIMIT) {
            values.merge(name, (long) settings.get(Setting.MAX_CONCURRENT), Long::sum);
        } else if (gauge == Metric.BREAKER && breaker != null) {
            for (BreakerState state : BreakerState.values()) {
                add(settings, state.name(), state == breaker, values);
            }
        } else if (gauge == Metric.THROTTLE && settings.isEnabled()) {
            boolean isThrottled = guard.isThrottled();
            add(settings, "free", !isThrottled, values);
            add(settings, "throttled", isThrottled, values);
        }
    }

    /** Guards of one address may differ in port, secret and policy: a state is 1 if any of them is in it. */
    private static void add(GuardSettings guard, String state, boolean isIn, Map<Map<String, String>, Long> values) {
        Map<String, String> attributes =
                Map.of("server.address", guard.baseUrl().getHost(), "playtcha.state", state.toLowerCase(Locale.ROOT));
        values.merge(attributes, isIn ? 1L : 0L, Math::max);
    }

    private static void add(Metric gauge, LateMetrics late, Map<Map<String, String>, Long> values) {
        if (gauge == Metric.LATE_ITEMS) {
            values.put(state("awaiting"), late.getAwaiting());
            values.put(state("ready"), late.getReady());
            values.put(state("retrying"), late.getRetrying());
            values.put(state("dead_letter"), late.getDeadLetters());
            values.put(state("spooled"), (long) late.getSpoolFiles());
        } else if (gauge == Metric.LATE_AGE) {
            values.put(state("retrying"), late.getOldestRetryingAge().toSeconds());
            values.put(state("dead_letter"), late.getOldestDeadLetterAge().toSeconds());
            values.put(state("overdue"), late.getOverdue().toSeconds());
        } else if (gauge == Metric.LATE_STATUS) {
            values.put(state("running"), late.isPaused() ? 0L : 1L);
            values.put(state("paused"), late.isPaused() ? 1L : 0L);
        }
    }

    private static Map<String, String> state(String state) {
        return Map.of("playtcha.state", state);
    }
}
