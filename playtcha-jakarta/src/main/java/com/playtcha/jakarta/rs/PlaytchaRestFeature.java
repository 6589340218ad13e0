package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.rs.GuardBinder;
import jakarta.enterprise.inject.Vetoed;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import org.jspecify.annotations.Nullable;

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
 * <p>The nearest annotation decides, and those of overridden methods, superclasses and interfaces count:
 *
 * <ol>
 *   <li>on the resource method: it is guarded whatever its HTTP method, {@code @GET} included (contract, section 8);
 *   <li>on its class;
 *   <li>on the sub-resource locator that led to it. A locator runs before any filter, so its annotation guards the methods
 *       that it leads to and not the locator itself;
 *   <li>on the {@code Application}.
 * </ol>
 *
 * <p>For the last three, requests with a method of the setting {@code safe-methods} are not guarded.
 *
 * <p>The guard runs after filters with the priorities of authentication, authorization and entity coders, so that it does
 * not redeem the token of a visitor whom they refuse, and before those of {@code Priorities.USER}. It calls Playtcha on
 * the thread it runs on.
 *
 * <h2>Tokens</h2>
 *
 * <p>From the header, the query and a URL-encoded form, or JSON, as the guard's {@code token-*} settings say; not from a
 * multipart body. A form or JSON body is buffered up to {@code max-body} and can be read as an entity afterwards.
 * {@code HttpServletRequest.getParameter} does not return the form's fields then, as after any reading of the entity.
 *
 * @since 0.1
 */
@Vetoed
public final class PlaytchaRestFeature implements Feature {
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
        return GuardBinder.install(context, application);
    }
}
