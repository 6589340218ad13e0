package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.config.ExternalConfig;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.late.callback.ResultCallbackServlet;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.util.ClassPresence;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.HandlesTypes;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the settings of every guard at deployment, and registers filters that settings alone ask for (contract,
 * sections 4 and 5). Not done in {@code Filter.init}, which some servers call as late as the first request, and then
 * continue when it fails.
 */
@HandlesTypes(PlaytchaProtected.class)
public final class PlaytchaInitializer implements ServletContainerInitializer {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaInitializer.class);

    private static final String SPRING_BOOT =
            "org.springframework.boot.web.servlet.support.SpringBootServletInitializer";

    /** Created by the container. */
    public PlaytchaInitializer() {}

    /** Throws after it registered a filter that answers 500 to everything, since some servers continue to deploy. */
    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) throws ServletException {
        ClassLoader classLoader = ServletSettings.classLoader(context);
        // This library's interceptor carries the annotation as its binding.
        boolean annotated = classes != null
                && classes.stream().anyMatch(each -> !each.getName().startsWith("com.playtcha.jakarta.internal.cdi."));
        Runnable start = () -> start(context, ApplicationRegistry.claim(classLoader), annotated);
        if (ContextLifecycle.in(context) != null) {
            return;
        }
        if (ClassPresence.isPresent(SPRING_BOOT, classLoader)) {
            // Spring starts in another initializer, before or after this one, and knows the settings of
            // application.yml.
            ContextLifecycle.addListener(context, start);
            return;
        }
        try {
            start.run();
        } catch (RuntimeException problem) {
            throw new ServletException(problem.getMessage(), problem);
        }
    }

    /**
     * Does the same for an application that a framework starts with a configuration of its own, and whose problems it
     * reports.
     *
     * @return the registration of the filter that precedes error pages
     * @throws PlaytchaConfigurationException with every problem
     */
    public static FilterRegistration.@Nullable Dynamic start(
            ServletContext context, PlaytchaApplication application, ExternalConfig framework) {
        context.setAttribute(ServletSettings.FRAMEWORK, framework);
        return start(context, application, false);
    }

    private static FilterRegistration.@Nullable Dynamic start(
            ServletContext context, PlaytchaApplication application, boolean annotated) {
        ContextLifecycle.begin(context);
        context.removeAttribute(ContextLifecycle.REFUSED);
        try {
            return guard(context, application, annotated);
        } catch (PlaytchaConfigurationException problems) {
            if (ServletSettings.framework(context) == null) {
                LOG.error("{}", problems.getMessage());
            }
            throw refused(context, application, problems);
        } catch (Throwable ours) {
            LOG.error("Playtcha cannot guard this application", ours);
            throw refused(
                    context, application, new IllegalStateException("Playtcha cannot guard this application", ours));
        }
    }

    private static FilterRegistration.@Nullable Dynamic guard(
            ServletContext context, PlaytchaApplication application, boolean annotated) {
        SettingsLoader loader = ServletSettings.loader(context);
        LoadedSettings settings =
                application.configure(uses -> loader.uses(uses).load());
        ContextLifecycle holder = new ContextLifecycle(context, application, settings, annotated);
        settings.filters().forEach((name, guard) -> announce(name, guard, "what it is mapped to"));
        settings.registrations().forEach((filter, guard) -> {
            register(context, filter, guard);
            announce(filter, guard, guard.urlPatterns() + " on dispatchers " + guard.dispatchers());
        });
        boolean guardsNothing = settings.filters().isEmpty()
                && settings.registrations().isEmpty()
                && ServletSettings.framework(context) == null;
        FilterRegistration.Dynamic errorPages =
                guardsNothing ? null : addFilter(context, "playtcha-error-page", EnumSet.of(DispatcherType.ERROR));
        application.late().setName(context.getContextPath());
        context.setAttribute(LateResults.ATTRIBUTE, application.late());
        context.setAttribute(PlaytchaGuards.ATTRIBUTE, application);
        String callbacks = settings.late().callbackPath();
        if (callbacks != null) {
            ResultCallbackServlet.register(
                    context, callbacks, settings.late().callbackKey(), application.late()::inbox);
        }
        context.setAttribute(ContextLifecycle.ATTRIBUTE, holder);
        ContextLifecycle.addListener(context, () -> {});
        return errorPages;
    }

    private static void register(ServletContext context, String name, GuardSettings guard) {
        // The name is free: the settings were checked against the filters of the context.
        FilterRegistration.Dynamic filter = context.addFilter(name, new PlaytchaFilter());
        filter.setAsyncSupported(true);
        EnumSet<DispatcherType> dispatchers = EnumSet.noneOf(DispatcherType.class);
        guard.dispatchers().forEach(dispatcher -> dispatchers.add(DispatcherType.valueOf(dispatcher)));
        filter.addMappingForUrlPatterns(dispatchers, false, guard.urlPatterns().toArray(String[]::new));
    }

    private static void announce(String filter, GuardSettings guard, String mappings) {
        LOG.info("Filter {} guards {} as \"{}\": {}", filter, mappings, guard.name(), guard.describe());
    }

    private static RuntimeException refused(
            ServletContext context, PlaytchaApplication application, RuntimeException cause) {
        application.refuse(cause);
        context.setAttribute(ContextLifecycle.REFUSED, true);
        try {
            addFilter(context, "playtcha-refusing", EnumSet.complementOf(EnumSet.of(DispatcherType.ERROR)));
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        return cause;
    }

    /** Adds a filter that does not guard in front of all others, under an unused name. */
    private static FilterRegistration.@Nullable Dynamic addFilter(
            ServletContext context, String name, EnumSet<DispatcherType> dispatchers) {
        FilterRegistration.Dynamic filter = null;
        for (int i = 0; filter == null && i < 100; i++) {
            filter = context.addFilter(name + (i == 0 ? "" : "-" + i), new VerificationFilter(false));
        }
        if (filter != null) {
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(dispatchers, false, "/*");
        }
        return filter;
    }
}
