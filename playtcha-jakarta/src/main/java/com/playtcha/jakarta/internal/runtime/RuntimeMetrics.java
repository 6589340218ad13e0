package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.UrlParsers;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.metrics.GuardJmx;
import com.playtcha.jakarta.internal.metrics.MetricsBackend;
import com.playtcha.jakarta.internal.metrics.MetricsListener;
import com.playtcha.jakarta.internal.metrics.MetricsSource;
import com.playtcha.jakarta.internal.micrometer.MicrometerBackend;
import com.playtcha.jakarta.internal.otel.OtelBackend;
import com.playtcha.jakarta.late.LateMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes the metrics of one runtime: in JMX, and by the APIs that are on the class path. Thread-safe. */
final class RuntimeMetrics implements MetricsSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeMetrics.class);

    private final PlaytchaRuntime runtime;
    private final LateResultsFacade late;
    private final List<VerificationListener> listeners;
    private final LoadedSettings settings;
    private final Supplier<@Nullable BeanLookup> beans;
    private final Reachability reachability;
    private final GuardJmx jmx;
    /** Closes the backends and removes their listeners. */
    private final List<Runnable> ends = new ArrayList<>();

    private final List<MetricsBackend> backends = new ArrayList<>();
    private boolean closed;

    RuntimeMetrics(
            PlaytchaRuntime runtime,
            LateResultsFacade late,
            List<VerificationListener> listeners,
            LoadedSettings settings,
            Supplier<@Nullable BeanLookup> beans,
            LongSupplier nanoTime) {
        this.runtime = runtime;
        this.late = late;
        this.listeners = listeners;
        this.settings = settings;
        this.beans = beans;
        this.reachability = new Reachability(nanoTime);
        this.jmx = new GuardJmx(this, late.name());
        listeners.add(jmx);
        listeners.add(reachability);
    }

    /** Opens the backends with the beans that there are now; those of earlier calls are closed. */
    synchronized void open() {
        closeBackends();
        if (settings.metrics() && !closed) {
            add(() -> new OtelBackend(this));
            add(() -> new MicrometerBackend(this));
        }
        update();
    }

    private void add(Supplier<MetricsBackend> opener) {
        guarded("opened", () -> {
            MetricsBackend backend = opener.get();
            MetricsListener metrics = new MetricsListener(backend);
            backends.add(backend);
            ends.add(backend::close);
            ends.add(() -> late.removeListener(metrics));
            late.addListener(metrics);
            List<VerificationListener> added =
                    backend instanceof VerificationListener tracing ? List.of(metrics, tracing) : List.of(metrics);
            listeners.addAll(added);
            ends.add(() -> listeners.removeAll(added));
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
            jmx.registerGuards();
            backends.forEach(backend -> guarded("published", backend::publishGauges));
        }
    }

    synchronized void closeBackends() {
        backends.clear();
        ends.forEach(end -> guarded("removed", end));
        ends.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeBackends();
        listeners.remove(jmx);
        listeners.remove(reachability);
        jmx.close();
    }

    @Override
    public List<GuardState> guards() {
        return runtime.guards().stream()
                .map(guard -> new GuardState(
                        guard.settings().name(),
                        guard.settings().enabled() ? guard.settings().baseUrl().getHost() : "",
                        guard.active(),
                        guard.settings().maxConcurrent(),
                        guard.breakerState(),
                        guard.isThrottled()))
                .toList();
    }

    @Override
    public void reset(String name) {
        runtime.guards().stream()
                .filter(guard -> guard.settings().name().equals(name))
                .filter(guard -> guard.settings().enabled()
                        && UrlParsers.isLoopback(guard.settings().baseUrl()))
                .forEach(Guard::reset);
    }

    @Override
    public Optional<LateMetrics> late() {
        return late.getMetrics();
    }

    @Override
    public <T> @Nullable T bean(Class<T> type) {
        BeanLookup lookup = beans.get();
        return lookup == null ? null : lookup.find(type);
    }

    /** Returns why the application is not ready: what is wrong by what it is wrong with, empty if nothing is. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        for (Guard guard : runtime.guards()) {
            GuardSettings known = guard.settings();
            if (known.enabled() && known.failClosed() && reachability.isUnreachable(known.name())) {
                problems.put("guard " + known.name(), "fails closed and has not reached Playtcha for a minute");
            }
        }
        if (!late.canKeepResults()) {
            problems.put("late results", "cannot be kept: the store is down, and late-dir is full or not set");
        }
        return problems;
    }
}
