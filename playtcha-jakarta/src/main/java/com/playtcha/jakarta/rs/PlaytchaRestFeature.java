package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.config.GuardUse;
import com.playtcha.jakarta.internal.rs.DeniedExceptionMapper;
import com.playtcha.jakarta.internal.rs.GuardBinder;
import com.playtcha.jakarta.internal.rs.PreMatchingFilter;
import com.playtcha.jakarta.internal.rs.Protection;
import com.playtcha.jakarta.internal.rs.RestGuard;
import com.playtcha.jakarta.internal.rs.ServletFormFilter;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import jakarta.enterprise.inject.Vetoed;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards the resources of a Jakarta REST application that are annotated with {@link PlaytchaProtected}, and answers
 * {@link PlaytchaDeniedException} with problem details (RFC 9457).
 *
 * <h2>Installation</h2>
 *
 * <p>None where the implementation loads features as services (Jakarta REST 3.1, section 4.1.2). Elsewhere, or where the
 * application has set {@code jakarta.ws.rs.loadServices} to false, it registers this class itself: in
 * {@code Application.getClasses()}, say. Registering it twice does no harm. (RESTEasy loads services for an application
 * with an {@code Application} class only.)
 *
 * <h2>What is guarded</h2>
 *
 * <p>A resource method that is annotated itself; else one whose class is; annotations of overridden methods,
 * superclasses and interfaces count. Else the sub-resource locator that led to it: a locator runs before any filter, so
 * its annotation guards the methods that it leads to, not what it does itself. Else the {@code Application}. Methods of
 * the setting {@code safe-methods} are let by.
 *
 * <p>The guard stands after filters with the priorities of authentication, authorization and entity coders, so that no
 * token of a visitor whom they refuse is redeemed, and before those of {@code Priorities.USER}. It calls Playtcha on the
 * thread it runs on.
 *
 * <h2>Tokens</h2>
 *
 * <p>From the header, the query and a URL-encoded form, or JSON, as the guard's {@code token-*} settings say; not from a
 * multipart body. A form or JSON body is buffered up to {@code max-body} and can be read as an entity afterwards. A
 * parameter that only {@code HttpServletRequest} would give is gone then, as after any reading of the entity.
 *
 * @since 0.1
 */
@Vetoed
public final class PlaytchaRestFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaRestFeature.class);
    private static final String SERVLET = "jakarta.servlet.http.HttpServletRequest";

    @Context
    private @Nullable Application application;

    /** For the REST implementation, or for an application that registers features itself. */
    public PlaytchaRestFeature() {}

    /**
     * Registers what guards.
     *
     * @param context of the REST application
     * @return false where that has been done before
     * @throws PlaytchaConfigurationException with every problem of the settings that the resources known by now need
     */
    @Override
    public boolean configure(FeatureContext context) {
        List<Application> applications = applications(application);
        String ofApplication = guard(applications);
        Configuration configuration = context.getConfiguration();
        if (configuration.isRegistered(GuardBinder.class)) {
            // It may have been registered before there was an application.
            for (Object instance : configuration.getInstances()) {
                if (instance instanceof GuardBinder before) {
                    before.addApplication(ofApplication);
                }
            }
            return false;
        }
        RestGuard guard =
                new RestGuard(PlaytchaApplication.of(Thread.currentThread().getContextClassLoader()));
        GuardBinder binder = new GuardBinder(guard, ofApplication);
        binder.require(uses(configuration, applications, ofApplication));
        context.register(binder);
        if (!context.getConfiguration().isRegistered(binder)) {
            throw new IllegalStateException(
                    "this Jakarta REST implementation takes no DynamicFeature from a Feature, so"
                            + " that nothing would be guarded: register a subclass of PlaytchaRestGuards instead");
        }
        context.register(new DeniedExceptionMapper(guard));
        context.register(new PreMatchingFilter(guard));
        if (hasServlets()) {
            context.register(ServletFormFilter.class, GuardBinder.PRIORITY - 1);
        }
        return true;
    }

    /** Jersey shows one of its own in place of the application's, and tells by a getter what is inside. */
    private static List<Application> applications(@Nullable Application outermost) {
        List<Application> applications = new ArrayList<>();
        Application each = outermost;
        while (each != null && !applications.contains(each)) {
            applications.add(each);
            each = inside(each);
        }
        return applications;
    }

    private static @Nullable Application inside(Application application) {
        try {
            Object inside = application.getClass().getMethod("getApplication").invoke(application);
            return inside instanceof Application found ? found : null;
        } catch (ReflectiveOperationException | RuntimeException none) {
            return null;
        }
    }

    private static @Nullable String guard(List<Application> applications) {
        for (Application each : applications) {
            String guard = Protection.of(each.getClass());
            if (guard != null) {
                return guard;
            }
        }
        return null;
    }

    /** All at once, so that one message lists every problem. What is not known yet is asked for method by method. */
    private static Set<GuardUse> uses(
            Configuration configuration, List<Application> applications, @Nullable String ofApplication) {
        Set<Class<?>> classes = new LinkedHashSet<>(configuration.getClasses());
        configuration.getInstances().forEach(instance -> classes.add(instance.getClass()));
        for (Application each : applications) {
            Set<Class<?>> its = each.getClasses();
            if (its != null) {
                classes.addAll(its);
            }
        }
        Set<GuardUse> uses = new LinkedHashSet<>();
        classes.forEach(type -> uses.addAll(Protection.uses(type, ofApplication)));
        return uses;
    }

    private static boolean hasServlets() {
        try {
            Class.forName(SERVLET, false, PlaytchaRestFeature.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("Forms are read from the request's entity alone: there is no Servlet API");
            return false;
        }
    }
}
