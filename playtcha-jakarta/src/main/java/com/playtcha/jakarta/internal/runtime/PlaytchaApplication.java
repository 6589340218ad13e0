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
 * One application's guards, whoever came first to set them up: the servlet container, CDI, Jakarta REST. They meet here,
 * because they know nothing of each other and start in an order of the server's choosing; so all of them share one
 * pool, one throttle window and one breaker (contract, section 3).
 *
 * <p>Applications are told apart by class loader. One that a servlet context claimed ends with it; one that is CDI's
 * alone ends with CDI. Thread-safe.
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

    /**
     * The application of a servlet context: one that CDI began and no context claimed yet, else a new one.
     *
     * @param loader the context's
     * @return to be ended with the context
     */
    public static PlaytchaApplication claim(ClassLoader loader) {
        return ApplicationRegistry.claim(loader);
    }

    /**
     * The application that code with this class loader belongs to; a new one where no servlet context or other code
     * began it.
     *
     * @param loader of the calling thread's context, null for none
     * @return never null
     */
    public static PlaytchaApplication of(@Nullable ClassLoader loader) {
        return ApplicationRegistry.of(loader);
    }

    /** Null once it was collected. */
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

    /**
     * Adds places in the application's code that need a guard. Where the settings are known already, they are looked at
     * again.
     *
     * @param places which make their guards' settings required
     * @throws PlaytchaConfigurationException with every problem, where the settings are known already
     */
    public void use(Collection<GuardUse> places) {
        use(new UsesInCode(places, Set.of()));
    }

    /**
     * Adds places in the application's code that need a guard or use late results. Where the settings are known already,
     * they are looked at again.
     *
     * @param places which make their guards' settings, or those of a store, required
     * @throws PlaytchaConfigurationException with every problem, where the settings are known already
     */
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
     * @param loader reads them, for the places in code that are known by then; kept for places that come later
     * @return what was read
     * @throws PlaytchaConfigurationException with every problem
     */
    public LoadedSettings configure(Function<UsesInCode, LoadedSettings> loader) {
        LoadedSettings loaded;
        PlaytchaRuntime outdated;
        synchronized (this) {
            loaded = loader.apply(uses);
            source = loader;
            settings = loaded;
            // Code that was early ran with settings that no servlet context had a say in.
            outdated = lifecycle.reset();
            byName.clear();
        }
        lifecycle.close(outdated);
        return loaded;
    }

    /**
     * Reads the settings from everywhere but a servlet context, unless they were read before.
     *
     * @return what was read, now or before
     * @throws PlaytchaConfigurationException with every problem
     */
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

    /** Says in the log which guards the application's code uses, and what their settings are; each guard once. */
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

    /**
     * Whether the settings were read.
     *
     * @return false before, and where they were refused
     */
    public synchronized boolean isConfigured() {
        return settings != null;
    }

    /**
     * Whether a place in the application's code needs a guard, or uses late results.
     *
     * @return as far as is known by now
     */
    public synchronized boolean isUsedByCode() {
        return !uses.isEmpty();
    }

    /**
     * Whether anything uses the library by now.
     *
     * @return false before the settings were read
     */
    public synchronized boolean guardsSomething() {
        return settings != null
                && (settings.guardsSomething() || settings.late().isOn());
    }

    /**
     * Whether a servlet context sets this application up and ends it.
     *
     * @return false where CDI does so alone
     */
    public boolean isClaimed() {
        return claimed;
    }

    /**
     * The settings were found wrong, and the server may go on deploying all the same: no guard is to be had any more.
     *
     * @param why thrown at whoever asks for one
     */
    public synchronized void refuse(RuntimeException why) {
        refusal = why;
    }

    /**
     * A guard by its name, started when it was not running.
     *
     * @param name {@value GuardSettings#DEFAULT_NAME} or one that {@code guards} declares
     * @return the guard, shared with every filter that has the same settings
     * @throws PlaytchaConfigurationException where its settings are wrong or missing
     * @throws IllegalStateException as {@link #start()} does
     */
    public Guard guard(String name) {
        Guard running = byName.get(name);
        return running == null ? startGuard(name) : running;
    }

    private synchronized Guard startGuard(String name) {
        GuardSettings guard = configureByDefault().guards().get(name);
        if (guard == null) {
            use(Set.of(new GuardUse(name, "a call")));
            guard = configureByDefault().guards().get(name);
        }
        if (guard == null) {
            throw new IllegalStateException("settings of guard '" + name + "' were read and are not there");
        }
        Guard started = start().guard(guard);
        byName.put(name, started);
        return started;
    }

    /**
     * Starts the runtime unless it runs, and counts one more user. One that fails is not counted, and leaves the others
     * what they use.
     *
     * @param user is given the runtime, which runs until {@link #release()} was called as often
     * @param <T> what the user makes of it
     * @return that
     * @throws IllegalStateException after the application ended, and where the runtime before is not closed in time
     */
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
     * @return for what is shared by all guards
     * @throws IllegalStateException after the last of its users left, after the application ended, and while the runtime
     *     is being closed to start with other settings
     */
    public PlaytchaRuntime start() {
        return lifecycle.start(this::running);
    }

    /** With the lock held. */
    private PlaytchaRuntime running() {
        byName.clear();
        PlaytchaRuntime runtime = PlaytchaRuntime.start(known(), listeners);
        return settings == null ? runtime : runtime.withLate(settings, late, loader.get());
    }

    /**
     * Starts the runtime where late results are on, so that what was left is worked on though nobody comes; for an
     * application that no servlet context starts. Says in the log what an operator would wonder about.
     *
     * @throws IllegalStateException where the store cannot be had
     */
    public void startLate() {
        synchronized (this) {
            lifecycle.awaitClosed();
            if (settings == null || refusal != null) {
                return;
            }
            if (settings.late().isOn()) {
                start();
            }
        }
        late.announce();
    }

    /**
     * Whether there is somebody who takes late results: set in code, a bean, or a service.
     *
     * @return as far as is known by now
     */
    public boolean hasLateHandler() {
        try {
            return late.handlers().find() != null;
        } catch (NoHandlerException ended) {
            return false;
        }
    }

    /**
     * The application's late results.
     *
     * @return at work while the runtime is, where a setting switched them on
     */
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

    /**
     * Adds one that hears of every verification from now on, also when the runtime is started anew.
     *
     * @param listener called on the verifying thread
     */
    public void addListener(VerificationListener listener) {
        listeners.add(listener);
    }

    /**
     * Takes one away: it hears of nothing any more.
     *
     * @param listener that was added
     */
    public void removeListener(VerificationListener listener) {
        listeners.remove(listener);
    }

    /**
     * Says how the current request is found where nothing but the thread tells.
     *
     * @param supplier of the current request's verifications; gives null outside of a request
     */
    public void setCurrentRequest(Supplier<@Nullable RequestVerifications> supplier) {
        currentRequest = supplier;
    }

    /**
     * What is known of the request that this thread works for.
     *
     * @return null where there is none, or where nothing (CDI, that is) can tell
     */
    public @Nullable RequestVerifications currentRequest() {
        return currentRequest.get();
    }

    /** Ends the application unless a servlet context does so: for CDI, which has no other end to go by. */
    public void endUnlessClaimed() {
        if (!isClaimed()) {
            end();
        }
    }

    /** Ends the application: everything is closed before this returns, and nothing starts again. */
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
