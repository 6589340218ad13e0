package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.internal.late.admin.AdminResponse;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import com.playtcha.jakarta.internal.util.ClassPresence;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The late results API of one application: delegates to the engine that runs at the time, which the application's
 * handler and listeners outlive. Thread-safe.
 */
public final class LateResultsFacade implements LateResults, LateTasks, DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(LateResultsFacade.class);

    private final List<LateListener> listeners = new CopyOnWriteArrayList<>();
    private final Supplier<@Nullable ClassLoader> loader;
    private final ApplicationHandler handler;
    private volatile @Nullable LateService running;
    private volatile String name = "";
    private volatile String title = "";
    private volatile Function<String, @Nullable Object> dataSources = any -> null;
    private volatile boolean ended;

    public LateResultsFacade(Supplier<@Nullable ClassLoader> loader) {
        this.loader = loader;
        this.handler = new ApplicationHandler(loader);
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
    public void pause() {
        engine().setPaused(true);
    }

    @Override
    public void resume() {
        engine().setPaused(false);
    }

    @Override
    public boolean isPaused() {
        return getMetrics().map(LateMetrics::isPaused).orElse(false);
    }

    @Override
    public void setHandler(LateResultHandler value) {
        handler.set(value);
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

    /** Sets the name that the application has in its framework: executable jars have no context path. */
    public void setTitle(String value) {
        title = value;
    }

    public String name() {
        return name;
    }

    /** Returns what tells this application from another one that has the same directory by mistake. */
    String owner() {
        return name.isEmpty() ? title : name;
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
    public void setBeans(@Nullable HandlerBeans value) {
        handler.setBeans(value);
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
    public @Nullable LateResultHandler findHandler() {
        return handler.find();
    }

    /** Returns what calls that handler. */
    LateResultHandler handler() {
        return handler;
    }

    Iterable<LateListener> listeners() {
        return listeners;
    }

    /** Returns the inbox of the running engine, or null while none runs. */
    public @Nullable LateInbox inbox() {
        return running().map(LateEngine::inbox).orElse(null);
    }

    /** Sets the running engine. Returns false after the end; the caller then closes it. */
    public synchronized boolean setRunning(LateService service) {
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
            handler.endService();
            service = running;
        }
        if (service != null) {
            service.close();
        }
    }

    public boolean hasEnded() {
        return ended;
    }

    /** Drops all references to the application's classes. */
    public synchronized void end() {
        ended = true;
        running = null;
        handler.end();
        dataSources = any -> null;
        listeners.clear();
    }

    /** Returns whether a result that arrives now can be kept; true where late results are off. */
    public boolean canKeepResults() {
        return running().map(LateEngine::canKeepResults).orElse(true);
    }

    /**
     * Runs the operator's command for a client of JMX, which knows classes of the JDK only.
     *
     * @return what the command prints
     * @throws IllegalArgumentException where there is no such item, or the arguments are wrong
     * @throws IllegalStateException where late results are not running or the store is down
     */
    public String command(List<String> arguments) {
        LateService service = running;
        if (service == null) {
            throw new IllegalStateException("Late results are not running");
        }
        AdminResponse response;
        try {
            response = service.admin().run(arguments.toArray(String[]::new));
        } catch (UsageException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
        String text = response.out() + response.err();
        return switch (response.status()) {
            case 0 -> text;
            case 1 -> throw new IllegalArgumentException(text);
            default -> throw new IllegalStateException(text);
        };
    }

    /** Lets time pass for the running engine, and returns when nothing is due; for tests of the application. */
    public void advance(Duration time) {
        engine().advance(time);
    }

    /** Returns whether this is a test of the application: the test kit is among its classes. */
    public boolean hasTestKit() {
        return ClassPresence.isPresent("com.playtcha.jakarta.testkit.LateClock", loader.get());
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
    public LateItem track(String id, Connection connection) {
        return engine().inbox().track(id, connection);
    }

    @Override
    public Optional<LateItem> find(String id) {
        return engine().inbox().find(id);
    }

    @Override
    public DeadLetterPage list(DeadLetterFilter filter, @Nullable String cursor, int limit) {
        return engine().deadLetters().list(filter, cursor, limit);
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
    public int retryAll(DeadLetterFilter filter) {
        return engine().deadLetters().retryAll(filter);
    }

    @Override
    public int discardAll(DeadLetterFilter filter) {
        return engine().deadLetters().discardAll(filter);
    }

    @Override
    public boolean discard(String id) {
        return engine().deadLetters().discard(id);
    }
}
