package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application holds of its late results: the same object, however often what works behind it is started.
 * Thread-safe.
 */
public final class LateResultsFacade implements LateResults {
    private static final Logger LOG = LoggerFactory.getLogger(LateResultsFacade.class);

    private final List<LateListener> listeners = new CopyOnWriteArrayList<>();
    private final HandlerServices services = new HandlerServices();
    private final LogThrottle failures = new LogThrottle(System::nanoTime);
    private final LateTasks tasks = new Tasks();
    private final DeadLetters deadLetters = new Letters();
    private volatile @Nullable LateResultHandler handler;
    private volatile @Nullable HandlerProvider beans;
    private volatile @Nullable LateService running;
    private volatile String name = "";
    private volatile boolean ended;

    LateResultsFacade() {}

    @Override
    public LateTasks getTasks() {
        return tasks;
    }

    @Override
    public DeadLetters getDeadLetters() {
        return deadLetters;
    }

    @Override
    public Optional<LateMetrics> getMetrics() {
        LateService service = running;
        return service == null ? Optional.empty() : Optional.of(service.figures());
    }

    @Override
    public void setHandler(LateResultHandler handler) {
        this.handler = handler;
    }

    @Override
    public void addListener(LateListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(LateListener listener) {
        listeners.remove(listener);
    }

    /**
     * Sets what the application is called where several are shown together, in JMX.
     *
     * @param value such as the context path
     */
    public void setName(String value) {
        name = value;
    }

    String name() {
        return name;
    }

    /**
     * Sets CDI's part.
     *
     * @param value null when CDI ends
     */
    public void setBeans(@Nullable HandlerProvider value) {
        beans = value;
    }

    /**
     * Says in the log what an operator would wonder about: results that nobody takes, a handler that nothing is told.
     *
     * @param loader the application's
     */
    public void announce(@Nullable ClassLoader loader) {
        LateResultHandler found;
        try {
            found = new LateHandlerLookup(this, loader).find();
        } catch (NoHandlerException ended) {
            return;
        }
        if (running == null && found != null) {
            LOG.warn(
                    "{} is a LateResultHandler, and nothing switches late results on: set playtcha.late-verdicts,"
                            + " playtcha.callback-path, playtcha.poll-url, or at least playtcha.late-dir",
                    found.getClass().getName());
        } else if (running != null && found == null) {
            LOG.warn("Late results are on, and there is no LateResultHandler: they wait until a CDI bean, a"
                    + " service in META-INF/services or LateResults.setHandler is one");
        }
    }

    @Nullable
    HandlerProvider beans() {
        return beans;
    }

    @Nullable
    LateResultHandler handlerOfCode() {
        return handler;
    }

    HandlerServices services() {
        return services;
    }

    /**
     * Where requests bring their business.
     *
     * @return null while nothing works behind this
     */
    public @Nullable LateInbox inbox() {
        LateService service = running;
        return service == null ? null : service.inbox();
    }

    /** False where everything was stopped while it started: then it is its starter's to close. */
    synchronized boolean runs(LateService service) {
        if (ended) {
            return false;
        }
        running = service;
        return true;
    }

    /** Unless another one runs already. */
    synchronized void stopped(LateService service) {
        if (service.equals(running)) {
            running = null;
        }
    }

    /**
     * Ends the work behind this, for good: beans that handlers use are about to go, whoever ends the application
     * afterwards. What is under way ends before this returns.
     */
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

    /** Whether nothing is to work behind this any more. */
    boolean hasEnded() {
        return ended;
    }

    /** Nothing is to keep the application's classes once it ended. */
    synchronized void end() {
        ended = true;
        running = null;
        handler = null;
        beans = null;
        services.forget();
        listeners.clear();
    }

    void tell(String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        for (LateListener listener : listeners) {
            try {
                listener.onTransition(id, kind, from, to, outcome);
            } catch (RuntimeException | Error e) {
                long times = failures.count("handler");
                if (times > 0) {
                    LOG.warn("A listener to late results failed, {} times since the last such line", times, e);
                }
            }
        }
    }

    private LateService service() {
        LateService service = running;
        if (service == null) {
            throw new LateUnavailableException("Late results are not at work: the application is not started yet or has"
                    + " ended, or no setting switches them on (late-dir or late-datasource is the least)");
        }
        return service;
    }

    private final class Tasks implements LateTasks {
        @Override
        public LateItem track(String id) {
            return service().inbox().track(id);
        }

        @Override
        public Optional<LateItem> find(String id) {
            return service().inbox().find(id);
        }
    }

    private final class Letters implements DeadLetters {
        @Override
        public List<LateItem> list(int most) {
            return service().deadLetters().list(most);
        }

        @Override
        public Optional<LateResult> show(String id) {
            return service().deadLetters().show(id);
        }

        @Override
        public boolean retry(String id) {
            return service().deadLetters().retry(id);
        }

        @Override
        public int retryAll() {
            return service().deadLetters().retryAll();
        }

        @Override
        public boolean discard(String id) {
            return service().deadLetters().discard(id);
        }
    }
}
