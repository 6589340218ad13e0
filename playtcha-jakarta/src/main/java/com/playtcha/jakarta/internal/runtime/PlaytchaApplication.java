package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.GuardUse;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.UsesInCode;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application's guards, shared by the servlet filter, CDI and Jakarta REST, which start in an order of the server's
 * choosing. Applications are told apart by class loader; one that a servlet context claimed ends with it. Thread-safe.
 */
public final class PlaytchaApplication {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaApplication.class);

    private final WeakReference<ClassLoader> loader;
    private final Set<String> announced = new HashSet<>();
    private final Map<String, Guard> byName = new ConcurrentHashMap<>();
    private final List<VerificationListener> listeners = new CopyOnWriteArrayList<>();
    private volatile Supplier<@Nullable RequestVerifications> currentRequest = () -> null;
    private UsesInCode uses = UsesInCode.NONE;
    private @Nullable Function<UsesInCode, LoadedSettings> source;
    private @Nullable LoadedSettings settings;
    private @Nullable RuntimeException refusal;
    private final LateResultsFacade late;
    private final RuntimeLifecycle lifecycle = new RuntimeLifecycle(this);
    private volatile boolean claimed;
    private volatile boolean claimedFromBelow;

    PlaytchaApplication(ClassLoader loader) {
        this.loader = new WeakReference<>(loader);
        this.late = new LateResultsFacade(this.loader::get);
    }

    /** Returns the application of a servlet context, which ends it. */
    public static PlaytchaApplication claim(ClassLoader loader) {
        return ApplicationRegistry.claim(loader);
    }

    /** Returns the application of code with this context class loader; a new one where none has been begun. */
    public static PlaytchaApplication of(@Nullable ClassLoader loader) {
        return ApplicationRegistry.of(loader);
    }

    /** Returns null once it was collected. */
    @Nullable
    ClassLoader loader() {
        return loader.get();
    }

    /** Lets a servlet context with this class loader configure and end the application. */
    void claimedBy(ClassLoader context) {
        claimed = true;
        claimedFromBelow = loader() != context;
    }

    /** Returns whether code of a loader above the context's began the application. */
    boolean isClaimedFromBelow() {
        return claimedFromBelow;
    }

    synchronized boolean isRefused() {
        return refusal != null;
    }

    /** Adds places in code that need a guard; settings that were read before are read again. */
    public void use(Collection<GuardUse> places) {
        use(new UsesInCode(places, Set.of()));
    }

    /** Adds places in code that need a guard or use late results; settings that were read before are read again. */
    public synchronized void use(UsesInCode places) {
        UsesInCode all = uses.and(places);
        if (!all.equals(uses) && settings != null && source != null) {
            settings = source.apply(all);
        }
        uses = all;
    }

    /**
     * Reads the settings.
     *
     * @param loader reads them for the places known by then, and again for places that are added later
     * @throws PlaytchaConfigurationException with every problem
     */
    public LoadedSettings configure(Function<UsesInCode, LoadedSettings> loader) {
        LoadedSettings loaded;
        PlaytchaRuntime outdated;
        synchronized (this) {
            loaded = loader.apply(uses);
            source = loader;
            settings = loaded;
            // Code that ran early used settings without those of the servlet context.
            outdated = lifecycle.reset();
            byName.clear();
        }
        lifecycle.close(outdated);
        return loaded;
    }

    /** Reads the settings from all sources but a servlet context, unless they were read before. */
    public synchronized LoadedSettings configureByDefault() {
        if (refusal != null) {
            throw refusal;
        }
        LoadedSettings known = settings;
        if (known == null) {
            source = this::withoutContext;
            known = withoutContext(uses);
            settings = known;
            known.warnings().forEach(warning -> LOG.warn("{}", warning));
        }
        return known;
    }

    private LoadedSettings withoutContext(UsesInCode places) {
        SettingsLoader builder = new SettingsLoader().uses(places);
        ClassLoader classes = loader.get();
        return (classes == null ? builder : builder.classLoader(classes)).load();
    }

    /** Logs, once a guard, where the application's code uses it and its settings. */
    public synchronized void announce() {
        LoadedSettings known = settings;
        if (known == null || refusal != null) {
            return;
        }
        known.guards().forEach((name, guard) -> {
            String places = uses.guards().stream()
                    .filter(use -> use.guard().equals(name))
                    .map(GuardUse::where)
                    .collect(Collectors.joining(", "));
            if (!places.isEmpty() && announced.add(name)) {
                LOG.info("Guard {} is used by {}: {}", name, places, guard.describe());
            }
        });
    }

    /** Returns whether settings were read and found valid. */
    public synchronized boolean isConfigured() {
        return settings != null;
    }

    /** Returns whether a place in code known by now needs a guard or uses late results. */
    public synchronized boolean isUsedByCode() {
        return !uses.isEmpty();
    }

    /** Returns whether the settings read by now guard anything or switch late results on. */
    public synchronized boolean guardsSomething() {
        return settings != null
                && (settings.guardsSomething() || settings.late().isOn());
    }

    /** Returns whether a servlet context configures and ends this application. */
    public boolean isClaimed() {
        return claimed;
    }

    /** Makes every later use of a guard throw: a server may go on deploying after wrong settings. */
    public synchronized void refuse(RuntimeException why) {
        refusal = why;
    }

    /** Returns the guard of this name, started if need be, shared with every filter that has equal settings. */
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
        GuardSettings guard = loaded.guards().get(name);
        if (guard == null) {
            use(Set.of(new GuardUse(name, "a call")));
            guard = configureByDefault().guards().get(name);
        }
        if (guard == null) {
            throw new IllegalStateException("The settings have no guard '" + name + "'");
        }
        Guard started = start().guard(guard);
        byName.put(name, started);
        return started;
    }

    /** Starts the runtime unless it runs, and counts a user until {@link #release()}; a user that throws is not counted. */
    public <T> T acquire(Function<PlaytchaRuntime, T> user) {
        return lifecycle.acquire(this::running, user);
    }

    /** Counts one user less. After the last one everything is closed before this returns. */
    public void release() {
        lifecycle.release();
    }

    /**
     * Starts the runtime unless it runs.
     *
     * @throws IllegalStateException after the end, and while the previous runtime is being closed
     */
    public PlaytchaRuntime start() {
        return lifecycle.start(this::running);
    }

    /** Builds the runtime; called with the lock held. */
    private PlaytchaRuntime running() {
        byName.clear();
        PlaytchaRuntime runtime = PlaytchaRuntime.start(known(), listeners);
        return settings == null ? runtime : runtime.withLate(settings, late, loader.get());
    }

    /** Starts late results in an application that no servlet context starts, and warns of a missing handler. */
    public void startLate() {
        synchronized (this) {
            if (settings == null || refusal != null) {
                return;
            }
            if (settings.late().isOn()) {
                start();
            }
        }
        late.announce();
    }

    /** Returns whether the application has a late result handler by now. */
    public boolean hasLateHandler() {
        try {
            return late.handlers().find() != null;
        } catch (NoHandlerException ended) {
            return false;
        }
    }

    /** Returns the application's late results, which run while the runtime does. */
    public LateResultsFacade late() {
        return late;
    }

    private Collection<GuardSettings> known() {
        LoadedSettings loaded = settings;
        if (loaded == null) {
            return List.of();
        }
        // A filter with init-params of its own is a guard that the declared ones do not contain.
        List<GuardSettings> known = new ArrayList<>(loaded.guards().values());
        known.addAll(loaded.filters().values());
        known.addAll(loaded.registrations().values());
        return known;
    }

    /** Adds a listener, also for runtimes that are started later. */
    public void addListener(VerificationListener listener) {
        listeners.add(listener);
    }

    public void removeListener(VerificationListener listener) {
        listeners.remove(listener);
    }

    /** Sets how the verifications of the current request are found on a thread; the supplier gives null outside of one. */
    public void setCurrentRequest(Supplier<@Nullable RequestVerifications> supplier) {
        currentRequest = supplier;
    }

    /** Returns the verifications of the request that this thread works for; null where CDI cannot tell. */
    public @Nullable RequestVerifications currentRequest() {
        return currentRequest.get();
    }

    /** Ends an application that is CDI's alone. */
    public void endUnlessClaimed() {
        if (!isClaimed()) {
            end();
        }
    }

    /** Closes everything before it returns; nothing starts again. */
    public void end() {
        ApplicationRegistry.remove(this);
        PlaytchaRuntime last;
        synchronized (this) {
            currentRequest = () -> null;
            listeners.clear();
            last = lifecycle.end();
            byName.clear();
        }
        lifecycle.close(last);
        late.end();
    }
}
