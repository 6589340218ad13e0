package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet context's {@link PlaytchaApplication}, kept in an attribute. It runs while a filter uses it: the last one's
 * {@code destroy()} closes it. The context's end does so too, for filters that were never destroyed and for what else
 * uses it. Thread-safe.
 */
final class ContextLifecycle implements ServletContextListener {
    static final String ATTRIBUTE = ContextLifecycle.class.getName();
    /** Set where the settings were found wrong, on servers that go on deploying. */
    static final String REFUSED = ATTRIBUTE + ".refused";

    private static final Logger LOG = LoggerFactory.getLogger(ContextLifecycle.class);

    /**
     * Contexts that ended. A server may initialise a filter after that, for a request that was under way: nobody would
     * tell such a filter when to stop. Not an attribute, since servers clear those.
     */
    private static final Set<ServletContext> ENDED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** As filters see it; Tomcat shows listeners another object. */
    private final ServletContext context;

    private final PlaytchaApplication application;
    private final Map<String, GuardSettings> byFilter = new LinkedHashMap<>();

    private final boolean annotated;

    private ContextLifecycle(ServletContext context, PlaytchaApplication application, boolean annotated) {
        this.context = context;
        this.application = application;
        this.annotated = annotated;
    }

    /**
     * For an application whose settings are known.
     *
     * @param context of the application
     * @param application of the context
     * @param settings that were found valid
     * @param annotated whether a class of the application's is annotated as guarded
     * @return a holder that runs nothing yet
     */
    static ContextLifecycle of(
            ServletContext context, PlaytchaApplication application, LoadedSettings settings, boolean annotated) {
        ContextLifecycle holder = new ContextLifecycle(context, application, annotated);
        holder.byFilter.putAll(settings.filters());
        holder.byFilter.putAll(settings.registrations());
        return holder;
    }

    /**
     * For filters that no initializer saw: the application's holder, made when there is none yet, so that they share what
     * filters share.
     *
     * @param context of the application
     * @return a holder that starts guards as they are asked for
     * @throws IllegalStateException after the application ended
     */
    static ContextLifecycle onDemand(ServletContext context) {
        ContextLifecycle holder = in(context);
        if (holder == null) {
            requireNotEnded(context);
            holder = new ContextLifecycle(
                    context, PlaytchaApplication.claim(ServletSettings.classLoader(context)), false);
            context.setAttribute(ATTRIBUTE, holder);
        }
        return holder;
    }

    /**
     * Refuses what comes too late.
     *
     * @param context of the application
     * @throws IllegalStateException after the application ended
     */
    static void requireNotEnded(ServletContext context) {
        if (ENDED.contains(context)) {
            throw new IllegalStateException("the application has ended, and nothing starts in it any more");
        }
    }

    /**
     * A context that is started again is looked at again.
     *
     * @param context of the application
     */
    static void begin(ServletContext context) {
        ENDED.remove(context);
    }

    /**
     * The application's holder.
     *
     * @param context of the application
     * @return null where the initializer did not run
     */
    static @Nullable ContextLifecycle in(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof ContextLifecycle holder ? holder : null;
    }

    /**
     * What a filter was declared with.
     *
     * @param filterName its name
     * @return null for a filter that was registered later
     */
    @Nullable
    public GuardSettings settings(String filterName) {
        return byFilter.get(filterName);
    }

    /**
     * Starts the runtime unless it runs, and counts one more user, who calls {@link #release()} in the end; one that
     * fails does not.
     */
    <T> T acquire(Function<PlaytchaRuntime, T> user) {
        return application.acquire(user);
    }

    /** Counts one user less. After the last one everything is closed before this returns. */
    void release() {
        application.release();
    }

    /** Starts early, so that what cannot start stops the deployment, not the first visitor. */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        boolean started = false;
        try {
            start(event.getServletContext());
            application.late().announce();
            started = true;
        } finally {
            if (!started) {
                // A container need not tell of the end of a context that did not start; one that goes on denies.
                application.end();
            }
        }
    }

    private void start(ServletContext context) {
        // By now CDI has said what uses it, too, in whatever order the server starts things.
        if (application.guardsSomething()) {
            application.start();
            // Again where CDI has no event for the start of a servlet context that it shows to libraries.
            application.announce();
        } else if (!annotated) {
            LOG.warn(
                    "playtcha-jakarta is here and guards nothing: declare {} in web.xml, set playtcha.url-patterns, or"
                            + " annotate a bean or resource with @PlaytchaProtected",
                    PlaytchaFilter.class.getName());
        } else if (!hasRest(context)) {
            LOG.warn(
                    "playtcha-jakarta is here and guards nothing: classes are annotated with @PlaytchaProtected, but they"
                            + " are no beans, and there is no Jakarta REST");
        }
        // Else resources are annotated: Jakarta REST starts after this, and says what it guards.
    }

    private static boolean hasRest(ServletContext context) {
        try {
            Class.forName("jakarta.ws.rs.core.Feature", false, ServletSettings.classLoader(context));
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        ENDED.add(context);
        event.getServletContext().removeAttribute(ATTRIBUTE);
        event.getServletContext().removeAttribute(LateResults.ATTRIBUTE);
        application.end();
    }
}
