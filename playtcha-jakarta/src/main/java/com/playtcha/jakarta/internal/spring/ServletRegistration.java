package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;

/**
 * Registers everything that the initializer does, which Spring Boot's embedded containers do not run. It is a filter's
 * registration to have a place among those: after Boot's own for error pages and observation, before Spring Security's.
 */
final class ServletRegistration extends FilterRegistrationBean<Filter> {
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    private final SpringApplicationGuards guards;

    ServletRegistration(SpringApplicationGuards guards) {
        this.guards = guards;
        setOrder(ORDER);
        // Used by MockMvc only, which has no container.
        setFilter((request, response, chain) -> chain.doFilter(request, response));
    }

    @Override
    protected String getDescription() {
        return "Playtcha";
    }

    @Override
    protected FilterRegistration.@Nullable Dynamic addRegistration(String description, ServletContext context) {
        return PlaytchaInitializer.start(context, guards.application, guards.settings);
    }

    /** Does nothing: the initializer has configured what it registered. */
    @Override
    protected void configure(FilterRegistration.Dynamic registration) {}
}
