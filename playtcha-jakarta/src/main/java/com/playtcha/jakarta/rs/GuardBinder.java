package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.config.GuardUse;
import com.playtcha.jakarta.runtime.PlaytchaApplication;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the guard that an annotation asks for before each resource method, as the REST implementation gets to know it:
 * for most methods while the application starts, for those of sub-resources when the first request comes to them.
 */
final class GuardBinder implements DynamicFeature {
    /** After those who ask who the visitor is, and what decodes a body; before the application's own. */
    static final int PRIORITY = Priorities.ENTITY_CODER + 500;

    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final RestGuard guard;
    private final Set<String> announced = ConcurrentHashMap.newKeySet();

    @Context
    private @Nullable Application rest;

    GuardBinder(RestGuard guard) {
        this.guard = guard;
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Class<?> type = resource.getResourceClass();
        Method method = resource.getResourceMethod();
        String own = Protection.of(type, method);
        String ofApplication = rest == null ? null : Protection.of(rest.getClass());
        String name = own == null ? ofApplication : own;
        Set<GuardUse> uses = new LinkedHashSet<>();
        if (name != null) {
            uses.add(new GuardUse(name, "method " + type.getName() + "." + method.getName()));
        }
        for (String ofLocator : Protection.ofLocators(type, returned -> true)) {
            uses.add(new GuardUse(ofLocator, "a locator of " + type.getName()));
        }
        if (!uses.isEmpty()) {
            require(uses);
        }
        if (own == null) {
            context.register(new InheritedGuardFilter(guard, ofApplication), PRIORITY);
        } else {
            context.register(new GuardFilter(guard, own), PRIORITY);
        }
    }

    private void require(Set<GuardUse> uses) {
        PlaytchaApplication application = guard.application();
        try {
            application.use(uses);
            application.configureByDefault();
        } catch (PlaytchaConfigurationException problems) {
            // The implementation may say nothing of it, or not the cause.
            LOG.error("{}", problems.getMessage());
            throw problems;
        }
        for (GuardUse use : uses) {
            if (announced.add(use.guard())) {
                LOG.info(
                        "Jakarta REST resources are guarded as \"{}\": {}",
                        use.guard(),
                        application.guard(use.guard()).settings().describe());
            }
            LOG.debug("Guard \"{}\" stands before {}", use.guard(), use.where());
        }
    }
}
