package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.metrics.Gauges;
import com.playtcha.jakarta.internal.metrics.JmxMetrics;
import com.playtcha.jakarta.internal.metrics.MetricsBackend;
import com.playtcha.jakarta.internal.metrics.MicrometerBackend;
import com.playtcha.jakarta.internal.metrics.OtelBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the metrics of one runtime, in JMX and by the APIs that are on the class path, and measures for how long each
 * guard has not reached Playtcha. Thread-safe.
 */
final class RuntimeMetrics implements VerificationListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeMetrics.class);
    private static final long UNREACHABLE_NANOS = Duration.ofMinutes(1).toNanos();

    private final PlaytchaRuntime runtime;
    private final LateResultsFacade late;
    private final List<VerificationListener> listeners;
    private final LoadedSettings settings;
    private final Supplier<@Nullable ApplicationBeans> beans;
    private final LongSupplier nanoTime;
    private final Map<String, Outage> outages = new ConcurrentHashMap<>();
    private final Gauges gauges;
    private final JmxMetrics jmx;
    private final List<MetricsBackend> backends = new ArrayList<>();
    private boolean closed;

    /** The first and the last call that failed since the last HTTP response. */
    private record Outage(long first, long last) {}

    RuntimeMetrics(
            PlaytchaRuntime runtime,
            LateResultsFacade late,
            List<VerificationListener> listeners,
            LoadedSettings settings,
            Supplier<@Nullable ApplicationBeans> beans,
            LongSupplier nanoTime) {
        this.runtime = runtime;
        this.late = late;
        this.listeners = listeners;
        this.settings = settings;
        this.beans = beans;
        this.nanoTime = nanoTime;
        this.gauges = new Gauges(runtime::guards, late::getMetrics);
        this.jmx = new JmxMetrics(gauges, late.name(), LateOperations.of(late));
        listeners.add(this);
    }

    /** Opens the backends with the beans that there are now; those of earlier calls are closed. */
    synchronized void open() {
        closeBackends();
        if (settings.application().get(Setting.METRICS) && !closed) {
            add(() -> new OtelBackend(gauges, this::bean));
            add(() -> new MicrometerBackend(gauges, this::bean, nanoTime));
        }
        update();
    }

    private void add(Supplier<MetricsBackend> opener) {
        guarded("opened", () -> {
            MetricsBackend backend = opener.get();
            backends.add(backend);
            late.addListener(backend);
            listeners.add(backend);
        });
    }

    /** Runs code over an optional API, which may be absent, of another version, or already ended. */
    private static void guarded(String what, Runnable call) {
        try {
            call.run();
        } catch (LinkageError absent) {
            LOG.debug("An API for metrics is absent", absent);
        } catch (RuntimeException e) {
            LOG.warn("The metrics of one API cannot be {}", what, e);
        }
    }

    /** Publishes guards that are new. */
    synchronized void update() {
        if (!closed) {
            jmx.register();
            backends.forEach(backend -> guarded("published", backend::publishGauges));
        }
    }

    synchronized void closeBackends() {
        for (MetricsBackend backend : backends) {
            listeners.remove(backend);
            late.removeListener(backend);
            guarded("removed", backend::close);
        }
        backends.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeBackends();
        listeners.remove(this);
        jmx.close();
    }

    private <T> @Nullable T bean(Class<T> type) {
        ApplicationBeans lookup = beans.get();
        return lookup == null ? null : lookup.find(type);
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        jmx.count(guard, verification);
    }

    /** Any HTTP response counts as reached, as for the breaker, so that no visitor's token makes an outage. */
    @Override
    public CallObserver onCall(VerificationCall call) {
        return end -> {
            if (end.status() > 0) {
                outages.remove(key(call));
            } else if (end.reason().getOutcome() == Outcome.UNAVAILABLE && end.reason() != Reason.INTERRUPTED) {
                long now = nanoTime.getAsLong();
                outages.compute(key(call), (key, earlier) -> new Outage(earlier == null ? now : earlier.first, now));
            }
        };
    }

    private static String key(VerificationCall call) {
        return call.guard() + " " + call.url();
    }

    /**
     * Returns whether calls have failed for a minute. A guard that has not called for a minute is tried again: without
     * that, a node that gets no more requests because it is not ready would never be ready.
     */
    private boolean isUnreachable(VerificationCall call) {
        Outage outage = outages.get(key(call));
        return outage != null
                && outage.last - outage.first >= UNREACHABLE_NANOS
                && nanoTime.getAsLong() - outage.last < UNREACHABLE_NANOS;
    }

    /** Returns why the application is not ready: what is wrong by what it is wrong with, empty if nothing is. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        for (Guard guard : runtime.guards()) {
            GuardSettings settings = guard.settings();
            boolean denies = settings.isEnabled() && settings.get(Setting.FAIL_CLOSED) && !settings.isMonitoring();
            if (denies && isUnreachable(guard.endpoint())) {
                problems.put("guard " + settings.name(), "fails closed and has not reached Playtcha for a minute");
            }
        }
        if (!late.canKeepResults()) {
            problems.put(
                    "late results", "cannot be kept: the store is down, and late-dir is full, fails or is not set");
        }
        return problems;
    }

    /** Returns what an operator wants to see although the application is ready. */
    Map<String, String> notes() {
        return late.isPaused() ? Map.of("late results", "handlers are paused, on all nodes") : Map.of();
    }
}
