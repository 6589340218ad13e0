package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.Failures;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.runtime.ApplicationBeans;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.EventForwarder;
import com.playtcha.jakarta.internal.runtime.NamedVerifier;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.servlet.HandlerBodyFilter;
import com.playtcha.jakarta.internal.servlet.HandlerGuard;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.jndi.JndiLocatorDelegate;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Owns the guards of a Spring application and connects them with its beans and events. Does what the initializer does,
 * which Spring Boot's embedded containers do not run: as a filter's registration, and the first, it precedes all others.
 * Thread-safe. Public for the configurer of Spring Security only.
 */
public final class SpringApplicationGuards extends FilterRegistrationBean<Filter>
        implements SmartInitializingSingleton,
                ApplicationListener<ApplicationReadyEvent>,
                DisposableBean,
                ApplicationBeans {
    static final String BEAN = "playtchaApplication";

    /** Begins the names of the beans that register filters of {@code url-patterns}. */
    public static final String FILTER_BEAN = "playtchaFilter:";

    private static final Logger LOG = LoggerFactory.getLogger(SpringApplicationGuards.class);

    private final ConfigurableListableBeanFactory beans;
    private final SpringSettings settings;
    private final Set<ServletContext> startedIn = Collections.newSetFromMap(new WeakHashMap<>());
    final PlaytchaApplication application;
    private volatile Set<Method> handled = Set.of();

    SpringApplicationGuards(ConfigurableApplicationContext context) {
        setOrder(Ordered.HIGHEST_PRECEDENCE);
        // Used by MockMvc only, which has no container.
        setFilter((request, response, chain) -> chain.doFilter(request, response));
        beans = context.getBeanFactory();
        settings = new SpringSettings(context.getEnvironment());
        // Null only before the context is refreshed.
        ClassLoader classes = Objects.requireNonNull(context.getClassLoader());
        application = ApplicationRegistry.bind(classes);
        // For code that asks for a verifier before the servlet context starts, or where there is none, as in a mock.
        application
                .settings()
                .setLoader(uses -> new SettingsLoader()
                        .framework(settings)
                        .classLoader(classes)
                        .uses(uses)
                        .load());
        EventForwarder events = new EventForwarder(context::publishEvent);
        application.addListener(events);
        application.late().addListener(events);
        application.setBeans(this);
        application.setReadinessChecked();
        application.late().setDataSources(this::dataSource);
        application.late().setTitle(context.getEnvironment().getProperty("spring.application.name", ""));
    }

    @Override
    protected FilterRegistration.@Nullable Dynamic addRegistration(String description, ServletContext context) {
        return startIn(context);
    }

    /** Starts the application unless it has been, and returns the registration of its filter for error pages, if any. */
    FilterRegistration.@Nullable Dynamic startIn(ServletContext context) {
        if (!startedIn.add(context)) {
            return null;
        }
        return PlaytchaInitializer.start(
                context, application, settings, filter -> beans.containsBean(GuardBeans.filterBean(filter)));
    }

    /** Returns what registers the filter of a guard with {@code url-patterns}. */
    GuardRegistration registration(String filter, String guard) {
        int order = settings.text(guard, Setting.FILTER_ORDER)
                // A wrong value is reported with all other problems.
                .filter(text -> text.matches("-?[0-9]{1,10}"))
                .map(Long::parseLong)
                .map(Long::intValue)
                .orElse(Ordered.HIGHEST_PRECEDENCE + 10);
        return new GuardRegistration(this, filter, order);
    }

    /** Returns what lets handlers read a JSON body that their guards have read. */
    FilterRegistrationBean<Filter> handlerBodies() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(new HandlerBodyFilter());
        filter.setName("playtcha-handler-body");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        filter.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        return filter;
    }

    /** Does nothing: the initializer has configured what it registered. */
    @Override
    protected void configure(FilterRegistration.Dynamic registration) {}

    /** Returns a guard for the requests of a chain of Spring Security, whose settings are required from now on. */
    public HandlerGuard guard(String guard, boolean everyMethod) {
        application.settings().register(Set.of(new UsageSite(guard, "PlaytchaConfigurer")));
        application.settings().get();
        return new HandlerGuard(application, guard, everyMethod, false);
    }

    /** Returns the failures of the application. */
    public Failures failures() {
        return application.failures();
    }

    /** Returns whether a guard requires a token after failures only. */
    public boolean countsFailures() {
        return application.settings().get().guards().values().stream()
                .anyMatch(guard -> guard.get(Setting.AFTER_FAILURES) > 0);
    }

    /** Returns a verifier for a bean that injects it, which makes the guard's settings required. */
    PlaytchaVerifier verifier(String guard) {
        application.settings().register(Set.of(new UsageSite(guard, "an injected PlaytchaVerifier")));
        return new NamedVerifier(guard, application);
    }

    @Override
    public <T> @Nullable T find(Class<T> type) {
        return beans.getBeanProvider(type).getIfUnique();
    }

    @Override
    public <T> List<T> findAll(Class<T> type) {
        return beans.getBeanProvider(type).orderedStream().toList();
    }

    /** Returns a bean, or null where the name is one of the server's JNDI, which embedded servers seldom have. */
    private @Nullable Object dataSource(String name) {
        if (beans.containsBean(name)) {
            beans.registerDependentBean(name, BEAN);
            return beans.getBean(name);
        }
        if (JndiLocatorDelegate.isDefaultJndiEnvironmentAvailable()) {
            return null;
        }
        String origin = settings.find("playtcha." + Setting.LATE_DATASOURCE).stream()
                .findFirst()
                .map(value -> " from " + value.origin())
                .orElse("");
        throw new PlaytchaConfigurationException(List.of(Setting.LATE_DATASOURCE + " = \"" + name + "\"" + origin
                + ": no bean has this name, and there is no JNDI; allowed is the name of a DataSource bean"));
    }

    @Override
    public @Nullable LateResultHandler handler() {
        for (String name : beans.getBeanNamesForType(LateResultHandler.class)) {
            // The engine ends before the bean is destroyed.
            beans.registerDependentBean(name, BEAN);
        }
        try {
            return beans.getBeanProvider(LateResultHandler.class).getIfAvailable();
        } catch (NoUniqueBeanDefinitionException several) {
            String names = Objects.requireNonNull(several.getBeanNamesFound()).stream()
                    .map(name -> name + " ("
                            + Objects.requireNonNull(beans.getType(name)).getName() + ")")
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new PlaytchaConfigurationException(
                    List.of("more than one Spring bean is a LateResultHandler, and an application has one: " + names
                            + "; leave one, or make one @Primary"));
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        beans.getBeanProvider(VerificationListener.class).orderedStream().forEach(application::addListener);
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        application.settings().logGuards();
        warnOfAnnotations();
        check(() -> warnOfUnansweredPatterns(ready.getApplicationContext()));
        if (!application.settings().isInUse() && !application.isRunning()) {
            LOG.warn("playtcha-jakarta guards nothing: set playtcha.url-patterns, or inject a PlaytchaVerifier");
        }
    }

    /** Runs a check that only warns: what it asks of the application's beans may fail, and the start must not. */
    public static void check(Runnable check) {
        try {
            check.run();
        } catch (RuntimeException | LinkageError notShownNow) {
            LOG.debug("The paths cannot be checked now", notShownNow);
        }
    }

    /** The filter of Spring Security and the servlet of Spring MVC get every path, and answer some. */
    private void warnOfUnansweredPatterns(ConfigurableApplicationContext started) {
        ServletContext context = started instanceof WebApplicationContext web ? web.getServletContext() : null;
        if (context != null && started.getBeanFactory() == beans) {
            List<AnsweredPaths> answering =
                    beans.getBeanProvider(AnsweredPaths.class).stream().toList();
            Map<String, Set<String>> guarded = new LinkedHashMap<>();
            answering.forEach(each -> guarded.putAll(each.guardedPaths()));
            PlaytchaInitializer.checkAnsweredBehind(
                    answering.stream()
                            .collect(Collectors.toMap(
                                    AnsweredPaths::name, each -> path -> each.mayAnswer(path, context))),
                    guarded,
                    context);
        }
    }

    /** Sets the methods that Spring MVC calls, whose annotations have an effect. */
    void setHandled(Set<Method> methods) {
        handled = methods;
    }

    /** Spring calls its other beans without this library's interceptor, which is CDI's. */
    private void warnOfAnnotations() {
        Stream.of(beans.getBeanDefinitionNames())
                .map(name -> targetType(beans, name))
                .filter(Objects::nonNull)
                .map(ClassUtils::getUserClass)
                .distinct()
                .filter(type -> GuardAnnotations.isGuarded(type) && !GuardAnnotations.isResource(type))
                .forEach(type -> {
                    List<Method> methods = GuardAnnotations.methods(type).toList();
                    if (methods.stream().noneMatch(handled::contains)) {
                        warn(type.getName());
                    } else {
                        methods.stream()
                                .filter(method -> GuardAnnotations.on(method) != null && !handled.contains(method))
                                .forEach(method ->
                                        warn(method.getDeclaringClass().getName() + "." + method.getName()));
                    }
                });
    }

    /** Returns the type of a bean, and not that of a proxy of its interfaces. */
    static @Nullable Class<?> targetType(ConfigurableListableBeanFactory beans, String name) {
        Class<?> type = beans.getType(name, false);
        return type != null && Proxy.isProxyClass(type) ? AutoProxyUtils.determineTargetClass(beans, name) : type;
    }

    private static void warn(String annotated) {
        LOG.warn(
                "@PlaytchaProtected on {} has no effect: Spring MVC does not call it as a handler of requests, and other"
                        + " beans are not guarded. Guard its paths with playtcha.url-patterns, or call an injected"
                        + " PlaytchaVerifier",
                annotated);
    }

    @Override
    public void destroy() {
        application.end();
    }
}
