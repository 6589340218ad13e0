package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.cdi.EventForwarder;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.config.SettingsLoader.CodeUse;
import com.playtcha.jakarta.internal.runtime.ApplicationBeans;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.NamedVerifier;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Owns the guards of a Spring application and connects them with its beans and events. Registers everything that the
 * initializer does, which Spring Boot's embedded containers do not run. It is a filter's registration to have a place among
 * those: after Boot's own for error pages and observation, before Spring Security's. Thread-safe.
 */
final class SpringApplicationGuards extends FilterRegistrationBean<Filter>
        implements SmartInitializingSingleton,
                ApplicationListener<ApplicationReadyEvent>,
                DisposableBean,
                ApplicationBeans {
    static final String BEAN = "playtchaApplication";

    private static final Logger LOG = LoggerFactory.getLogger(SpringApplicationGuards.class);

    private final ConfigurableListableBeanFactory beans;
    private final SpringSettings settings;
    final PlaytchaApplication application;

    SpringApplicationGuards(ConfigurableApplicationContext context) {
        setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        // Used by MockMvc only, which has no container.
        setFilter((request, response, chain) -> chain.doFilter(request, response));
        beans = context.getBeanFactory();
        settings = new SpringSettings(context.getEnvironment());
        // Null only before the context is refreshed.
        ClassLoader classes = Objects.requireNonNull(context.getClassLoader());
        application = ApplicationRegistry.claim(classes);
        // For code that asks for a verifier before the servlet context starts, or where there is none, as in a mock.
        application.setDefaultLoader(uses -> new SettingsLoader()
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
    }

    @Override
    protected FilterRegistration.@Nullable Dynamic addRegistration(String description, ServletContext context) {
        return PlaytchaInitializer.start(context, application, settings);
    }

    /** Does nothing: the initializer has configured what it registered. */
    @Override
    protected void configure(FilterRegistration.Dynamic registration) {}

    /** Returns a verifier for a bean that injects it, which makes the guard's settings required. */
    PlaytchaVerifier verifier(String guard) {
        application.use(Set.of(new CodeUse(guard, "an injected PlaytchaVerifier")));
        return new NamedVerifier(guard, application);
    }

    @Override
    public <T> @Nullable T find(Class<T> type) {
        return beans.getBeanProvider(type).getIfUnique();
    }

    private @Nullable Object dataSource(String name) {
        beans.registerDependentBean(name, BEAN);
        return beans.containsBean(name) ? beans.getBean(name) : null;
    }

    @Override
    public @Nullable LateResultHandler handler() {
        for (String name : beans.getBeanNamesForType(LateResultHandler.class)) {
            // The engine ends before the bean is destroyed.
            beans.registerDependentBean(name, BEAN);
        }
        return beans.getBeanProvider(LateResultHandler.class).getIfAvailable();
    }

    @Override
    public void afterSingletonsInstantiated() {
        beans.getBeanProvider(VerificationListener.class).orderedStream().forEach(application::addListener);
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        application.announce();
        if (!application.guardsSomething() && !application.isRunning()) {
            LOG.warn("playtcha-jakarta guards nothing: set playtcha.url-patterns, or inject a PlaytchaVerifier");
        }
    }

    @Override
    public void destroy() {
        application.end();
    }
}
