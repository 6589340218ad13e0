package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Breaker;
import com.playtcha.jakarta.internal.gate.Endpoint;
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
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.late.service.LateService;
import com.playtcha.jakarta.internal.late.service.VerdictHost;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.DenialTexts;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import com.playtcha.jakarta.internal.threads.DelayedTasks;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All guards of one application and what they share (contract, section 3): guards with the same base URL, secret,
 * proxy, timeouts and {@code breaker} share one pool and one breaker; guards with the same base URL and proxy share one
 * throttle window. Closing ends every connection and thread before it returns. Thread-safe.
 */
public final class PlaytchaRuntime implements VerdictHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRuntime.class);
    /** A bound for an iteration that never ends. */
    private static final int MAX_BROKEN_SERVICES = 100;
    /** Concurrent calls for late verdicts of one guard. */
    private static final int LATE_CALLS = 16;

    /** Also the lock of the other maps. */
    private final Map<GuardSettings, Guard> guards = new HashMap<>();

    private final Map<String, Guard> byName = new ConcurrentHashMap<>();
    /** By what guards have in common that share one. */
    private final Map<List<Object>, Transport> transports = new HashMap<>();

    private final Map<String, ThrottleWindow> windows = new HashMap<>();
    private final DelayedTasks delayed =
            new DelayedTasks(new DaemonThreads("log", PlaytchaRuntime.class.getClassLoader()));
    private final ReplayGuard unverified = new ReplayGuard(System::nanoTime);
    private final Listeners observers;
    private final ChallengeContext challenges;
    /** Until late results run, and without them, nothing is tracked. */
    private volatile FailOpenTracker tracker =
            (source, project, token, age, sent) -> new FailOpenTracker.TrackResult(false, null);

    private BiConsumer<String, VerdictClient> verdictClients = (source, client) -> {};
    private final StrictJson json = new StrictJson();
    private final JsonWriter writer = new JsonWriter();
    private final BodyBudget bodies = new BodyBudget();
    private final DenialTexts texts;
    private @Nullable LateService late;
    private volatile @Nullable RuntimeMetrics metrics;
    private boolean closed;

    /** A transport, and what the guards that use it share. */
    private record Transport(HttpUpstream upstream, Guard.Shared shared) {}

    private PlaytchaRuntime(
            List<VerificationListener> listeners, ChallengeContext challenges, @Nullable ClassLoader loader) {
        this.challenges = challenges;
        this.texts = new DenialTexts(loader);
        this.observers = new Listeners(listeners, System::nanoTime, delayed::trySchedule);
    }

    /** Builds guards without opening a connection. Listeners may be added to and removed from the list at any time. */
    public static PlaytchaRuntime start(Collection<GuardSettings> guards, List<VerificationListener> listeners) {
        return new PlaytchaRuntime(listeners, ChallengeContext.empty(System::nanoTime), null)
                .start(guards, runtime -> {});
    }

    /** Builds all guards of the settings, and starts late results and metrics that these switch on. */
    static PlaytchaRuntime start(
            LoadedSettings settings,
            List<VerificationListener> listeners,
            ChallengeContext challenges,
            LateResultsFacade late,
            @Nullable ClassLoader loader,
            Supplier<@Nullable ApplicationBeans> beans) {
        // A filter with its own init-params is a guard that the declared ones do not contain.
        List<GuardSettings> guards = new ArrayList<>(settings.guards().values());
        guards.addAll(settings.allFilters().values());
        return new PlaytchaRuntime(listeners, challenges, loader).start(guards, runtime -> {
            runtime.startLate(settings, late, loader);
            runtime.startMetrics(new RuntimeMetrics(runtime, late, listeners, settings, beans, System::nanoTime));
        });
    }

    /** Builds the guards, then runs the rest of the start. Whatever throws, nothing that was started stays. */
    private PlaytchaRuntime start(Collection<GuardSettings> initial, Consumer<PlaytchaRuntime> rest) {
        try {
            initial.forEach(this::guard);
            rest.accept(this);
            return this;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Returns what the application names as services of a type; passes each failure to create one. */
    static <T> List<T> services(Class<T> type, @Nullable ClassLoader loader, Consumer<Throwable> failed) {
        List<T> found = new ArrayList<>();
        Iterator<T> services = ServiceLoader.load(type, loader).iterator();
        for (int failures = 0; failures < MAX_BROKEN_SERVICES; ) {
            try {
                if (!services.hasNext()) {
                    return found;
                }
                found.add(services.next());
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                failures++;
                failed.accept(e);
            }
        }
        return found;
    }

    private void startLate(LoadedSettings settings, LateResultsFacade facade, @Nullable ClassLoader loader) {
        if (!settings.late().isOn() || facade.hasEnded()) {
            return;
        }
        LateConfig config = new LateConfig(settings.late());
        late = LateService.start(
                settings.late(), settings.proxy(), this, facade, loader, config, Clock.systemUTC(), System::nanoTime);
    }

    /** Returns the guard that code uses by this name, or null before its first use. */
    @Nullable
    Guard findGuard(String name) {
        return byName.get(name);
    }

    /** Returns the guard that code uses by this name, with these settings. */
    Guard guard(String name, GuardSettings settings) {
        Guard guard = guard(settings);
        byName.put(name, guard);
        return guard;
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
        bodies.check(settings.name(), settings.get(Setting.MAX_BODY));
        Guard.Shared shared = settings.isEnabled() ? share(settings) : null;
        FailOpenTracker latest =
                (source, project, token, age, sent) -> tracker.track(source, project, token, age, sent);
        Guard guard = new Guard(settings, shared, observers, latest, challenges, System::nanoTime);
        addVerdictClient(guard);
        return guard;
    }

    /** Returns the guards that were created so far. */
    List<Guard> guards() {
        synchronized (guards) {
            return List.copyOf(guards.values());
        }
    }

    /** Opens the metrics, which are closed with this runtime. */
    void startMetrics(RuntimeMetrics value) {
        metrics = value;
        value.open();
    }

    @Nullable
    RuntimeMetrics metrics() {
        return metrics;
    }

    @Override
    public void setLateVerdicts(FailOpenTracker failOpens, BiConsumer<String, VerdictClient> clients) {
        synchronized (guards) {
            tracker = failOpens;
            verdictClients = clients;
            guards.values().forEach(this::addVerdictClient);
        }
    }

    private void addVerdictClient(Guard guard) {
        if (guard.settings().isEnabled() && guard.settings().get(Setting.LATE_VERDICTS)) {
            verdictClients.accept(guard.settings().source(), guard.verdictClient());
        }
    }

    private Guard.Shared share(GuardSettings settings) {
        Target target = Target.of(settings);
        List<Object> key = List.of(
                target,
                settings.secret(),
                settings.get(Setting.TIMEOUT),
                settings.get(Setting.CONNECT_TIMEOUT),
                settings.get(Setting.BREAKER));
        Transport transport = transports.get(key);
        if (transport == null) {
            // It has room for the calls of its first guard.
            transport = open(target, settings);
            transports.put(key, transport);
        } else {
            transport.upstream.grow(settings.get(Setting.MAX_CONCURRENT));
        }
        if (settings.get(Setting.LATE_VERDICTS)) {
            // Late verdicts have their own connections and do not compete with visitors for them.
            transport.upstream.grow(LATE_CALLS);
        }
        return transport.shared;
    }

    private Transport open(Target target, GuardSettings settings) {
        Breaker breaker = settings.get(Setting.BREAKER)
                ? new Breaker(
                        System::nanoTime,
                        endpoint(target, settings),
                        settings.get(Setting.TIMEOUT),
                        this::breakerChanged)
                : null;
        ThrottleWindow window = windows.computeIfAbsent(
                target.throttleKey(),
                k -> new ThrottleWindow(System::nanoTime, endpoint(target, settings), observers::throttleChanged));
        HttpUpstream upstream = new HttpUpstream(target, settings, json, writer);
        return new Transport(upstream, new Guard.Shared(upstream, breaker, window, unverified, delayed::trySchedule));
    }

    private static Endpoint endpoint(Target target, GuardSettings settings) {
        return new Endpoint(target.host(), settings.baseUrl());
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

    @Override
    public StrictJson json() {
        return json;
    }

    @Override
    public JsonWriter jsonWriter() {
        return writer;
    }

    /** Returns the answer to a denied request, as {@link DenialResponse#of} does, with the application's texts. */
    public DenialResponse denial(Verification verification, int containerStatus, Collection<String> acceptLanguage) {
        return DenialResponse.of(verification, containerStatus, texts, acceptLanguage, writer);
    }

    /** Returns the memory that request bodies of this application may take. */
    public BodyBudget bodies() {
        return bodies;
    }

    /** Closes late results first, since they make calls through the pools. */
    @Override
    public void close() {
        try {
            if (late != null) {
                late.close();
            }
        } finally {
            try {
                closePools();
            } finally {
                if (metrics != null) {
                    metrics.close();
                }
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
            open = transports.values().stream().map(Transport::upstream).toList();
        }
        // All are stopped before any is closed: a caller that waits on one must not wait for the threads of another.
        open.forEach(HttpUpstream::stop);
        open.forEach(HttpUpstream::close);
        delayed.close();
        try {
            writer.close();
        } catch (IllegalStateException e) {
            LOG.warn("The JSON writer could not be closed", e);
        }
    }
}
