package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.CodeUse;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application's guards, shared by the servlet filter, CDI and Jakarta REST, which start in an order that depends on
 * the server. An application that a servlet context claimed ends with that context. Thread-safe.
 */
public final class PlaytchaApplication implements PlaytchaGuards {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaApplication.class);

    private final WeakReference<ClassLoader> loader;
    /** The loader of the claiming context, if any: CDI may begin with that of an EAR, which has no classes of the WAR. */
    private volatile WeakReference<ClassLoader> contextLoader;

    private final Set<String> announced = new HashSet<>();
    private final Map<String, Guard> byName = new ConcurrentHashMap<>();
    private final List<VerificationListener> listeners = new CopyOnWriteArrayList<>();
    private Set<CodeUse> uses = Set.of();
    private Function<Set<CodeUse>, LoadedSettings> settingsLoader = this::withoutContext;
    private @Nullable LoadedSettings settings;
    private @Nullable RuntimeException refusal;
    private final LateResultsFacade late;
    private volatile @Nullable PlaytchaRuntime running;
    private final AtomicInteger users = new AtomicInteger();
    private boolean ended;
    /** True while a runtime is being closed. The next one starts after that, since both would work on one store. */
    private boolean closing;

    private volatile @Nullable ApplicationBeans beans;
    private volatile boolean readinessChecked;
    private boolean standalone;
    private volatile boolean claimed;

    PlaytchaApplication(ClassLoader loader) {
        this.loader = new WeakReference<>(loader);
        this.contextLoader = this.loader;
        this.late = new LateResultsFacade(() -> contextLoader.get());
    }

    /** Returns the class loader that the application began with, or null after it was collected. */
    @Nullable
    ClassLoader loader() {
        return loader.get();
    }

    /** Marks the application as claimed by a servlet context, which configures and ends it. */
    void claimBy(ClassLoader context) {
        claimed = true;
        contextLoader = loader() == context ? loader : new WeakReference<>(context);
    }

    /** Makes the application one that ends when it is closed. */
    void setStandalone() {
        standalone = true;
        late.setName("standalone");
    }

    /** Returns whether the application was created for another class loader than its context's, such as a parent. */
    boolean isClaimedFromBelow() {
        return contextLoader != loader;
    }

    synchronized boolean isRefused() {
        return refusal != null;
    }

    /** Adds uses of guards and late results in code; loads the settings again if they were loaded before. */
    public synchronized void use(Collection<CodeUse> added) {
        Set<CodeUse> all = new LinkedHashSet<>(uses);
        if (all.addAll(added) && settings != null) {
            settings = settingsLoader.apply(all);
        }
        uses = all;
    }

    /** Loads the settings for the known uses, or throws every problem; the loader is called again when uses are added. */
    public LoadedSettings configure(Function<Set<CodeUse>, LoadedSettings> loader) {
        LoadedSettings loaded;
        PlaytchaRuntime outdated;
        synchronized (this) {
            loaded = load(loader);
            settingsLoader = loader;
            // A runtime that was started before this has settings without the servlet context's.
            outdated = detach();
        }
        close(outdated);
        return loaded;
    }

    /** Sets where {@link #configureByDefault} loads the settings from. */
    public synchronized void setDefaultLoader(Function<Set<CodeUse>, LoadedSettings> loader) {
        settingsLoader = loader;
    }

    /** Loads the settings from the default loader, else from all sources except a servlet context, if none are loaded. */
    public synchronized LoadedSettings configureByDefault() {
        if (refusal != null) {
            throw refusal;
        }
        LoadedSettings known = settings;
        return known == null ? load(settingsLoader) : known;
    }

    private LoadedSettings load(Function<Set<CodeUse>, LoadedSettings> loader) {
        LoadedSettings loaded = loader.apply(uses);
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        settings = loaded;
        return loaded;
    }

    private LoadedSettings withoutContext(Set<CodeUse> known) {
        SettingsLoader builder = new SettingsLoader().uses(known);
        ClassLoader classes = loader.get();
        return (classes == null ? builder : builder.classLoader(classes)).load();
    }

    /** Logs, once per guard, its uses in code and its settings. */
    public synchronized void announce() {
        LoadedSettings known = settings;
        if (known == null || refusal != null) {
            return;
        }
        known.guards().forEach((name, guard) -> {
            String places = uses.stream()
                    .filter(use -> name.equals(use.guard()))
                    .map(CodeUse::where)
                    .collect(Collectors.joining(", "));
            if (!places.isEmpty() && announced.add(name)) {
                LOG.info("Guard {} is used by {}: {}", name, places, guard.describe());
            }
        });
    }

    /** Returns whether known code uses guards or late results, or the loaded settings guard anything or switch those on. */
    public synchronized boolean guardsSomething() {
        return !uses.isEmpty()
                || settings != null
                        && (settings.guardsSomething() || settings.late().isOn());
    }

    /** Returns whether a servlet context configures and ends this application. */
    public boolean isClaimed() {
        return claimed;
    }

    /** Makes every later use of a guard throw: a server may continue the deployment despite invalid settings. */
    public synchronized void refuse(RuntimeException why) {
        refusal = why;
    }

    /** Returns the guard of this name, starting it on first use; filters with equal settings share it. */
    public Guard guard(String name) {
        Guard running = byName.get(name);
        return running == null ? startGuard(name) : running;
    }

    private synchronized Guard startGuard(String name) {
        LoadedSettings loaded = configureByDefault();
        if (!claimed && !loaded.registrations().isEmpty() && announced.add("url-patterns")) {
            LOG.error(
                    "url-patterns is set, but filters {} are not registered, so their paths are NOT guarded: this container"
                            + " did not run the ServletContainerInitializer of playtcha-jakarta. Declare PlaytchaFilter"
                            + " yourself, for example in web.xml or by ServletContext.addFilter",
                    loaded.registrations().keySet());
        }
        Guard started = start().guard(guardSettings(name));
        byName.put(name, started);
        return started;
    }

    /** Returns the settings of a guard; those of one that nothing else uses are checked now. */
    private synchronized GuardSettings guardSettings(String name) {
        GuardSettings guard = configureByDefault().guards().get(name);
        if (guard == null) {
            use(Set.of(new CodeUse(name, "a call")));
            guard = configureByDefault().guards().get(name);
        }
        if (guard == null) {
            throw new IllegalStateException("The settings have no guard '" + name + "'");
        }
        return guard;
    }

    /** Starts the runtime unless it runs. Throws after the end, and while the previous one closes and may wait for this. */
    public synchronized PlaytchaRuntime start() {
        if (ended) {
            throw new IllegalStateException("the application has ended, and its verifiers are closed");
        }
        if (running == null) {
            if (closing) {
                throw new IllegalStateException(
                        "the application's verifiers are being closed; they may be started again after that");
            }
            running = build();
        }
        return running;
    }

    /** Starts the runtime unless it runs, and counts a user unless it throws; each user must {@link #release()}. */
    public <T> T acquire(Function<PlaytchaRuntime, T> user) {
        boolean wasRunning = isRunning();
        boolean acquired = false;
        users.incrementAndGet();
        try {
            T made = user.apply(start());
            acquired = true;
            return made;
        } finally {
            if (!acquired && wasRunning) {
                users.decrementAndGet();
            } else if (!acquired) {
                release();
            }
        }
    }

    /** Releases one user. The last release closes everything before it returns. */
    public void release() {
        PlaytchaRuntime last;
        synchronized (this) {
            last = users.decrementAndGet() == 0 ? detach() : null;
        }
        close(last);
    }

    private @Nullable PlaytchaRuntime detach() {
        byName.clear();
        PlaytchaRuntime last = running;
        running = null;
        closing |= last != null;
        return last;
    }

    /** Closes a detached runtime. Must not hold a lock: this waits for threads, which may be about to start a runtime. */
    private void close(@Nullable PlaytchaRuntime last) {
        if (last != null) {
            try {
                last.close();
            } finally {
                synchronized (this) {
                    closing = false;
                }
            }
        }
    }

    /** Builds the runtime. The caller holds the lock. */
    private PlaytchaRuntime build() {
        LoadedSettings loaded = settings;
        if (loaded == null) {
            return PlaytchaRuntime.start(List.of(), listeners);
        }
        if (announced.add("META-INF/services")) {
            PlaytchaRuntime.addServices(listeners, contextLoader.get());
        }
        if (loaded.health() && !readinessChecked) {
            LOG.warn("health is true, but there is no readiness check: it needs CDI and MicroProfile Health, and the"
                    + " setting in MicroProfile Config, a system property or the environment, since CDI may start"
                    + " before the servlet context");
        }
        return PlaytchaRuntime.start(loaded, listeners, late, contextLoader.get(), () -> beans);
    }

    /** Returns whether a filter or other code uses a guard. */
    public boolean isRunning() {
        return running != null;
    }

    /** Starts an application without a servlet context if code uses a guard or handles late results. */
    public void startWithoutContext() {
        if (guardsSomething() || late.findHandler() != null) {
            if (configureByDefault().late().isOn()) {
                // Items of an earlier run are delivered without waiting for the first request.
                start();
            }
            late.announce();
        }
    }

    /** Returns the application's late results, whose engine runs while the runtime does. */
    public LateResultsFacade late() {
        return late;
    }

    /** Adds a listener to the present and every later runtime. */
    @Override
    public void addListener(VerificationListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void removeListener(VerificationListener listener) {
        listeners.remove(listener);
    }

    /** Sets the beans, until they end with null; metrics are published by them from now on. */
    public synchronized void setBeans(@Nullable ApplicationBeans container) {
        beans = container;
        late.setBeans(container);
        RuntimeMetrics metrics = metrics();
        if (metrics != null && container != null) {
            metrics.open();
        } else if (metrics != null) {
            metrics.closeBackends();
        }
    }

    /** Records that a readiness check asks for {@link #problems()}. */
    public void setReadinessChecked() {
        readinessChecked = true;
    }

    /** Returns why the application is not ready, empty if it is. */
    public Map<String, String> problems() {
        RuntimeMetrics metrics = metrics();
        return metrics == null ? Map.of() : metrics.problems();
    }

    private @Nullable RuntimeMetrics metrics() {
        PlaytchaRuntime known = running;
        return known == null ? null : known.metrics();
    }

    /** Returns the current request's verifications as CDI provides them, or null. */
    public @Nullable RequestVerifications currentRequest() {
        ApplicationBeans known = beans;
        return known == null ? null : known.currentRequest();
    }

    @Override
    public PlaytchaVerifier verifier(String guard) {
        guardSettings(Objects.requireNonNull(guard, "guard"));
        return new NamedVerifier(guard, this);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(configureByDefault().guards().keySet());
    }

    @Override
    public String explain() {
        return configureByDefault().explanation();
    }

    @Override
    public void close() {
        if (standalone) {
            end();
        }
    }

    /** Ends the application unless a servlet context does. */
    public void endUnlessClaimed() {
        if (!isClaimed()) {
            end();
        }
    }

    /** Closes everything before it returns; the application cannot be started again. */
    public void end() {
        ApplicationRegistry.remove(this);
        PlaytchaRuntime last;
        synchronized (this) {
            beans = null;
            listeners.clear();
            ended = true;
            last = detach();
        }
        close(last);
        late.end();
    }
}
