package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import com.playtcha.jakarta.internal.util.ClassPresence;
import com.playtcha.jakarta.late.LateResults;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link PlaytchaApplication} of a servlet context in an attribute. The application runs while a filter uses
 * it, and ends with its last filter's {@code destroy()} or with the context. Thread-safe.
 *
 * @param context the object that filters get; Tomcat passes a different one to listeners
 * @param settings those that were checked; null if the startup failed
 * @param annotated the classes of the application with the library's annotation, as far as the server looked
 * @param endsWithFilters whether no initializer ran, which would have added a listener of the context's end
 * @param filters the settings of all filters that are known by now, by their names
 */
record ContextLifecycle(
        ServletContext context,
        PlaytchaApplication application,
        @Nullable LoadedSettings settings,
        Set<Class<?>> annotated,
        boolean endsWithFilters,
        ConcurrentMap<String, GuardSettings> filters) {
    static final String ATTRIBUTE = ContextLifecycle.class.getName();
    private static final String LISTENER = ATTRIBUTE + ".listener";
    /** The attribute that is there once a filter of the context guards, which the initializer need not have seen. */
    private static final String FILTERED = ATTRIBUTE + ".filtered";

    private static final Logger LOG = LoggerFactory.getLogger(ContextLifecycle.class);

    /**
     * Contexts that ended. A server may initialize a filter after that, for a request in progress, and would never
     * destroy it. Not an attribute, since servers clear those.
     */
    private static final Set<ServletContext> ENDED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    ContextLifecycle(
            ServletContext context,
            PlaytchaApplication application,
            @Nullable LoadedSettings settings,
            Set<Class<?>> annotated,
            boolean endsWithFilters) {
        this(
                context,
                application,
                settings,
                annotated,
                endsWithFilters,
                new ConcurrentHashMap<>(settings == null ? Map.of() : settings.allFilters()));
    }

    /**
     * Creates the application's instance for the first filter where no initializer ran, which would have registered what
     * settings alone ask for.
     *
     * @throws com.playtcha.jakarta.PlaytchaConfigurationException with every problem of the application's settings
     */
    static ContextLifecycle createLazily(ServletContext context) {
        PlaytchaApplication application = ApplicationRegistry.bind(ServletSettings.classLoader(context));
        try {
            LoadedSettings settings = application.configure(
                    uses -> ServletSettings.loader(context).uses(uses).load());
            if (!settings.registrations().isEmpty()) {
                LOG.error(
                        "url-patterns is set, but this container did not run PlaytchaInitializer, so these paths are NOT"
                                + " guarded; only filters that are declared guard, where they are mapped. Declare a filter for"
                                + " them, or let the container run ServletContainerInitializers");
            }
            if (settings.late().get(Setting.CALLBACK_PATH).isPresent()) {
                LOG.error(
                        "callback-path is set, but this container did not run PlaytchaInitializer, so callbacks are NOT"
                                + " accepted. Let the container run ServletContainerInitializers");
            }
            return publish(new ContextLifecycle(context, application, settings, Set.of(), true));
        } catch (Throwable e) {
            application.end();
            throw e;
        }
    }

    /** Makes an application available to its filters and its code. */
    static ContextLifecycle publish(ContextLifecycle holder) {
        ServletContext context = holder.context;
        holder.application.late().setName(context.getContextPath());
        context.setAttribute(LateResults.ATTRIBUTE, holder.application.late());
        context.setAttribute(PlaytchaGuards.ATTRIBUTE, holder.application);
        context.setAttribute(ATTRIBUTE, holder);
        return holder;
    }

    /** Throws an {@link IllegalStateException} after the context ended. */
    static void requireNotEnded(ServletContext context) {
        if (ENDED.contains(context)) {
            throw new IllegalStateException("the application has ended; nothing can be started in it");
        }
    }

    /** Removes the mark that a context ended, because it starts again. */
    static void begin(ServletContext context) {
        ENDED.remove(context);
    }

    /** Returns null where the initializer did not run. */
    static @Nullable ContextLifecycle find(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof ContextLifecycle holder ? holder : null;
    }

    /** Records that a filter guards paths of a context. */
    static void setFiltered(ServletContext context) {
        context.setAttribute(FILTERED, true);
    }

    /** Returns whether a filter guards paths of a context, so that its error pages may open one of them. */
    static boolean isFiltered(ServletContext context) {
        return context.getAttribute(FILTERED) != null;
    }

    boolean hasFailed() {
        return application.startupFailure() != null;
    }

    /** Returns null for a filter that was registered after the initializer ran. */
    @Nullable
    GuardSettings settingsOf(String filter) {
        return settings == null ? null : settings.allFilters().get(filter);
    }

    /** Releases the application for one filter. After the last one, everything is closed before this returns. */
    void release() {
        application.release();
        if (endsWithFilters && !application.isRunning()) {
            end();
        }
    }

    private void end() {
        context.removeAttribute(ATTRIBUTE);
        context.removeAttribute(FILTERED);
        context.removeAttribute(LateResults.ATTRIBUTE);
        context.removeAttribute(PlaytchaGuards.ATTRIBUTE);
        application.end();
    }

    /**
     * Adds the listener of an application unless it has one: containers accept no more of them once listeners run. It
     * starts an application whose framework has not started it by then.
     */
    static void addListener(ServletContext context, Runnable start) {
        if (context.getAttribute(LISTENER) == null) {
            Listener listener = new Listener(context, start);
            context.setAttribute(LISTENER, listener);
            context.addListener(listener);
        }
    }

    /** Starts an application and ends it with its context, which is the object that filters get. */
    private static final class Listener implements ServletContextListener {
        private final ServletContext context;
        private final Runnable start;

        Listener(ServletContext context, Runnable start) {
            this.context = context;
            this.start = start;
        }

        /** Starts during deployment, so that an error stops the deployment and not the first visitor. */
        @Override
        public void contextInitialized(ServletContextEvent event) {
            if (find(context) == null) {
                try {
                    start.run();
                } catch (RuntimeException problem) {
                    throw StartupFailure.report(LOG, problem);
                }
            }
            ContextLifecycle holder = find(context);
            if (holder != null) {
                try {
                    holder.checkMappings();
                    holder.start();
                } catch (RuntimeException | Error failure) {
                    // A container that continues answers 500.
                    holder.application.failStartup(failure);
                    throw StartupFailure.report(LOG, failure);
                }
            }
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            ContextLifecycle holder = find(context);
            context.removeAttribute(LISTENER);
            if (holder != null) {
                ENDED.add(context);
                holder.end();
            }
        }
    }

    /** Warns, once, of mappings that leave something open. */
    void checkMappings() {
        if (settings != null) {
            MappingChecks.run(context, settings);
        }
    }

    /** Named guards that only code could use: no warning, since that is not known before it runs. */
    private void logUnusedGuards() {
        if (settings == null || !annotated.isEmpty() || ServletSettings.framework(context) != null) {
            return;
        }
        Set<String> unused = new TreeSet<>(settings.guards().keySet());
        unused.remove(GuardSettings.DEFAULT_NAME);
        settings.allFilters().values().forEach(guard -> unused.remove(guard.name()));
        unused.removeIf(application.settings()::isUsed);
        if (!unused.isEmpty()) {
            LOG.info(
                    "No filter, url-patterns or injection uses guards {}: they guard nothing unless code calls"
                            + " PlaytchaGuards.verifier with their names",
                    unused);
        }
    }

    private void start() {
        // By now CDI has reported its uses too, whatever order the server starts in.
        if (application.settings().isInUse()) {
            application.start();
            // Repeated for servers whose CDI does not show libraries the event of a started servlet context.
            application.settings().logGuards();
            logUnusedGuards();
        } else if (ServletSettings.framework(context) != null) {
            LOG.debug("The framework creates the beans that use a verifier later, and warns if there is none");
        } else if (!FilterMappings.hasFilter(context)
                && (annotated.isEmpty()
                        || !ClassPresence.isPresent(
                                "jakarta.ws.rs.core.Feature", ServletSettings.classLoader(context)))) {
            LOG.warn(
                    "playtcha-jakarta is on the class path and guards nothing: declare {} in web.xml, set playtcha.url-patterns, or"
                            + " annotate a CDI bean or a Jakarta REST resource with @PlaytchaProtected",
                    ServletSettings.FILTER_CLASS);
        }
        // Otherwise resources are annotated, or code has registered a filter: they start later and log what they guard.
        AnnotationChecks.checkBeans(annotated, application::isNoBean, context);
        application.late().announce();
    }
}
