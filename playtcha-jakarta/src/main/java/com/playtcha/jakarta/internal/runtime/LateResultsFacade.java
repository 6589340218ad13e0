package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngine.NoHandlerException;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The late results API of one application: delegates to the engine that runs at the time, and has the application's
 * handler and listeners, which outlive it. Thread-safe.
 */
public final class LateResultsFacade implements LateResults, LateTasks, DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(LateResultsFacade.class);

    private final List<LateListener> listeners = new CopyOnWriteArrayList<>();
    private final Supplier<@Nullable ClassLoader> loader;
    private volatile @Nullable LateResultHandler setInCode;
    private volatile @Nullable ApplicationBeans beans;
    private volatile @Nullable LateResultHandler service;
    /** Held while the service is constructed. */
    private final Object loading = new Object();

    private boolean loaded;
    private volatile @Nullable LateService running;
    private volatile String name = "";
    private volatile Function<String, @Nullable Object> dataSources = any -> null;
    private volatile boolean ended;

    LateResultsFacade(Supplier<@Nullable ClassLoader> loader) {
        this.loader = loader;
    }

    @Override
    public LateTasks getTasks() {
        return this;
    }

    @Override
    public DeadLetters getDeadLetters() {
        return this;
    }

    @Override
    public Optional<LateMetrics> getMetrics() {
        return running().map(LateEngine::metrics);
    }

    @Override
    public void setHandler(LateResultHandler handler) {
        setInCode = handler;
    }

    @Override
    public void addListener(LateListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(LateListener listener) {
        listeners.remove(listener);
    }

    /** Sets the application's name in JMX, such as the context path. */
    public void setName(String value) {
        name = value;
    }

    String name() {
        return name;
    }

    /** Sets where a data source is looked up before JNDI; the function returns null for a name that it does not know. */
    public void setDataSources(Function<String, @Nullable Object> value) {
        dataSources = value;
    }

    @Nullable
    Object dataSource(String dataSourceName) {
        return dataSources.apply(dataSourceName);
    }

    /** Sets the container whose beans are used; null when it ends. */
    void setBeans(@Nullable ApplicationBeans value) {
        beans = value;
    }

    /** Logs a warning if late results run without a handler, or if there is a handler and they do not run. */
    public void announce() {
        LateResultHandler found = findHandler();
        if (running == null && found != null) {
            LOG.warn(
                    "{} is a LateResultHandler, but late results are off: set playtcha.late-verdicts,"
                            + " playtcha.callback-path, playtcha.poll-url, or at least playtcha.late-dir",
                    found.getClass().getName());
        } else if (running != null && found == null) {
            LOG.warn("Late results are on, but there is no LateResultHandler: results wait until a bean, a"
                    + " service in META-INF/services or LateResults.setHandler provides one");
        }
    }

    /** Returns the handler that is set in code, else a bean, else a service; null if the application has none. */
    @Nullable
    LateResultHandler findHandler() {
        LateResultHandler handler = setInCode;
        ApplicationBeans provider = beans;
        if (handler == null && provider != null) {
            handler = provider.handler();
        }
        return handler == null ? findService() : handler;
    }

    private @Nullable LateResultHandler findService() {
        synchronized (loading) {
            if (!loaded && !ended) {
                service = load(loader.get());
                loaded = true;
            }
            // end() does not wait for a running constructor, so it may have been called during this one.
            service = ended ? null : service;
            return service;
        }
    }

    private static @Nullable LateResultHandler load(@Nullable ClassLoader loader) {
        try {
            List<ServiceLoader.Provider<LateResultHandler>> named =
                    ServiceLoader.load(LateResultHandler.class, loader).stream().toList();
            if (named.size() > 1) {
                throw new IllegalStateException("META-INF/services names more than one LateResultHandler: "
                        + named.stream().map(each -> each.type().getName()).toList()
                        + ". An application has one; set it in code, or leave one");
            }
            return named.isEmpty() ? null : named.get(0).get();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "META-INF/services names a LateResultHandler that cannot be used: " + e.getMessage(), e);
        }
    }

    /** Calls the handler with the application's class loader and in a request context. */
    void handle(LateResult result, Delivery delivery) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader classes = loader.get();
        thread.setContextClassLoader(classes == null ? before : classes);
        try {
            LateResultHandler handler = findHandler();
            ApplicationBeans container = beans;
            if (handler == null) {
                throw new NoHandlerException("this application has no LateResultHandler: make one a bean, name it in"
                        + " META-INF/services, or call LateResults.setHandler");
            } else if (container == null) {
                handler.handle(result, delivery);
            } else {
                container.call(handler, result, delivery);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    Iterable<LateListener> listeners() {
        return listeners;
    }

    /** Returns the inbox of the running engine, or null while none runs. */
    public @Nullable LateInbox inbox() {
        return running().map(LateEngine::inbox).orElse(null);
    }

    /** Sets the running engine. Returns false after the end; the caller then closes it. */
    synchronized boolean setRunning(LateService service) {
        running = ended ? null : service;
        return !ended;
    }

    /** Clears the running engine, unless another one has been set. */
    synchronized void clearRunning(LateService service) {
        running = service.equals(running) ? null : running;
    }

    /** Ends the engine for good, before the beans that handlers use are destroyed, and waits for running calls. */
    public void stop() {
        LateService service;
        synchronized (this) {
            ended = true;
            service = running;
        }
        if (service != null) {
            service.close();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Drops all references to the application's classes. */
    synchronized void end() {
        ended = true;
        running = null;
        service = null;
        setInCode = null;
        beans = null;
        dataSources = any -> null;
        listeners.clear();
    }

    /** Returns whether a result that arrives now can be kept; true where late results are off. */
    boolean canKeepResults() {
        return running().map(LateEngine::canKeepResults).orElse(true);
    }

    private Optional<LateEngine> running() {
        return Optional.ofNullable(running).map(LateService::engine);
    }

    private LateEngine engine() {
        return running()
                .orElseThrow(() -> new LateUnavailableException(
                        "Late results are not running: the application has not started or has ended, or no setting switches"
                                + " them on (at least late-dir or late-datasource)"));
    }

    @Override
    public LateItem track(String id) {
        return engine().inbox().track(id);
    }

    @Override
    public Optional<LateItem> find(String id) {
        return engine().inbox().find(id);
    }

    @Override
    public List<LateItem> list(int most) {
        return engine().deadLetters().list(most);
    }

    @Override
    public Optional<LateResult> show(String id) {
        return engine().deadLetters().show(id);
    }

    @Override
    public boolean retry(String id) {
        return engine().deadLetters().retry(id);
    }

    @Override
    public int retryAll() {
        return engine().deadLetters().retryAll();
    }

    @Override
    public boolean discard(String id) {
        return engine().deadLetters().discard(id);
    }
}
