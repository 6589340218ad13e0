package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.late.LateMetrics;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The present state of an application, and the beans that publish it. Thread-safe. */
public interface MetricsSource {

    /**
     * A guard, or a filter with settings of its own and the guard's name.
     *
     * @param address the host of the base URL, empty for a guard that is switched off
     * @param breaker null if the breaker is switched off
     */
    record GuardState(
            String name,
            String address,
            int active,
            int limit,
            @Nullable BreakerState breaker,
            boolean throttled) {}

    List<GuardState> guards();

    /**
     * Ends the throttle windows and closes the breakers of the guards of this name that call this host, which only a
     * stand-in is on. Playtcha's own windows are always honoured.
     */
    void reset(String guard);

    Optional<LateMetrics> late();

    /** Returns the application's bean of this type, or null if it has none. */
    <T> @Nullable T bean(Class<T> type);
}
