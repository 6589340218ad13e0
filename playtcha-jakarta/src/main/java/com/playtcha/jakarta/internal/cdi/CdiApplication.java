package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.runtime.ApplicationBeans;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.EventForwarder;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanContainer;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the application's guards with CDI: checks the settings at start if no servlet context does, and provides
 * beans and events. Public for CDI only.
 */
@ApplicationScoped
public class CdiApplication implements ApplicationBeans {
    private static final Logger LOG = LoggerFactory.getLogger(CdiApplication.class);

    private final Map<List<Object>, InterceptedMethod> methods = new ConcurrentHashMap<>();
    private final EventForwarder listener = new EventForwarder(this::fire);

    @SuppressWarnings("NullAway.Init") // Set when the bean has been created.
    private PlaytchaApplication application;

    private @Nullable ClassLoader classes;
    private volatile @Nullable CdiLateHandler lateHandler;
    /** Of beans that this library's archive does not see, and of what is made for them. */
    private volatile @Nullable CreationalContext<?> unseen;

    @Inject
    @Any
    Instance<PlaytchaExtension> extension;

    @Inject
    @Any
    Instance<BuildTimeUses> buildTimeUses;

    @Inject
    @Any
    Instance<ServletAccess> servlets;

    @Inject
    Event<Object> events;

    /** This and the next two are injected so that containers do not remove beans that nothing else injects. */
    @Inject
    Instance<LateResultHandler> handlers;

    @Inject
    Instance<ChallengePolicy> policies;

    @Inject
    Instance<FailureCounter> counters;

    @Inject
    Instance<Object> beans;

    @Inject
    Instance<RequestContextController> contexts;

    @Inject
    CurrentVerification current;

    /** For CDI. */
    public CdiApplication() {}

    @PostConstruct
    void init() {
        application = extension.isResolvable()
                ? extension.get().application()
                : ApplicationRegistry.begin(Thread.currentThread().getContextClassLoader());
    }

    /** Configures and starts the application, before any other observer could use a guard. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @Initialized(ApplicationScoped.class)
                    Object initialized) {
        try {
            buildTimeUses.forEach(found -> found.report(application));
            begin();
            if (!application.isBound()) {
                if (servlets.isResolvable() && !servlets.get().prepare(application, initialized)) {
                    return;
                }
                application.startWithoutContext();
            }
        } catch (RuntimeException | Error e) {
            // The server may ignore the exception and continue: guards then refuse every request.
            StartupFailure.log(LOG, e);
            application.failStartup(e);
            throw e;
        }
        application.settings().logGuards();
    }

    private synchronized void begin() {
        // Some servers fire the event once for each web module.
        if (lateHandler == null) {
            lateHandler =
                    new CdiLateHandler(beans.select(BeanContainer.class).get(), ofAllArchives(LateResultHandler.class));
            classes = Thread.currentThread().getContextClassLoader();
            application.setBeans(this);
            application.addListener(listener);
            application.late().addListener(listener);
        }
    }

    /** Fires an event with the application's context class loader, since verifications may run on other threads. */
    private void fire(Object event) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes == null ? before : classes);
        try {
            events.fire(event);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Stops late results before beans are destroyed: a later call would create a bean again. */
    void endLate(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @BeforeDestroyed(ApplicationScoped.class)
                    Object context) {
        CdiLateHandler ending = lateHandler;
        if (ending != null) {
            application.late().stop();
            application.setBeans(null);
            ending.end();
        }
    }

    /** Stops events and late results, and closes the application unless a servlet context does. */
    @PreDestroy
    void end() {
        // For containers that do not fire BeforeDestroyed.
        endLate(this);
        application.removeListener(listener);
        application.late().removeListener(listener);
        methods.clear();
        application.closeUnlessBound();
        CreationalContext<?> references = unseen;
        if (references != null) {
            references.release();
        }
    }

    /** Returns the application, which the servlet and REST sides share. */
    public PlaytchaApplication application() {
        return application;
    }

    @Override
    public <T> @Nullable T find(Class<T> type) {
        Instance<T> visible = beans.select(type);
        if (!visible.isUnsatisfied()) {
            return visible.isResolvable() ? visible.get() : null;
        }
        List<T> found = findUnseen(type);
        return found.size() == 1 ? found.get(0) : null;
    }

    @Override
    public <T> List<T> findAll(Class<T> type) {
        List<T> all = new ArrayList<>(beans.select(type).stream().toList());
        all.addAll(findUnseen(type));
        return all;
    }

    /** Returns the beans that this library's archive does not see. */
    private synchronized <T> List<T> findUnseen(Class<T> type) {
        BeanContainer container = beans.select(BeanContainer.class).get();
        Set<Bean<?>> candidates = ofAllArchives(type);
        candidates.removeAll(container.getBeans(type));
        if (candidates.isEmpty()) {
            return List.of();
        }
        CreationalContext<?> context = unseen;
        if (context == null) {
            context = container.createCreationalContext(null);
            unseen = context;
        }
        List<T> references = new ArrayList<>();
        for (Bean<?> bean : preferred(container, candidates)) {
            references.add(type.cast(container.getReference(bean, type, context)));
        }
        return references;
    }

    /** Returns what an injection point would get, or all of them where it could not choose. */
    private static Collection<Bean<?>> preferred(BeanContainer container, Set<Bean<?>> candidates) {
        try {
            return List.of(Objects.requireNonNull(container.resolve(candidates)));
        } catch (AmbiguousResolutionException several) {
            return candidates;
        }
    }

    /** On GlassFish the beans of WEB-INF/lib, of which this library's are, see none of WEB-INF/classes. */
    private Set<Bean<?>> ofAllArchives(Class<?> type) {
        return extension.isResolvable() ? extension.get().beans(type) : new HashSet<>();
    }

    @Override
    public boolean hasBeansOf(Class<?> type) {
        return !extension.isResolvable() || extension.get().hasBeansOf(type);
    }

    @Override
    public @Nullable LateResultHandler handler() {
        CdiLateHandler present = lateHandler;
        return present == null ? null : present.get();
    }

    @Override
    public void call(LateResultHandler handler, LateResult result, Delivery delivery) throws Exception {
        inRequestContext(() -> {
            handler.handle(result, delivery);
            return null;
        });
    }

    @Override
    public @Nullable RequestVerifications currentRequest() {
        try {
            return current.verifications();
        } catch (ContextNotActiveException outside) {
            return null;
        }
    }

    /** Makes a call within the active request context, else within one of its own. */
    public <T extends @Nullable Object> T inRequestContext(Callable<T> call) throws Exception {
        try (Instance.Handle<RequestContextController> handle = contexts.getHandle()) {
            RequestContextController context = handle.get();
            boolean activated = context.activate();
            try {
                return call.call();
            } finally {
                if (activated) {
                    context.deactivate();
                }
            }
        }
    }

    /** Returns the annotations of a method of a bean's class, inspected once. */
    public InterceptedMethod guarded(Class<?> bean, Method method) {
        return methods.computeIfAbsent(List.of(bean, method), key -> InterceptedMethod.of(bean, method));
    }
}
