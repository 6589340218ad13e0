package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.GuardUse;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the guard that an annotation asks for before each resource method, as the REST implementation gets to know it:
 * for most methods while the application starts, for those of sub-resources when the first request comes to them.
 */
public final class GuardBinder implements DynamicFeature {
    /** After those who ask who the visitor is, and what decodes a body; before the application's own. */
    public static final int PRIORITY = Priorities.ENTITY_CODER + 500;

    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);

    private final RestGuard guard;
    private volatile @Nullable String ofApplication;
    private final Set<String> announced = ConcurrentHashMap.newKeySet();

    /**
     * For one REST application.
     *
     * @param guard of its requests
     * @param ofApplication the guard that the application itself is annotated with; null for none
     */
    public GuardBinder(RestGuard guard, @Nullable String ofApplication) {
        this.guard = guard;
        this.ofApplication = ofApplication;
    }

    /** Takes the guard of the application, where none was known when this was made. */
    public void addApplication(@Nullable String name) {
        if (ofApplication == null) {
            ofApplication = name;
        }
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Class<?> type = resource.getResourceClass();
        String ofApplication = this.ofApplication;
        require(Protection.uses(type, ofApplication));
        String own = Protection.of(type, resource.getResourceMethod());
        if (own == null) {
            context.register(new InheritedGuardFilter(guard, ofApplication), PRIORITY);
        } else {
            context.register(new GuardFilter(guard, own, type, resource.getResourceMethod()), PRIORITY);
        }
    }

    /**
     * Makes the settings of guards required.
     *
     * @param uses what asks for them
     * @throws PlaytchaConfigurationException with every problem; the implementation then starts no application
     */
    public void require(Set<GuardUse> uses) {
        if (uses.isEmpty()) {
            return;
        }
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
            if (announced.add(use.where())) {
                LOG.debug("Guard \"{}\" stands before {}", use.guard(), use.where());
            }
        }
    }
}
