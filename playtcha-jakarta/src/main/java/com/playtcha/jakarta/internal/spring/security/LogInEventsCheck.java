package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.internal.spring.SpringApplicationGuards;
import jakarta.servlet.Filter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;

/**
 * Warns of log-ins whose failures {@link LogInFailures} never hears of, so that no token would ever be required: an
 * {@code AuthenticationManager} that an application builds by itself publishes no events.
 */
final class LogInEventsCheck implements ApplicationListener<ApplicationReadyEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(LogInEventsCheck.class);

    private final SpringApplicationGuards guards;
    private final ObjectProvider<SecurityFilterChain> chains;

    LogInEventsCheck(SpringApplicationGuards guards, ObjectProvider<SecurityFilterChain> chains) {
        this.guards = guards;
        this.chains = chains;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        if (guards.countsFailures()
                && chains.stream().map(SecurityFilterChain::getFilters).anyMatch(LogInEventsCheck::isSilent)) {
            LOG.warn(
                    "after-failures is set, but an AuthenticationManager of a log-in publishes no events, so its failures are"
                            + " not counted and no token is ever required: pass an AuthenticationEventPublisher to its"
                            + " setAuthenticationEventPublisher, or record failures with PlaytchaGuards.failures()");
        }
    }

    private static boolean isSilent(List<Filter> filters) {
        return filters.stream()
                .filter(AbstractAuthenticationProcessingFilter.class::isInstance)
                .anyMatch(filter -> isSilent(read(filter, "authenticationManager")));
    }

    /** The last of the managers publishes a failure. */
    private static boolean isSilent(@Nullable Object manager) {
        Object target = unwrapped(manager);
        if (target instanceof AuthenticationManager && !(target instanceof ProviderManager)) {
            // Such as the one that makes observations.
            return isSilent(read(target, "delegate"));
        }
        if (!(target instanceof ProviderManager)) {
            return false;
        }
        Object parent = read(target, "parent");
        Object publisher = read(target, "eventPublisher");
        return parent == null
                ? publisher != null && publisher.getClass().getSimpleName().equals("NullEventPublisher")
                : isSilent(parent);
    }

    /** Spring Security hands out a proxy of the application's bean. */
    private static @Nullable Object unwrapped(@Nullable Object manager) {
        try {
            return manager instanceof Advised proxy ? proxy.getTargetSource().getTarget() : manager;
        } catch (Exception e) {
            LOG.debug("The AuthenticationManager cannot be looked at", e);
            return null;
        }
    }

    /** Reads a field without accessor; null where it has none, or cannot be read. */
    private static @Nullable Object read(@Nullable Object object, String field) {
        if (object == null) {
            return null;
        }
        try {
            DirectFieldAccessor fields = new DirectFieldAccessor(object);
            return fields.isReadableProperty(field) ? fields.getPropertyValue(field) : null;
        } catch (RuntimeException e) {
            LOG.debug("The AuthenticationManager cannot be looked at", e);
            return null;
        }
    }
}
