package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.config.GuardSettings;
import com.playtcha.jakarta.config.LoadedSettings;
import com.playtcha.jakarta.config.Registration;
import com.playtcha.jakarta.runtime.PlaytchaRuntime;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One application's {@link PlaytchaRuntime}, shared by its filters and kept in an attribute of the servlet context. It
 * runs while a filter uses it: the last one's {@code destroy()} closes it. The context's end does so too, for filters
 * that were never destroyed. Thread-safe.
 */
final class RuntimeHolder implements ServletContextListener {
    static final String ATTRIBUTE = RuntimeHolder.class.getName();
    /** Set where the settings were found wrong, on servers that go on deploying. */
    static final String REFUSED = ATTRIBUTE + ".refused";

    private final Map<String, GuardSettings> byFilter;
    private final Collection<GuardSettings> guards;
    private @Nullable PlaytchaRuntime runtime;
    private int users;

    private RuntimeHolder(Map<String, GuardSettings> byFilter, Collection<GuardSettings> guards) {
        this.byFilter = byFilter;
        this.guards = guards;
    }

    /**
     * For all filters of an application.
     *
     * @param settings that were found valid
     * @return a holder that runs nothing yet
     */
    static RuntimeHolder ofAll(LoadedSettings settings) {
        Map<String, GuardSettings> byFilter = new LinkedHashMap<>(settings.filters());
        for (Registration registration : settings.registrations()) {
            byFilter.put(registration.filterName(), registration.guard());
        }
        // A filter with init-params of its own is a guard that the declared ones do not contain.
        List<GuardSettings> guards = new ArrayList<>(settings.guards().values());
        guards.addAll(byFilter.values());
        return new RuntimeHolder(byFilter, guards);
    }

    /**
     * For filters that no initializer saw: the application's holder, made when there is none yet, so that they share what
     * filters share.
     *
     * @param context of the application
     * @return a holder that starts guards as they are asked for
     */
    static RuntimeHolder onDemand(ServletContext context) {
        RuntimeHolder holder = in(context);
        if (holder == null) {
            holder = new RuntimeHolder(Map.of(), List.of());
            context.setAttribute(ATTRIBUTE, holder);
        }
        return holder;
    }

    /**
     * The application's holder.
     *
     * @param context of the application
     * @return null where the initializer did not run, or found nothing to guard
     */
    static @Nullable RuntimeHolder in(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof RuntimeHolder holder ? holder : null;
    }

    /**
     * What a filter was declared with.
     *
     * @param filterName its name
     * @return null for a filter that was registered later
     */
    @Nullable
    GuardSettings settings(String filterName) {
        return byFilter.get(filterName);
    }

    /** Starts the runtime unless it runs, and counts one more user, who calls {@link #release()} in the end. */
    synchronized PlaytchaRuntime acquire() {
        PlaytchaRuntime running = start();
        users++;
        return running;
    }

    /** Counts one user less. After the last one everything is closed before this returns. */
    synchronized void release() {
        users--;
        if (users <= 0) {
            close();
        }
    }

    /** Starts early, so that what cannot start stops the deployment, not the first visitor. */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        start();
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // A context that is started again is looked at again.
        event.getServletContext().removeAttribute(ATTRIBUTE);
        close();
    }

    private synchronized PlaytchaRuntime start() {
        if (runtime == null) {
            runtime = PlaytchaRuntime.start(guards);
        }
        return runtime;
    }

    private synchronized void close() {
        users = 0;
        PlaytchaRuntime running = runtime;
        runtime = null;
        if (running != null) {
            running.close();
        }
    }
}
