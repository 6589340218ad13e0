package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.internal.spring.SpringApplicationGuards;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
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
        if (!guards.countsFailures()) {
            return;
        }
        ConfigurableListableBeanFactory beans = ready.getApplicationContext().getBeanFactory();
        Map<Object, String> names = new IdentityHashMap<>();
        for (String name : beans.getBeanNamesForType(AuthenticationManager.class, false, false)) {
            Object manager = beans.containsSingleton(name) ? unwrapped(beans.getBean(name)) : null;
            if (manager != null) {
                names.put(manager, "the bean " + name);
            }
        }
        Stream<@Nullable Object> ofChains = chains.stream()
                .flatMap(chain -> chain.getFilters().stream())
                .filter(AbstractAuthenticationProcessingFilter.class::isInstance)
                .map(filter -> read(filter, "authenticationManager"));
        Stream.concat(names.keySet().stream(), ofChains)
                .map(LogInEventsCheck::publishing)
                .filter(manager -> manager != null && isSilent(manager))
                .map(manager -> names.getOrDefault(manager, "one of a chain's log-in"))
                .distinct()
                .forEach(manager -> LOG.warn(
                        "after-failures is set, but an AuthenticationManager, {}, publishes no events, so failures of its log-ins"
                                + " are not counted and no token is ever required: pass an AuthenticationEventPublisher to its"
                                + " setAuthenticationEventPublisher, or record failures with PlaytchaGuards.failures()",
                        manager));
    }

    /** Returns what publishes a wrong password, which is the last manager that checks passwords; null if it is not known. */
    private static @Nullable ProviderManager publishing(@Nullable Object manager) {
        Object target = unwrapped(manager);
        if (!(target instanceof ProviderManager providers)) {
            // Such as the one that makes observations.
            return target instanceof AuthenticationManager ? publishing(read(target, "delegate")) : null;
        }
        ProviderManager parent = publishing(read(providers, "parent"));
        return parent != null
                        || providers.getProviders().stream()
                                .noneMatch(each -> each.supports(UsernamePasswordAuthenticationToken.class))
                ? parent
                : providers;
    }

    private static boolean isSilent(ProviderManager manager) {
        Object publisher = read(manager, "eventPublisher");
        return publisher != null && publisher.getClass().getSimpleName().equals("NullEventPublisher");
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
    static @Nullable Object read(@Nullable Object object, String field) {
        if (object == null) {
            return null;
        }
        try {
            DirectFieldAccessor fields = new DirectFieldAccessor(object);
            return fields.isReadableProperty(field) ? fields.getPropertyValue(field) : null;
        } catch (RuntimeException e) {
            LOG.debug("The {} of {} cannot be looked at", field, object.getClass(), e);
            return null;
        }
    }
}
