package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SecretSource;
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
import java.util.Objects;
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
    /** At once, of one engine's. */
    private static final int LATE_QUESTIONS = 16;

    /** What makes two guards share a pool and a breaker. */
    private record PoolKey(
            Target target, SecretSource secret, Duration timeout, Duration connectTimeout, boolean breaker) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PoolKey that
                    && target.equals(that.target)
                    && secret.equals(that.secret)
                    && timeout.equals(that.timeout)
                    && connectTimeout.equals(that.connectTimeout)
                    && breaker == that.breaker;
        }

        @Override
        public int hashCode() {
            return Objects.hash(target, secret, timeout, connectTimeout, breaker);
        }
    }

    /** A way to Playtcha and what else comes with it. */
    private static final class Pool {
        final HttpUpstream upstream;
        final Guard.Shared shared;
        boolean answersLate;

        Pool(HttpUpstream upstream, Guard.Shared shared) {
            this.upstream = upstream;
            this.shared = shared;
        }
    }

    private final Map<GuardSettings, Guard> guards = new HashMap<>();
    private final Map<PoolKey, Pool> pools = new HashMap<>();
    private final Map<String, ThrottleWindow> windows = new HashMap<>();
    private final Map<String, GuardVerdictClient> lateQuestions = new HashMap<>();
    private final ReplayGuard unverified = new ReplayGuard(System::nanoTime);
    private final List<VerificationListener> listeners;
    private final Listeners observers;
    private final LogThrottle untracked = new LogThrottle(System::nanoTime);
    private volatile FailOpenTracker tracker = this::untracked;
    private @Nullable BiConsumer<String, GuardVerdictClient> lateSources;
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

    /**
     * The guard that works by these settings, made when there is none yet. Equal settings make one guard, with one budget
     * and one bulkhead.
     *
     * @param settings of a guard
     * @return its guard
     * @throws IllegalStateException after this was closed
     */
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
                    growForLateQuestions(settings);
                    lateQuestions.put(
                            settings.source(),
                            new GuardVerdictClient(
                                    settings.source(), shared, settings.maxRetryAfter(), System::nanoTime));
                    tellLateSources();
                }
            }
            return guard;
        } finally {
            lock.unlock();
        }
    }

    /** The late results were not started, or could not be: the policy holds all the same. */
    private FailOpenTracker.TrackResult untracked(
            String source, String project, String token, Duration age, boolean sent) {
        long count = untracked.count("untracked");
        if (count > 0) {
            LOG.warn(
                    "Let through unverified and untracked, late results are not at work: guard={} count={}",
                    source,
                    count);
        }
        return new FailOpenTracker.TrackResult(false, null);
    }

    private FailOpenTracker.TrackResult track(String source, String project, String token, Duration age, boolean sent) {
        return tracker.track(source, project, token, age, sent);
    }

    /**
     * Says who tracks what is let through unverified, and who is to know whom to ask later.
     *
     * @param passes tracks them
     * @param sources is told of each guard with late verdicts, now or when it is made: the name of its unfinished
     *     business, and the way to ask
     */
    public void lateVerdictsBy(FailOpenTracker passes, BiConsumer<String, GuardVerdictClient> sources) {
        lock.lock();
        try {
            tracker = passes;
            lateSources = sources;
            tellLateSources();
        } finally {
            lock.unlock();
        }
    }

    private void tellLateSources() {
        if (lateSources != null) {
            lateQuestions.forEach(lateSources);
        }
    }

    /** So that they leave visitors their connections. */
    private void growForLateQuestions(GuardSettings settings) {
        Pool pool = pools.get(poolKey(settings, Target.of(settings)));
        if (pool != null && !pool.answersLate) {
            pool.answersLate = true;
            pool.upstream.grow(LATE_QUESTIONS);
        }
    }

    private static PoolKey poolKey(GuardSettings settings, Target target) {
        return new PoolKey(
                target, settings.secret(), settings.timeout(), settings.connectTimeout(), settings.breaker());
    }

    private Guard.Shared share(GuardSettings settings) {
        Target target = Target.of(settings);
        PoolKey key = poolKey(settings, target);
        Pool pool = pools.get(key);
        if (pool != null) {
            pool.upstream.grow(settings.maxConcurrent());
            return pool.shared;
        }
        HttpUpstream upstream = new HttpUpstream(target, settings, json, writer);
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
                        "Breaker open, {} is not asked for {} s",
                        host,
                        change.getOpenFor().toSeconds());
            case HALF_OPEN -> LOG.warn("Breaker half open, {} is asked once", host);
            case CLOSED -> LOG.warn("Breaker closed, {} answers again", host);
        }
        observers.breakerChanged(change);
    }

    /**
     * Adds one that hears of every verification and change from now on.
     *
     * @param listener called as {@link VerificationListener} says
     */
    public void addListener(VerificationListener listener) {
        listeners.add(listener);
    }

    /**
     * Takes one out again. What is being told at this moment may still reach it.
     *
     * @param listener as it was added; one that was not is no error
     */
    public void removeListener(VerificationListener listener) {
        listeners.remove(listener);
    }

    /**
     * The shared reader of JSON.
     *
     * @return thread-safe
     */
    public StrictJson json() {
        return json;
    }

    /**
     * The shared writer of JSON.
     *
     * @return thread-safe; closed with this
     */
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
