package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.runtime.PlaytchaApplication;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;

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

    /** For the REST implementation, or for an application that registers features itself. */
    public PlaytchaRestFeature() {}

    /**
     * Registers what guards.
     *
     * @param context of the REST application
     * @return false where that has been done before
     */
    @Override
    public boolean configure(FeatureContext context) {
        if (context.getConfiguration().isRegistered(GuardBinder.class)) {
            return false;
        }
        RestGuard guard =
                new RestGuard(PlaytchaApplication.of(Thread.currentThread().getContextClassLoader()));
        context.register(new GuardBinder(guard));
        context.register(new DeniedMapper(guard));
        return true;
    }
}
