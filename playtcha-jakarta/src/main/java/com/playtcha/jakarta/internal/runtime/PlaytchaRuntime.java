package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.gate.Breaker;
import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.GuardVerdictClient;
import com.playtcha.jakarta.internal.gate.Listeners;
import com.playtcha.jakarta.internal.gate.ReplayGuard;
import com.playtcha.jakarta.internal.gate.ThrottleWindow;
import com.playtcha.jakarta.internal.http.HttpUpstream;
import com.playtcha.jakarta.internal.http.Target;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
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
    /** Concurrent calls for late verdicts, a guard. */
    private static final int LATE_CALLS = 16;

    /** The transport of guards that share a pool, and what they share besides. */
    private static final class Pool {
        final HttpUpstream upstream;
        final Guard.Shared shared;

        Pool(HttpUpstream upstream, Guard.Shared shared) {
            this.upstream = upstream;
            this.shared = shared;
        }
    }

    private final Map<GuardSettings, Guard> guards = new HashMap<>();
    private final Map<List<Object>, Pool> pools = new HashMap<>();
    private final Map<String, ThrottleWindow> windows = new HashMap<>();
    private final Map<String, GuardVerdictClient> verdictClients = new HashMap<>();
    private final ReplayGuard unverified = new ReplayGuard(System::nanoTime);
    private final List<VerificationListener> listeners;
    private final Listeners observers;
    private final LogThrottle untracked = new LogThrottle(System::nanoTime);
    private volatile FailOpenTracker tracker = this::untracked;
    private @Nullable BiConsumer<String, GuardVerdictClient> verdictClientConsumer;
    private final Lock lock = new ReentrantLock();
    private final StrictJson json = new StrictJson();
    private final JsonWriter writer = new JsonWriter();
    private @Nullable LateService late;
    private boolean closed;

    private PlaytchaRuntime(List<VerificationListener> listeners) {
        this.listeners = listeners;
        this.observers = new Listeners(listeners);
    }

    /** Builds the guards known by now; opens no connection yet. */
    public static PlaytchaRuntime start(Collection<GuardSettings> guards) {
        return start(guards, new CopyOnWriteArrayList<>());
    }

    /** The same with listeners: a live list that may change while it is read. */
    public static PlaytchaRuntime start(Collection<GuardSettings> guards, List<VerificationListener> listeners) {
        PlaytchaRuntime runtime = new PlaytchaRuntime(listeners);
        guards.forEach(runtime::guard);
        return runtime;
    }

    /** Starts late results where the settings switch them on; closes this where they cannot be started. */
    PlaytchaRuntime withLate(LoadedSettings settings, LateResultsFacade facade, @Nullable ClassLoader loader) {
        if (!settings.late().isOn() || facade.hasEnded()) {
            return this;
        }
        boolean started = false;
        try {
            LateService service = LateService.start(settings.late(), settings.proxy(), this, facade, loader);
            if (facade.runs(service)) {
                late = service;
            } else {
                service.close();
            }
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
        return this;
    }

    /** Returns the guard of these settings, made if need be: equal settings share one guard, budget and bulkhead. */
    public Guard guard(GuardSettings settings) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the verifiers of this application are closed");
            }
            Guard guard = guards.get(settings);
            if (guard == null) {
                Guard.Shared shared = settings.enabled() ? share(settings) : null;
                guard = new Guard(settings, shared, listeners, this::track, System::nanoTime);
                guards.put(settings, guard);
                if (shared != null && settings.lateVerdicts()) {
                    verdictClients.put(
                            settings.source(),
                            new GuardVerdictClient(
                                    settings.source(), shared, settings.maxRetryAfter(), System::nanoTime));
                    addVerdictClients();
                }
            }
            return guard;
        } finally {
            lock.unlock();
        }
    }

    /** Counts requests allowed without being tracked, while late results do not run or could not be started. */
    private FailOpenTracker.TrackResult untracked(
            String source, String project, String token, Duration age, boolean sent) {
        long count = untracked.count("untracked");
        if (count > 0) {
            LOG.warn(
                    "Allowed without a verdict and not tracked, since late results are not running: guard={} count={}",
                    source,
                    count);
        }
        return new FailOpenTracker.TrackResult(false, null);
    }

    private FailOpenTracker.TrackResult track(String source, String project, String token, Duration age, boolean sent) {
        return tracker.track(source, project, token, age, sent);
    }

    /** Sets what tracks requests allowed without a verdict, and what takes the verdict clients of guards made now or later. */
    public void lateVerdictsBy(FailOpenTracker passes, BiConsumer<String, GuardVerdictClient> sources) {
        lock.lock();
        try {
            tracker = passes;
            verdictClientConsumer = sources;
            addVerdictClients();
        } finally {
            lock.unlock();
        }
    }

    private void addVerdictClients() {
        if (verdictClientConsumer != null) {
            verdictClients.forEach(verdictClientConsumer);
        }
    }

    private Guard.Shared share(GuardSettings settings) {
        Target target = Target.of(settings);
        List<Object> key =
                List.of(target, settings.secret(), settings.timeout(), settings.connectTimeout(), settings.breaker());
        // Late verdicts have connections of their own, so that they do not take those of visitors.
        int lateCalls = settings.lateVerdicts() ? LATE_CALLS : 0;
        Pool pool = pools.get(key);
        if (pool != null) {
            pool.upstream.grow(settings.maxConcurrent() + lateCalls);
            return pool.shared;
        }
        HttpUpstream upstream = new HttpUpstream(target, settings, json, writer);
        upstream.grow(lateCalls);
        ThrottleWindow window = windows.computeIfAbsent(
                target.throttleKey(),
                k -> new ThrottleWindow(System::nanoTime, target.host(), observers::throttleChanged));
        Guard.Shared shared =
                new Guard.Shared(upstream, settings.breaker() ? breaker(target) : null, window, unverified);
        pools.put(key, new Pool(upstream, shared));
        return shared;
    }

    private Breaker breaker(Target target) {
        return new Breaker(System::nanoTime, target.host(), this::breakerChanged);
    }

    private void breakerChanged(BreakerChange change) {
        String host = change.getHost();
        switch (change.getTo()) {
            case OPEN ->
                LOG.warn(
                        "Breaker open, {} is not called for {} s",
                        host,
                        change.getOpenFor().toSeconds());
            case HALF_OPEN -> LOG.warn("Breaker half open, {} is called once", host);
            case CLOSED -> LOG.warn("Breaker closed, {} answers again", host);
        }
        observers.breakerChanged(change);
    }

    /** Adds a listener to every verification and change from now on. */
    public void addListener(VerificationListener listener) {
        listeners.add(listener);
    }

    /** Removes a listener, which a call under way may still reach. */
    public void removeListener(VerificationListener listener) {
        listeners.remove(listener);
    }

    /** Returns the shared reader of JSON. */
    public StrictJson json() {
        return json;
    }

    /** Returns the shared writer of JSON, closed with this. */
    public JsonWriter jsonWriter() {
        return writer;
    }

    /** Closes late results first: they make calls through the pools. */
    @Override
    public void close() {
        try {
            if (late != null) {
                late.close();
            }
        } finally {
            closePools();
        }
    }

    private void closePools() {
        List<Pool> open;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(pools.values());
        } finally {
            lock.unlock();
        }
        // Stopped all before any is closed, so that a caller waiting on one does not wait for the threads of another.
        open.forEach(pool -> pool.upstream.stop());
        open.forEach(pool -> pool.upstream.close());
        try {
            writer.close();
        } catch (IllegalStateException e) {
            LOG.warn("The JSON writer could not be closed", e);
        }
    }
}
