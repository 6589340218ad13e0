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
 * The application's guards, as its beans see them: checks the settings at start where no servlet context does so, makes
 * events, and knows the current request. Public for CDI's sake only.
 */
@ApplicationScoped
public class CdiApplication {
    private static final Logger LOG = LoggerFactory.getLogger(CdiApplication.class);

    private final Map<Method, InterceptedMethod> methods = new ConcurrentHashMap<>();
    /** Of this application, and removed by who set it. */
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

    /** That it is injected keeps containers from leaving out a bean that nothing else asks for. */
    @Inject
    Instance<LateResultHandler> handlers;

    @Inject
    Instance<RequestContextController> contexts;

    @Inject
    CurrentRequest request;

    /** For CDI. */
    public CdiApplication() {}

    /**
     * Before any other observer could use a guard.
     *
     * @param initialized a servlet context, or something else where there is none
     */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @Initialized(ApplicationScoped.class)
                    Object initialized) {
        PlaytchaApplication ours = application();
        try {
            foundByTheBuild.forEach(found -> ours.use(found.places()));
            begin(ours);
            if (isEarly(ours, initialized)) {
                // The context's settings count as well. Should none come, the first guard that is asked for says so.
                return;
            }
            if (!ours.isClaimed()) {
                if (ours.isUsedByCode() || ours.hasLateHandler()) {
                    configure(ours, initialized);
                }
                // Nothing else does so, and what was left is not to wait for the first visitor.
                ours.startLate();
            }
        } catch (RuntimeException e) {
            // Should a server go on all the same, nobody gets by.
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
            // The container did not run the initializer, or has been told not to.
            LoadedSettings settings = ours.configure(uses -> servlets.settings(initialized, uses));
            settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        } else {
            ours.configureByDefault();
        }
    }

    private synchronized void begin(PlaytchaApplication ours) {
        // Once, though the event may come once a web module.
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

    /**
     * Work on late results ends before beans do: CDI destroys those of the application in any order, and one that is
     * called after that would be made anew.
     *
     * @param context a servlet context, or something else where there is none
     */
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
            // Not under the lock: this waits for handlers.
            late.stop();
            ending.end();
            late.setBeans(null);
        }
    }

    /** No event after this, and no bean of ours is asked any more. */
    @PreDestroy
    void end() {
        // Again, for a container that fires no event before it ends.
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
        // Not under the lock: this waits for threads, and one of them may be about to call a guarded method.
        ours.endUnlessClaimed();
    }

    /**
     * What the servlet side shares with this.
     *
     * @return always the same
     */
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

    /**
     * The servlet API's side.
     *
     * @return null where there is none
     */
    public @Nullable ServletAccess servlets() {
        return servlets;
    }

    /**
     * What the guards know of the current request.
     *
     * @return outside of a request, that of the guarded method this thread is in; null for neither
     */
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

    /**
     * Work of this thread that no request stands behind.
     *
     * @param verifications what its guards will know; null when it ends
     */
    public void setOutsideOfRequests(@Nullable RequestVerifications verifications) {
        if (verifications == null) {
            outsideOfRequests.remove();
        } else {
            outsideOfRequests.set(verifications);
        }
    }

    /** Shows what was decided in the attributes of the servlet request, where there is one. */
    public void publish() {
        if (outsideOfRequests.get() == null) {
            request.publish();
        }
    }

    /**
     * What is to be known of a method before it can be guarded.
     *
     * @param method of a bean
     * @return looked up once
     */
    public InterceptedMethod guarded(Method method) {
        return methods.computeIfAbsent(method, InterceptedMethod::new);
    }
}
