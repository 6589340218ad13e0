package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.LoadedSettings;
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
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the application's guards with CDI: checks the settings at start where no servlet context does, fires events,
 * and finds the current request. Public for CDI only.
 */
@ApplicationScoped
public class CdiApplication {
    private static final Logger LOG = LoggerFactory.getLogger(CdiApplication.class);

    private final Map<Method, InterceptedMethod> methods = new ConcurrentHashMap<>();
    /** Verifications of a guarded call outside of a request; the interceptor that sets them removes them. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<RequestVerifications> outsideOfRequests = new ThreadLocal<>();

    private final @Nullable ServletAccess servlets = ServletAccess.find();
    private @Nullable PlaytchaApplication application;
    private @Nullable CdiEventListener source;
    private @Nullable CdiLateHandler handler;

    @Inject
    @Any
    Instance<PlaytchaExtension> extension;

    @Inject
    @Any
    Instance<BuildTimeUses> foundByTheBuild;

    @Inject
    Event<Object> events;

    /** Injected so that containers do not remove a handler bean that nothing else injects. */
    @Inject
    Instance<LateResultHandler> handlers;

    @Inject
    Instance<RequestContextController> contexts;

    @Inject
    CurrentRequest request;

    /** For CDI. */
    public CdiApplication() {}

    /** Configures and starts the application, before any other observer could use a guard. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @Initialized(ApplicationScoped.class)
                    Object initialized) {
        PlaytchaApplication ours = application();
        try {
            foundByTheBuild.forEach(found -> ours.use(found.places()));
            begin(ours);
            if (isEarly(ours, initialized)) {
                // A servlet context comes later, with settings of its own.
                return;
            }
            if (!ours.isClaimed()) {
                if (ours.isUsedByCode() || ours.hasLateHandler()) {
                    configure(ours, initialized);
                }
                // No servlet context does so, and items left by an earlier run do not wait for the first visitor.
                ours.startLate();
            }
        } catch (RuntimeException e) {
            // A server may go on after the exception: guards then refuse every request.
            ours.refuse(e);
            ours.endUnlessClaimed();
            throw e;
        }
        ours.announce();
    }

    private boolean isEarly(PlaytchaApplication ours, Object initialized) {
        return servlets != null && servlets.isOfServer() && !servlets.isContext(initialized) && !ours.isClaimed();
    }

    private void configure(PlaytchaApplication ours, Object initialized) {
        if (servlets != null && servlets.isContext(initialized)) {
            // The container did not run the initializer.
            LoadedSettings settings = ours.configure(uses -> servlets.settings(initialized, uses));
            settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        } else {
            ours.configureByDefault();
        }
    }

    private synchronized void begin(PlaytchaApplication ours) {
        // The event may come once for each web module.
        if (source != null) {
            return;
        }
        CdiLateHandler bean = new CdiLateHandler(
                handlers, contexts, extension.isResolvable() ? extension.get().handlers() : new LateHandlerResolver());
        bean.check();
        handler = bean;
        ours.late().setBeans(bean);
        source = new CdiEventListener(events, Thread.currentThread().getContextClassLoader());
        ours.addListener(source);
        ours.late().addListener(source);
        ours.setCurrentRequest(this::current);
    }

    /** Stops late results before beans are destroyed: a bean that is called after that would be created anew. */
    void endLate(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @BeforeDestroyed(ApplicationScoped.class)
                    Object context) {
        CdiLateHandler ending;
        synchronized (this) {
            ending = handler;
            handler = null;
        }
        if (ending != null) {
            LateResultsFacade late = application().late();
            // Outside the lock: this waits for handlers.
            late.stop();
            ending.end();
            late.setBeans(null);
        }
    }

    /** Stops events and late results, and closes an application that no servlet context ends. */
    @PreDestroy
    void end() {
        // For containers that do not fire BeforeDestroyed.
        endLate(this);
        PlaytchaApplication ours = application();
        CdiEventListener ending;
        synchronized (this) {
            ending = source;
        }
        if (ending != null) {
            ending.end();
            ours.removeListener(ending);
            ours.late().removeListener(ending);
            ours.setCurrentRequest(() -> null);
        }
        methods.clear();
        // Outside the lock: this waits for threads, and one of them may be about to call a guarded method.
        ours.endUnlessClaimed();
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

    /** Returns the access to the Servlet API; null where that is absent. */
    public @Nullable ServletAccess servlets() {
        return servlets;
    }

    /** Returns the verifications of the current request, or of the guarded call that this thread is in; null for neither. */
    public @Nullable RequestVerifications current() {
        RequestVerifications ofThread = outsideOfRequests.get();
        return ofThread == null ? ofRequest(request::verifications) : ofThread;
    }

    private static @Nullable RequestVerifications ofRequest(Supplier<RequestVerifications> request) {
        try {
            return request.get();
        } catch (ContextNotActiveException outside) {
            return null;
        }
    }

    /** Sets the verifications of a guarded call outside of a request; null removes them. */
    public void setOutsideOfRequests(@Nullable RequestVerifications verifications) {
        if (verifications == null) {
            outsideOfRequests.remove();
        } else {
            outsideOfRequests.set(verifications);
        }
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
