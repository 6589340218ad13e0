package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.config.GuardUse;
import com.playtcha.jakarta.runtime.PlaytchaApplication;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.util.LinkedHashSet;
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
 * {@code Application.getClasses()}, say. Registering it twice does no harm.
 *
 * @since 0.1
 */
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
        if (context.getConfiguration().isRegistered(GuardBinder.class)) {
            return false;
        }
        RestGuard guard =
                new RestGuard(PlaytchaApplication.of(Thread.currentThread().getContextClassLoader()));
        Application rest = application;
        String ofApplication = rest == null ? null : Protection.of(rest.getClass());
        GuardBinder binder = new GuardBinder(guard, ofApplication);
        binder.require(uses(context.getConfiguration(), rest, ofApplication));
        context.register(binder);
        context.register(new DeniedMapper(guard));
        if (hasServlets()) {
            context.register(ServletForms.class, GuardBinder.PRIORITY - 1);
        }
        return true;
    }

    /** All at once, so that one message lists every problem. What is not known yet is asked for method by method. */
    private static Set<GuardUse> uses(
            Configuration configuration, @Nullable Application rest, @Nullable String ofApplication) {
        Set<Class<?>> classes = new LinkedHashSet<>(configuration.getClasses());
        configuration.getInstances().forEach(instance -> classes.add(instance.getClass()));
        Set<Class<?>> own = rest == null ? null : rest.getClasses();
        if (own != null) {
            classes.addAll(own);
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
