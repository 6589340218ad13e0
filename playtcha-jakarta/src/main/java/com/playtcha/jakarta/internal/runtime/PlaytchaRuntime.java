package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.gate.Breaker;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.Listeners;
import com.playtcha.jakarta.internal.gate.ReplayGuard;
import com.playtcha.jakarta.internal.gate.ThrottleWindow;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.http.HttpUpstream;
import com.playtcha.jakarta.internal.http.Target;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All guards of one application and what they share (contract, section 3): guards with the same base URL, secret,
 * proxy, timeouts and {@code breaker} share one pool and one breaker; guards with the same base URL and proxy share one
 * throttle window. Closing ends every connection and thread before it returns. Thread-safe.
 */
public final class PlaytchaRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRuntime.class);
    /** A bound for an iteration that never ends. */
    private static final int MAX_BROKEN_SERVICES = 100;
    /** Concurrent calls for late verdicts of one guard. */
    private static final int LATE_CALLS = 16;

    /** Also the lock of the other maps. */
    private final Map<GuardSettings, Guard> guards = new HashMap<>();

    /** The transports, and the state that the guards using each of them share. */
    private final Map<List<Object>, HttpUpstream> upstreams = new HashMap<>();

    private final Map<HttpUpstream, Guard.Shared> shared = new HashMap<>();
    private final Map<String, ThrottleWindow> windows = new HashMap<>();
    private final ReplayGuard unverified = new ReplayGuard(System::nanoTime);
    private final List<VerificationListener> listeners;
    private final Listeners observers;
    /** Until late results run, and without them, nothing is tracked. */
    private volatile FailOpenTracker tracker =
            (source, project, token, age, sent) -> new FailOpenTracker.TrackResult(false, null);

    private BiConsumer<String, VerdictClient> verdictClients = (source, client) -> {};
    private final StrictJson json = new StrictJson();
    private final JsonWriter writer = new JsonWriter();
    private @Nullable LateService late;
    private volatile @Nullable RuntimeMetrics metrics;
    private boolean closed;

    private PlaytchaRuntime(List<VerificationListener> listeners) {
        this.listeners = listeners;
        this.observers = new Listeners(listeners);
    }

    /** Builds guards without opening a connection. Listeners may be added to and removed from the list at any time. */
    public static PlaytchaRuntime start(Collection<GuardSettings> guards, List<VerificationListener> listeners) {
        PlaytchaRuntime runtime = new PlaytchaRuntime(listeners);
        guards.forEach(runtime::guard);
        return runtime;
    }

    /** Builds all guards of the settings, and starts late results and metrics that these switch on. */
    static PlaytchaRuntime start(
            LoadedSettings settings,
            List<VerificationListener> listeners,
            LateResultsFacade late,
            @Nullable ClassLoader loader,
            Supplier<@Nullable ApplicationBeans> beans) {
        // A filter with its own init-params is a guard that the declared ones do not contain.
        List<GuardSettings> guards = new ArrayList<>(settings.guards().values());
        guards.addAll(settings.filters().values());
        guards.addAll(settings.registrations().values());
        PlaytchaRuntime runtime = start(guards, listeners);
        boolean started = false;
        try {
            runtime.startLate(settings, late, loader);
            started = true;
        } finally {
            if (!started) {
                runtime.close();
            }
        }
        return runtime.withMetrics(new RuntimeMetrics(runtime, late, listeners, settings, beans, System::nanoTime));
    }

    /** Adds the listeners that the application names as services. One that cannot be used is left out. */
    static void addServices(List<VerificationListener> listeners, @Nullable ClassLoader loader) {
        Iterator<VerificationListener> services =
                ServiceLoader.load(VerificationListener.class, loader).iterator();
        for (int failures = 0; failures < MAX_BROKEN_SERVICES; ) {
            try {
                if (!services.hasNext()) {
                    return;
                }
                listeners.add(services.next());
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                failures++;
                LOG.error("A VerificationListener in META-INF/services cannot be used and is left out", e);
            }
        }
    }

    private void startLate(LoadedSettings settings, LateResultsFacade facade, @Nullable ClassLoader loader) {
        if (!settings.late().isOn() || facade.hasEnded()) {
            return;
        }
        LateConfig config = new LateConfig(settings.late());
        LateService service =
                LateService.start(settings.late(), settings.proxy(), this, facade, loader, config, Clock.systemUTC());
        if (facade.setRunning(service)) {
            late = service;
        } else {
            // The application ended during the start.
            service.close();
        }
    }

    /** Returns the guard of these settings, creating it on first use: equal settings share one guard and its limits. */
    public Guard guard(GuardSettings settings) {
        Guard guard;
        synchronized (guards) {
            if (closed) {
                throw new IllegalStateException("the verifiers of this application are closed");
            }
            guard = guards.get(settings);
            if (guard != null) {
                return guard;
            }
            guard = create(settings);
            guards.put(settings, guard);
        }
        RuntimeMetrics publishing = metrics;
        if (publishing != null) {
            // Not under the lock, since metrics are read under a lock of their own.
            publishing.update();
        }
        return guard;
    }

    private Guard create(GuardSettings settings) {
        Guard.Shared shared = settings.enabled() ? share(settings) : null;
        FailOpenTracker latest =
                (source, project, token, age, sent) -> tracker.track(source, project, token, age, sent);
        Guard guard = new Guard(settings, shared, listeners, latest, System::nanoTime);
        addVerdictClient(guard);
        return guard;
    }

    /** Returns the guards that were created so far. */
    List<Guard> guards() {
        synchronized (guards) {
            return List.copyOf(guards.values());
        }
    }

    /** Sets the metrics, which are closed with this runtime. */
    PlaytchaRuntime withMetrics(RuntimeMetrics value) {
        metrics = value;
        value.open();
        return this;
    }

    @Nullable
    RuntimeMetrics metrics() {
        return metrics;
    }

    /** Sets the tracker of requests allowed without a verdict, and the consumer of present and future verdict clients. */
    public void setLateVerdicts(FailOpenTracker failOpens, BiConsumer<String, VerdictClient> clients) {
        synchronized (guards) {
            tracker = failOpens;
            verdictClients = clients;
            guards.values().forEach(this::addVerdictClient);
        }
    }

    private void addVerdictClient(Guard guard) {
        if (guard.settings().enabled() && guard.settings().lateVerdicts()) {
            verdictClients.accept(guard.settings().source(), guard);
        }
    }

    private Guard.Shared share(GuardSettings settings) {
        Target target = Target.of(settings);
        List<Object> key =
                List.of(target, settings.secret(), settings.timeout(), settings.connectTimeout(), settings.breaker());
        // Late verdicts have their own connections and do not compete with visitors for them.
        int lateCalls = settings.lateVerdicts() ? LATE_CALLS : 0;
        // A new one has room for the calls of its first guard.
        int added = upstreams.containsKey(key) ? settings.maxConcurrent() : 0;
        HttpUpstream upstream = upstreams.computeIfAbsent(key, k -> new HttpUpstream(target, settings, json, writer));
        upstream.grow(added + lateCalls);
        ThrottleWindow window = windows.computeIfAbsent(
                target.throttleKey(),
                k -> new ThrottleWindow(System::nanoTime, target.host(), observers::throttleChanged));
        Breaker breaker = new Breaker(System::nanoTime, target.host(), this::breakerChanged);
        return shared.computeIfAbsent(
                upstream, k -> new Guard.Shared(k, settings.breaker() ? breaker : null, window, unverified));
    }

    private void breakerChanged(BreakerChange change) {
        String host = change.host();
        if (change.to() == BreakerState.OPEN) {
            LOG.warn(
                    "Breaker open, {} is not called for {} s",
                    host,
                    change.openFor().toSeconds());
        } else {
            boolean isClosed = change.to() == BreakerState.CLOSED;
            LOG.warn(isClosed ? "Breaker closed, {} answers again" : "Breaker half open, {} is called once", host);
        }
        observers.breakerChanged(change);
    }

    /** Returns the shared JSON reader. */
    public StrictJson json() {
        return json;
    }

    /** Returns the shared JSON writer, which is closed with this runtime. */
    public JsonWriter jsonWriter() {
        return writer;
    }

    /** Closes late results first, since they make calls through the pools. */
    @Override
    public void close() {
        try {
            if (late != null) {
                late.close();
            }
        } finally {
            closePools();
            if (metrics != null) {
                metrics.close();
            }
        }
    }

    private void closePools() {
        List<HttpUpstream> open;
        synchronized (guards) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(upstreams.values());
        }
        // All are stopped before any is closed: a caller that waits on one must not wait for the threads of another.
        open.forEach(HttpUpstream::stop);
        open.forEach(HttpUpstream::close);
        try {
            writer.close();
        } catch (IllegalStateException e) {
            LOG.warn("The JSON writer could not be closed", e);
        }
    }
}
