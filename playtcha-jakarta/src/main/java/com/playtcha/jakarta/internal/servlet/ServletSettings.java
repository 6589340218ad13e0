package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.ExternalConfig;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Passes init-params and context-params to the settings' loader. Public for the bridge to CDI only. */
public final class ServletSettings {
    /** The attribute with the {@link ExternalConfig} of the framework that starts the application. */
    static final String FRAMEWORK = ExternalConfig.class.getName();

    /** A name, as in web.xml, because the public filter uses this package. */
    static final String FILTER_CLASS = "com.playtcha.jakarta.servlet.PlaytchaFilter";

    /** The init-param of filters that registered themselves: Jetty keeps them when it starts a context again. */
    static final String SELF_REGISTERED = "playtcha.self-registered";

    private ServletSettings() {}

    static @Nullable ExternalConfig framework(ServletContext context) {
        return context.getAttribute(FRAMEWORK) instanceof ExternalConfig config ? config : null;
    }

    /** A loader for the whole application. Called before this library registers filters of its own. */
    static SettingsLoader loader(ServletContext context) {
        ClassLoader classes = classLoader(context);
        Map<String, FilterRegistration> declared = new HashMap<>(context.getFilterRegistrations());
        declared.values().removeIf(filter -> filter.getInitParameter(SELF_REGISTERED) != null);
        SettingsLoader loader = withoutFilters(context).takenFilterNames(Set.copyOf(declared.keySet()));
        for (FilterRegistration filter : declared.values()) {
            if (isOurs(filter.getClassName(), classes)) {
                loader.filter(filter.getName(), filter.getInitParameters())
                        .mappings(filter.getName(), FilterMappings.patterns(filter));
            }
        }
        return loader.formLoginServer(formLoginServer(context));
    }

    /** Returns the name of a server that answers {@code j_security_check} before it runs filters; null for Open Liberty. */
    static @Nullable String formLoginServer(ServletContext context) {
        String server = String.valueOf(context.getServerInfo());
        return server.contains("Liberty") ? null : server;
    }

    /** Loads the settings of one filter that the initializer did not see. */
    static LoadedSettings load(FilterConfig filter) {
        ServletContext context = filter.getServletContext();
        String name = filter.getFilterName();
        return load(
                context,
                name,
                params(filter.getInitParameterNames(), filter::getInitParameter),
                context.getFilterRegistration(name));
    }

    /**
     * Checks whether a filter guards a form login, where that is a problem. Jetty does not know the mappings of web.xml yet
     * when it runs the initializer.
     *
     * @throws com.playtcha.jakarta.PlaytchaConfigurationException if it does
     */
    static void checkFormLogin(FilterConfig filter) {
        ServletContext context = filter.getServletContext();
        FilterRegistration registration = context.getFilterRegistration(filter.getFilterName());
        if (registration != null
                && formLoginServer(context) != null
                && FilterMappings.patterns(registration).stream().anyMatch(SettingsLoader::isFormLogin)) {
            load(filter);
        }
    }

    private static LoadedSettings load(
            ServletContext context,
            String name,
            Map<String, String> params,
            @Nullable FilterRegistration registration) {
        SettingsLoader loader = withoutFilters(context).filter(name, params).formLoginServer(formLoginServer(context));
        return registration == null
                ? loader.load()
                : loader.mappings(name, FilterMappings.patterns(registration)).load();
    }

    /** Checks the settings of filters that were registered after the application's settings were loaded. */
    static void checkLaterFilters(ServletContext context, ContextLifecycle started) {
        for (FilterRegistration filter : context.getFilterRegistrations().values()) {
            String name = filter.getName();
            if (isOurs(filter.getClassName(), classLoader(context)) && started.settingsOf(name) == null) {
                load(context, name, filter.getInitParameters(), filter);
            }
        }
    }

    /** A loader for a context for which the initializer did not run. */
    public static SettingsLoader withoutFilters(ServletContext context) {
        return new SettingsLoader()
                .framework(framework(context))
                .contextParams(params(context.getInitParameterNames(), context::getInitParameter))
                .classLoader(classLoader(context));
    }

    private static Map<String, String> params(Enumeration<String> names, UnaryOperator<String> valueOf) {
        // Without a value where web.xml has none, which may be that of another library.
        return Collections.list(names).stream()
                .filter(name -> valueOf.apply(name) != null)
                .collect(Collectors.toMap(name -> name, valueOf));
    }

    static boolean isOurs(@Nullable String className, ClassLoader classes) {
        try {
            Class<?> type = className == null || className.equals(FILTER_CLASS)
                    ? null
                    : Class.forName(className, false, classes);
            while (type != null && !type.getName().equals(FILTER_CLASS)) {
                type = type.getSuperclass();
            }
            return type != null || FILTER_CLASS.equals(className);
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Returns the application's class loader; an embedded container may have set none. */
    static ClassLoader classLoader(ServletContext context) {
        ClassLoader classes = context.getClassLoader();
        if (classes == null) {
            classes = Thread.currentThread().getContextClassLoader();
        }
        return classes == null ? ServletSettings.class.getClassLoader() : classes;
    }
}
