package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.FeatureContext;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a guard to each resource method as the REST implementation discovers it: to most methods while the application
 * starts, to those of sub-resources on their first request.
 */
public final class GuardBinder implements DynamicFeature {
    /** After authentication, authorization and entity coders, before the application's own filters. */
    private static final int PRIORITY = Priorities.ENTITY_CODER + 500;

    private static final Logger LOG = LoggerFactory.getLogger(GuardBinder.class);

    private final PlaytchaApplication playtcha =
            ApplicationRegistry.of(Thread.currentThread().getContextClassLoader());
    private final RestGuard guard = new RestGuard(playtcha);
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String applicationGuard;

    /**
     * Registers the providers that guard a REST application and returns true, or returns false if they are registered.
     * Throws every problem of the settings that the registered resources need.
     */
    public static boolean install(FeatureContext context, @Nullable Application application) {
        Set<Application> applications = unwrapped(application);
        String applicationGuard = applications.stream()
                .map(each -> GuardAnnotations.guardOf(each.getClass()))
                .filter(name -> name != null)
                .findFirst()
                .orElse(null);
        Configuration configuration = context.getConfiguration();
        for (Object instance : configuration.getInstances()) {
            if (instance instanceof GuardBinder earlier) {
                // The binder may have been registered without the application.
                earlier.applicationGuard =
                        earlier.applicationGuard == null ? applicationGuard : earlier.applicationGuard;
                return false;
            }
        }
        GuardBinder binder = new GuardBinder();
        binder.applicationGuard = applicationGuard;
        binder.require(uses(configuration, applications, applicationGuard));
        context.register(binder);
        if (!context.getConfiguration().isRegistered(binder)) {
            throw new IllegalStateException("this Jakarta REST implementation does not accept a DynamicFeature from a"
                    + " Feature, so no resource would be guarded: register a subclass of PlaytchaRestGuards instead");
        }
        binder.registerProviders(context);
        ClassLoader classes = GuardBinder.class.getClassLoader();
        // Otherwise form tokens are read from the request's entity only.
        if (ClassPresence.isPresent("jakarta.servlet.http.HttpServletRequest", classes)) {
            context.register(ServletRequestFilter.class, PRIORITY - 1);
        }
        return true;
    }

    /** Registers what guards every request of the application; methods are bound by {@link #configure}. */
    public void registerProviders(FeatureContext context) {
        context.register(guard);
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Class<?> type = resource.getResourceClass();
        require(ResourceMethods.uses(type, applicationGuard));
        context.register(new GuardFilter(guard, type, resource.getResourceMethod(), applicationGuard), PRIORITY);
    }

    private void require(Set<UsageSite> uses) {
        if (uses.isEmpty()) {
            return;
        }
        try {
            playtcha.settings().register(uses);
            playtcha.settings().get();
        } catch (PlaytchaConfigurationException problems) {
            // Logged here as well, since some REST implementations log neither the exception nor its cause.
            LOG.error("{}", problems.getMessage());
            throw problems;
        }
        // On this thread, which deploys the application: a start may take longer than a visitor waits.
        playtcha.start();
        for (UsageSite use : uses) {
            String name = use.guard();
            if (name != null && announced.add(name)) {
                LOG.info(
                        "Jakarta REST resources are guarded as \"{}\": {}",
                        name,
                        playtcha.guard(name).settings().describe());
            }
        }
    }

    /** Returns the application and those it wraps: Jersey wraps the application's in its own, which has a getter. */
    private static Set<Application> unwrapped(@Nullable Application outermost) {
        Set<Application> applications = new LinkedHashSet<>();
        Object each = outermost;
        while (each instanceof Application application && applications.add(application)) {
            try {
                each = application.getClass().getMethod("getApplication").invoke(application);
            } catch (ReflectiveOperationException | RuntimeException | LinkageError none) {
                each = null;
            }
        }
        return applications;
    }

    /** Returns the uses of all registered classes, so that one message lists every problem; later ones are checked when found. */
    private static Set<UsageSite> uses(
            Configuration configuration, Set<Application> applications, @Nullable String applicationGuard) {
        Set<Class<?>> classes = new LinkedHashSet<>(configuration.getClasses());
        configuration.getInstances().forEach(instance -> classes.add(instance.getClass()));
        // Null is the same as an empty set.
        applications.forEach(each -> Stream.ofNullable(each.getClasses()).forEach(classes::addAll));
        Set<UsageSite> uses = new LinkedHashSet<>();
        classes.forEach(type -> uses.addAll(ResourceMethods.uses(type, applicationGuard)));
        return uses;
    }
}
