package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.runtime.LateResultsFacade;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanContainer;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the application's guards with CDI: checks the settings at start if no servlet context does, fires events, and
 * provides the current request's verifications. Public for CDI only.
 */
@ApplicationScoped
public class CdiApplication {
    private static final Logger LOG = LoggerFactory.getLogger(CdiApplication.class);

    private final Map<Method, InterceptedMethod> methods = new ConcurrentHashMap<>();

    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<RequestVerifications> outsideOfRequests = new ThreadLocal<>();

    private final @Nullable ServletAccess servlets = ServletAccess.find();
    private @Nullable PlaytchaApplication application;
    private volatile @Nullable CdiEventListener eventListener;
    private final AtomicReference<@Nullable CdiLateHandler> handler = new AtomicReference<>();

    @Inject
    @Any
    Instance<PlaytchaExtension> extension;

    @Inject
    @Any
    Instance<BuildTimeUses> buildTimeUses;

    @Inject
    Event<Object> events;

    /** Injected so that containers do not remove a handler bean that nothing else injects. */
    @Inject
    Instance<LateResultHandler> handlers;

    @Inject
    Instance<Object> beans;

    @Inject
    CurrentRequest request;

    /** For CDI. */
    public CdiApplication() {}

    /** Configures and starts the application, before any other observer could use a guard. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @Initialized(ApplicationScoped.class)
                    Object initialized) {
        PlaytchaApplication playtcha = application();
        try {
            buildTimeUses.forEach(found -> {
                playtcha.use(found.uses());
                if (found.readinessChecked()) {
                    playtcha.setReadinessChecked();
                }
            });
            begin(playtcha);
            SettingsLoader ofContext = servlets == null ? null : servlets.settings(initialized);
            if (servlets != null && servlets.isOfServer() && ofContext == null && !playtcha.isClaimed()) {
                // The servlet context starts later and has its own settings.
                return;
            }
            if (!playtcha.isClaimed()) {
                if (playtcha.isUsedByCode() || playtcha.hasLateHandler()) {
                    if (ofContext == null) {
                        playtcha.configureByDefault();
                    } else {
                        // The container did not run the initializer.
                        playtcha.configure(uses -> ofContext.uses(uses).load())
                                .warnings()
                                .forEach(warning -> LOG.warn("{}", warning));
                    }
                }
                // Items of an earlier run are delivered without waiting for the first request.
                playtcha.startLate();
            }
        } catch (RuntimeException e) {
            // The server may ignore the exception and continue: guards then refuse every request.
            playtcha.refuse(e);
            playtcha.endUnlessClaimed();
            throw e;
        }
        playtcha.announce();
    }

    /** Looks up one of the application's beans, such as a registry of metrics. */
    private <T> @Nullable T find(Class<T> type) {
        Instance<T> found = beans.select(type);
        return found.isResolvable() ? found.get() : null;
    }

    private synchronized void begin(PlaytchaApplication playtcha) {
        // Some servers fire the event once for each web module.
        if (eventListener != null) {
            return;
        }
        CdiLateHandler bean = new CdiLateHandler(
                beans.select(BeanContainer.class).get(),
                extension.isResolvable() ? extension.get().handlers() : Set.of(),
                beans.select(RequestContextController.class));
        handler.set(bean);
        playtcha.late().setBeans(bean);
        CdiEventListener listener =
                new CdiEventListener(events, Thread.currentThread().getContextClassLoader());
        eventListener = listener;
        playtcha.addListener(listener);
        playtcha.setBeans(this::find);
        playtcha.late().addListener(listener);
        playtcha.setCurrentRequest(this::current);
    }

    /** Stops late results before beans are destroyed: a later call would create a bean again. */
    void endLate(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @BeforeDestroyed(ApplicationScoped.class)
                    Object context) {
        CdiLateHandler ending = handler.getAndSet(null);
        if (ending != null) {
            LateResultsFacade late = application().late();
            late.stop();
            application().setBeans(null);
            ending.end();
            late.setBeans(null);
        }
    }

    /** Stops events and late results, and closes the application unless a servlet context does. */
    @PreDestroy
    void end() {
        // For containers that do not fire BeforeDestroyed.
        endLate(this);
        PlaytchaApplication playtcha = application();
        CdiEventListener ending = eventListener;
        if (ending != null) {
            ending.end();
            playtcha.removeListener(ending);
            playtcha.late().removeListener(ending);
            playtcha.setCurrentRequest(() -> null);
        }
        methods.clear();
        playtcha.endUnlessClaimed();
    }

    /** Returns the application, which the servlet and REST sides share. */
    public synchronized PlaytchaApplication application() {
        PlaytchaApplication known = application;
        if (known == null) {
            known = extension.isResolvable()
                    ? extension.get().application()
                    : PlaytchaApplication.of(Thread.currentThread().getContextClassLoader());
            application = known;
        }
        return known;
    }

    /** Returns the access to the Servlet API, or null if that is absent. */
    public @Nullable ServletAccess servlets() {
        return servlets;
    }

    /** Returns the verifications of the current request or of this thread's guarded call, or null if there is neither. */
    public @Nullable RequestVerifications current() {
        RequestVerifications ofThread = outsideOfRequests.get();
        if (ofThread != null) {
            return ofThread;
        }
        try {
            return request.verifications();
        } catch (ContextNotActiveException outside) {
            return null;
        }
    }

    /** Returns the verifications of a guarded call outside of a request; the interceptor that sets them removes them. */
    public ThreadLocal<RequestVerifications> outsideOfRequests() {
        return outsideOfRequests;
    }

    /** Publishes the decision in the attributes of the servlet request, if there is one. */
    public void publish() {
        if (outsideOfRequests.get() == null) {
            request.publish();
        }
    }

    /** Returns the annotations of a method, inspected once. */
    public InterceptedMethod guarded(Method method) {
        return methods.computeIfAbsent(method, InterceptedMethod::new);
    }
}
