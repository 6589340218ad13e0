package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.Failures;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.late.service.LateResultsFacade;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.util.ClassPresence;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application's guards, shared by the servlet filter, CDI and Jakarta REST, which start in an order that depends on
 * the server. {@link RuntimeLifecycle} says what each entry point does in each state. Thread-safe.
 */
public class PlaytchaApplication implements PlaytchaGuards {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaApplication.class);
    private static final String SERVLETS = "jakarta.servlet.ServletContext";
    /** For which an undeployment waits for a thread that still starts or stops the runtime. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    /** For which a visitor waits, where his request is the first that uses a guard. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(5);

    private final WeakReference<ClassLoader> loader;
    /** The loader of the context, if bound: CDI may begin with that of an EAR, which has no classes of the WAR. */
    private volatile WeakReference<ClassLoader> contextLoader;

    private final RuntimeLifecycle lifecycle = new RuntimeLifecycle(CLOSE_TIMEOUT);
    private final StartThreads startThreads;
    private final AtomicInteger users = new AtomicInteger();
    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private final List<VerificationListener> listeners = new CopyOnWriteArrayList<>();
    private final ApplicationExtensions extensions =
            new ApplicationExtensions(() -> this.beans, () -> this.contextLoader.get());
    private final ChallengeContext challenges =
            new ChallengeContext(extensions::policies, this::failureCounter, System::nanoTime);
    private final LateResultsFacade late;
    private final ApplicationSettings settings;

    private volatile @Nullable ApplicationBeans beans;
    private volatile boolean readinessChecked;
    private volatile boolean formLogin;
    private volatile boolean bound;

    PlaytchaApplication(ClassLoader loader) {
        this(loader, START_TIMEOUT);
    }

    PlaytchaApplication(ClassLoader loader, Duration startTimeout) {
        this.loader = new WeakReference<>(loader);
        this.contextLoader = this.loader;
        this.settings = new ApplicationSettings(this.loader, lifecycle);
        this.startThreads = new StartThreads(startTimeout, CLOSE_TIMEOUT);
        this.late = new LateResultsFacade(() -> contextLoader.get());
    }

    /** Returns the class loader that the application began with, or null after it was collected. */
    @Nullable
    ClassLoader loader() {
        return loader.get();
    }

    /** Returns the class loader of the context, where one is bound, or null after it was collected. */
    @Nullable
    ClassLoader contextLoader() {
        return contextLoader.get();
    }

    /** Lets a servlet context configure and end the application. */
    final void bindToContext(ClassLoader context) {
        bound = true;
        contextLoader = loader() == context ? loader : new WeakReference<>(context);
    }

    /** Returns whether a servlet context configures and ends this application. */
    public boolean isBound() {
        return bound;
    }

    /** Returns whether the application was created for another class loader than its context's, such as a parent. */
    boolean isBoundFromBelow() {
        return contextLoader != loader;
    }

    /** Returns why the startup failed, or null. After a failure nothing may be served unguarded. */
    public @Nullable RuntimeException startupFailure() {
        return lifecycle.failure();
    }

    /** Returns the settings, and the uses in code that they are loaded for. */
    public ApplicationSettings settings() {
        return settings;
    }

    /** Loads the settings for the uses so far, or throws every problem; the loader is called again when uses are added. */
    public LoadedSettings configure(Function<Set<UsageSite>, LoadedSettings> loader) {
        LoadedSettings loaded = settings.load(loader);
        settings.setLoader(loader);
        // A runtime that was started before this has settings without the servlet context's.
        lifecycle.stop();
        return loaded;
    }

    /** Makes every later use of a guard throw, and closes those in use: a server may continue despite the failure. */
    public void failStartup(Throwable cause) {
        lifecycle.fail(
                cause instanceof RuntimeException exception
                        ? exception
                        : new IllegalStateException("Playtcha cannot guard this application", cause));
        dropReferences();
    }

    /** Returns the guard of this name, starting it on first use; filters with equal settings share it. */
    public Guard guard(String name) {
        PlaytchaRuntime running = lifecycle.runtime();
        if (running == null) {
            lifecycle.requireStartable();
            // On a thread of its own, since settings, JNDI and the database may take longer than a visitor should wait.
            return startThreads.call(name, contextLoader.get(), () -> createGuard(name));
        }
        Guard existing = running.findGuard(name);
        return existing == null ? createGuard(name) : existing;
    }

    private Guard createGuard(String name) {
        GuardSettings guard;
        try {
            guard = settings.guard(name);
        } catch (PlaytchaConfigurationException problems) {
            if (!bound && ClassPresence.isPresent(SERVLETS, contextLoader.get()) && logged.add("context-params")) {
                LOG.error(
                        "Guards are used, but no servlet context has started them, so context-params are not read, and"
                                + " paths of url-patterns are NOT guarded: this container did not run the"
                                + " ServletContainerInitializer of playtcha-jakarta, or not yet. An <absolute-ordering> in web.xml"
                                + " has to have <name>playtcha</name>");
            }
            throw problems;
        }
        Set<String> registrations = settings.get().registrations().keySet();
        if (!bound && !registrations.isEmpty() && logged.add("url-patterns")) {
            LOG.error(
                    "url-patterns is set, but filters {} are not registered, so their paths are NOT guarded: this container"
                            + " did not run the ServletContainerInitializer of playtcha-jakarta. Declare PlaytchaFilter"
                            + " yourself, for example in web.xml or by ServletContext.addFilter",
                    registrations);
        }
        return start().guard(name, guard);
    }

    /** Starts the runtime unless it runs. Throws after the end, and while the previous one closes and may wait for this. */
    public PlaytchaRuntime start() {
        PlaytchaRuntime running = lifecycle.runtime();
        if (running != null) {
            return running;
        }
        ApplicationBeans before = beans;
        PlaytchaRuntime started = lifecycle.start(this::build);
        ApplicationBeans present = beans;
        if (present != before) {
            // They were set when the runtime had looked for them, and was not yet found by setBeans.
            publishMetrics(started, present);
        }
        return started;
    }

    /** Starts the runtime unless it runs, and counts a user unless it throws; each user must {@link #release()}. */
    public <T> T acquire(Function<PlaytchaRuntime, T> user) {
        boolean wasRunning = isRunning();
        PlaytchaRuntime running = null;
        users.incrementAndGet();
        try {
            running = start();
            return user.apply(running);
        } catch (Throwable e) {
            if (running != null && !wasRunning) {
                release();
            } else {
                // Nothing was started for this user, and one that closes at present is not waited for.
                users.decrementAndGet();
            }
            throw e;
        }
    }

    /** Releases one user. The last release closes everything before it returns. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            lifecycle.stop();
        }
    }

    private PlaytchaRuntime build() {
        if (logged.add("META-INF/services")) {
            listeners.addAll(PlaytchaRuntime.services(
                    VerificationListener.class,
                    contextLoader.get(),
                    e -> LOG.error("A VerificationListener in META-INF/services cannot be used and is left out", e)));
        }
        LoadedSettings loaded = settings.get();
        if (loaded.application().get(Setting.HEALTH) && !readinessChecked) {
            LOG.warn("health is true, but there is no readiness check: it needs CDI and MicroProfile Health, on WildFly"
                    + " a bean of the application beside the jar, and the setting in MicroProfile Config, a system"
                    + " property or the environment, since CDI may start before the servlet context");
        }
        return PlaytchaRuntime.start(loaded, listeners, challenges, late, contextLoader.get(), () -> beans);
    }

    /** Returns whether a filter or other code uses a guard. */
    public boolean isRunning() {
        return lifecycle.runtime() != null;
    }

    /** Starts an application without a servlet context if code uses a guard or handles late results. */
    public void startWithoutContext() {
        if (settings.isInUse() || late.findHandler() != null) {
            if (settings.get().late().isOn()) {
                // Items of an earlier run are delivered without waiting for the first request.
                start();
            }
            late.announce();
        }
    }

    /** Returns the application's late results, whose engine runs while the runtime does. */
    public final LateResultsFacade late() {
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

    @Override
    public Failures failures() {
        return challenges;
    }

    /** Returns whether a container of beans is there which creates no objects of this class. */
    public boolean isNoBean(Class<?> type) {
        ApplicationBeans present = beans;
        return present != null && !present.hasBeansOf(type);
    }

    private @Nullable FailureCounter failureCounter() {
        FailureCounter own = extensions.counter();
        if (own == null && !bound && logged.add("after-failures")) {
            // Only a servlet context, a framework, and code that opens guards have a PlaytchaGuards with failures().
            LOG.warn("after-failures is set, but no code can record failures here, so a caller whose address or name is"
                    + " known never needs a token: there is no servlet context with PlaytchaGuards. Let the container run"
                    + " PlaytchaInitializer, or provide a FailureCounter as a bean or in META-INF/services");
        }
        return own;
    }

    /** Sets the beans, until they end with null; metrics are published by them from now on. */
    public void setBeans(@Nullable ApplicationBeans container) {
        extensions.setBeansEnded(container == null);
        beans = container;
        late.setBeans(container);
        PlaytchaRuntime running = lifecycle.runtime();
        if (running != null) {
            publishMetrics(running, container);
        }
    }

    private static void publishMetrics(PlaytchaRuntime running, @Nullable ApplicationBeans container) {
        RuntimeMetrics metrics = running.metrics();
        if (metrics != null && container != null) {
            metrics.open();
        } else if (metrics != null) {
            metrics.closeBackends();
        }
    }

    /** Records that a bean declares a form login, which web.xml does not show. */
    public void setFormLogin() {
        formLogin = true;
    }

    public boolean hasFormLogin() {
        return formLogin;
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

    /** Returns what an operator wants to see although the application is ready. */
    public Map<String, String> notes() {
        RuntimeMetrics metrics = metrics();
        return metrics == null ? Map.of() : metrics.notes();
    }

    private @Nullable RuntimeMetrics metrics() {
        PlaytchaRuntime running = lifecycle.runtime();
        return running == null ? null : running.metrics();
    }

    /** Returns the current request's verifications as CDI provides them, or null. */
    public @Nullable RequestVerifications currentRequest() {
        ApplicationBeans present = beans;
        return present == null ? null : present.currentRequest();
    }

    @Override
    public PlaytchaVerifier verifier(String guard) {
        settings.guard(Objects.requireNonNull(guard, "guard"));
        return new NamedVerifier(guard, this);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(settings.get().guards().keySet());
    }

    @Override
    public String explain() {
        return settings.get().explanation();
    }

    /** Ends the application unless a servlet context does. */
    public void closeUnlessBound() {
        if (!bound) {
            end();
        }
    }

    /** Closes everything before it returns; the application cannot be started again. */
    public final void end() {
        ApplicationRegistry.remove(this);
        beans = null;
        listeners.clear();
        lifecycle.end();
        startThreads.awaitEnd();
        dropReferences();
    }

    /** Drops what refers to the application's classes, which a shared jar would keep in memory. */
    private void dropReferences() {
        beans = null;
        extensions.clear();
        listeners.clear();
        settings.clear();
        late.end();
    }
}
