package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.config.ExternalConfig;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.late.callback.ResultCallbackServlet;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.HandlesTypes;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
        Set<Class<?>> annotated = classes == null
                ? Set.of()
                : classes.stream()
                        .filter(each -> !each.getName().startsWith("com.playtcha.jakarta.internal.cdi."))
                        .collect(Collectors.toSet());
        Runnable start = () -> start(context, ApplicationRegistry.bind(classLoader), annotated, filter -> false);
        if (ContextLifecycle.find(context) != null) {
            return;
        }
        if (ClassPresence.isPresent(SPRING_BOOT, classLoader)) {
            // Spring starts in another initializer, before or after this one, and knows the settings of
            // application.yml.
            ContextLifecycle.addListener(context, start);
            return;
        }
        AnnotationChecks.checkFound(annotated, classLoader);
        try {
            start.run();
        } catch (RuntimeException problem) {
            throw new ServletException(StartupFailure.report(LOG, problem));
        }
    }

    /**
     * Does the same for an application that a framework starts with a configuration of its own, and whose problems it
     * reports.
     *
     * @param isRegisteredByFramework whether {@link #register} will be called for a filter with url-patterns
     * @return the registration of the filter that precedes those of web.xml
     * @throws PlaytchaConfigurationException with every problem
     */
    public static FilterRegistration.@Nullable Dynamic start(
            ServletContext context,
            PlaytchaApplication application,
            ExternalConfig framework,
            Predicate<String> isRegisteredByFramework) {
        context.setAttribute(ServletSettings.FRAMEWORK, framework);
        return start(context, application, Set.of(), isRegisteredByFramework);
    }

    /** Registers one filter with url-patterns, for a framework, which knows its place among others. */
    public static FilterRegistration.@Nullable Dynamic register(
            ServletContext context, PlaytchaApplication application, String filter) {
        GuardSettings guard = application.settings().get().registrations().get(filter);
        return guard == null ? null : register(context, filter, guard);
    }

    /**
     * Checks filters that the application registered after {@link #start}, for a framework whose report of a failed start
     * has what this throws, and not what {@code Filter.init} throws.
     *
     * @throws PlaytchaConfigurationException with every problem of the first wrong filter
     */
    public static void checkLaterFilters(ServletContext context) {
        ContextLifecycle started = ContextLifecycle.find(context);
        if (started != null && !started.hasFailed()) {
            try {
                ServletSettings.checkLaterFilters(context, started);
            } catch (PlaytchaConfigurationException problems) {
                throw failed(context, started.application(), problems);
            }
        }
    }

    /**
     * Warns of patterns that nothing answers, where a filter or servlet of a framework might have answered them.
     *
     * @param answering whether each of those answers a path, by its name
     * @param guarded the paths of the framework's own guards, by the names of these
     */
    public static void checkAnsweredBehind(
            Map<String, Predicate<String>> answering, Map<String, Set<String>> guarded, ServletContext context) {
        ContextLifecycle started = ContextLifecycle.find(context);
        LoadedSettings settings = started == null ? null : started.settings();
        if (settings != null) {
            try {
                MappingChecks.checkAnsweredBehind(answering, guarded, context, settings);
            } catch (RuntimeException notShownNow) {
                LOG.debug("The mappings cannot be checked now", notShownNow);
            }
        }
    }

    /** Returns which paths filters of this library guard; null where the context does not show it. */
    public static @Nullable Predicate<String> guardedPaths(ServletContext context) {
        ContextLifecycle started = ContextLifecycle.find(context);
        LoadedSettings settings = started == null ? null : started.settings();
        try {
            return settings == null ? null : new FilterMappings(context, settings)::covers;
        } catch (RuntimeException notShownNow) {
            LOG.debug("The mappings cannot be checked now", notShownNow);
            return null;
        }
    }

    /** Returns the patterns of a filter that registers itself. */
    public static Set<String> patterns(GuardSettings guard) {
        return FilterMappings.withTrailingSlashes(guard.get(Setting.URL_PATTERNS));
    }

    /** Returns the dispatcher types of a filter that registers itself. */
    public static EnumSet<DispatcherType> dispatchers(GuardSettings guard) {
        return guard.get(Setting.DISPATCHERS).stream()
                .map(DispatcherType::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(DispatcherType.class)));
    }

    /** Makes an application that Spring has started available in a context without a container, as tests have. */
    public static void attach(ServletContext context, PlaytchaApplication application) {
        if (ContextLifecycle.find(context) == null) {
            ContextLifecycle.begin(context);
            ContextLifecycle.publish(new ContextLifecycle(
                    context, application, application.settings().get(), Set.of(), false));
        }
    }

    private static FilterRegistration.@Nullable Dynamic start(
            ServletContext context,
            PlaytchaApplication application,
            Set<Class<?>> annotated,
            Predicate<String> isRegisteredByFramework) {
        ContextLifecycle.begin(context);
        try {
            return guard(context, application, annotated, isRegisteredByFramework);
        } catch (PlaytchaConfigurationException problems) {
            throw failed(context, application, problems);
        } catch (Throwable ours) {
            throw failed(
                    context, application, new IllegalStateException("Playtcha cannot guard this application", ours));
        }
    }

    private static FilterRegistration.@Nullable Dynamic guard(
            ServletContext context,
            PlaytchaApplication application,
            Set<Class<?>> annotated,
            Predicate<String> isRegisteredByFramework) {
        SettingsLoader loader = ServletSettings.loader(context);
        LoadedSettings settings =
                application.configure(uses -> loader.uses(uses).load());
        MappingChecks.logFilters(context, settings, false);
        settings.registrations().forEach((filter, guard) -> {
            if (!isRegisteredByFramework.test(filter)) {
                register(context, filter, guard);
            }
        });
        if (!settings.allFilters().isEmpty() || ServletSettings.framework(context) != null) {
            ContextLifecycle.setFiltered(context);
        }
        // Also where nothing is guarded yet: the application may register a filter after this.
        FilterRegistration.Dynamic errorPages =
                addFilter(context, "playtcha-error-page", EnumSet.of(DispatcherType.ERROR, DispatcherType.REQUEST));
        ContextLifecycle.publish(new ContextLifecycle(context, application, settings, annotated, false));
        settings.late()
                .get(Setting.CALLBACK_PATH)
                .ifPresent(path -> ResultCallbackServlet.register(
                        context,
                        path,
                        settings.late()
                                .callbackKeys()
                                .map(keys -> (Supplier<String>) keys::latest)
                                .orElse(null),
                        application.late()::inbox));
        ContextLifecycle.addListener(context, () -> {});
        return errorPages;
    }

    private static FilterRegistration.@Nullable Dynamic register(
            ServletContext context, String name, GuardSettings guard) {
        // The name is free, since the settings were checked against the filters of the context; or Jetty has kept the
        // filter, when it starts a context again.
        FilterRegistration.Dynamic added = context.addFilter(name, ServletSettings.FILTER_CLASS);
        FilterRegistration filter = added == null ? context.getFilterRegistration(name) : added;
        if (added != null) {
            added.setAsyncSupported(true);
            added.setInitParameter(ServletSettings.SELF_REGISTERED, "true");
        }
        Set<String> patterns = new LinkedHashSet<>(patterns(guard));
        patterns.removeAll(FilterMappings.patterns(filter));
        if (!patterns.isEmpty()) {
            filter.addMappingForUrlPatterns(dispatchers(guard), false, patterns.toArray(String[]::new));
        }
        LOG.info(
                "Filter {} guards {} on dispatchers {} as \"{}\": {}",
                name,
                FilterMappings.describe(filter),
                guard.get(Setting.DISPATCHERS),
                guard.name(),
                guard.describe());
        return added;
    }

    private static RuntimeException failed(
            ServletContext context, PlaytchaApplication application, RuntimeException cause) {
        application.failStartup(cause);
        context.setAttribute(
                ContextLifecycle.ATTRIBUTE, new ContextLifecycle(context, application, null, Set.of(), false));
        try {
            addFilter(context, "playtcha-refusing", EnumSet.allOf(DispatcherType.class));
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        return cause;
    }

    /** Adds a filter in front of those of web.xml; returns null where Jetty has kept it from an earlier start. */
    private static FilterRegistration.@Nullable Dynamic addFilter(
            ServletContext context, String name, EnumSet<DispatcherType> dispatchers) {
        // By its class: Jetty would keep an object, and with it the class loader, when it starts a context again.
        FilterRegistration.Dynamic filter = context.addFilter(name, StandbyFilter.class);
        if (filter != null) {
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(dispatchers, false, "/*");
        }
        return filter;
    }
}
