package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

/** The filter of a guard with {@code url-patterns}, at its place among the filters of a container or of MockMvc. */
final class GuardRegistration extends FilterRegistrationBean<Filter> {
    private final SpringApplicationGuards guards;
    private final String name;

    GuardRegistration(SpringApplicationGuards guards, String name, int order) {
        this.guards = guards;
        this.name = name;
        setName(name);
        setOrder(order);
        setFilter(new MockFilter());
    }

    @Override
    protected FilterRegistration.@Nullable Dynamic addRegistration(String description, ServletContext context) {
        guards.startIn(context);
        return PlaytchaInitializer.register(context, guards.application, name);
    }

    /** Does nothing: the filter is configured as it is registered. */
    @Override
    protected void configure(FilterRegistration.Dynamic registration) {}

    @Override
    public Collection<String> getUrlPatterns() {
        return PlaytchaInitializer.patterns(settings());
    }

    @Override
    public EnumSet<DispatcherType> determineDispatcherTypes() {
        return PlaytchaInitializer.dispatchers(settings());
    }

    private GuardSettings settings() {
        return Objects.requireNonNull(
                guards.application.settings().get().registrations().get(name), name);
    }

    /** The filter that MockMvc calls, which has no container that starts the application. */
    private final class MockFilter extends PlaytchaFilter {
        @Override
        public void init(FilterConfig config) throws ServletException {
            PlaytchaInitializer.attach(config.getServletContext(), guards.application);
            super.init(config);
        }
    }
}
