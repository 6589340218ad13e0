package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.rs.GuardBinder;
import jakarta.enterprise.inject.Vetoed;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
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
 * <p>Implementations that load features as services (Jakarta REST 3.1, section 4.1.2) need none. On others, or if the
 * application sets {@code jakarta.ws.rs.loadServices} to false, the application registers this class, for example in
 * {@code Application.getClasses()}. A second registration has no effect. RESTEasy loads services only for an
 * application with an {@code Application} class.
 *
 * <h2>What is guarded</h2>
 *
 * <p>The nearest annotation applies, including those of overridden methods, superclasses and interfaces:
 *
 * <ol>
 *   <li>on the resource method: it is guarded whatever its HTTP method, {@code @GET} included;
 *   <li>on its class;
 *   <li>on the sub-resource locator that returned it. A locator runs before any filter, so its annotation guards the
 *       methods of the returned resource and not the locator itself;
 *   <li>on the {@code Application}.
 * </ol>
 *
 * <p>In the last three cases, requests with a method of the setting {@code safe-methods} are not guarded.
 *
 * <p>The guard runs after filters with the priorities of authentication, authorization and entity coders, so that a
 * request that they abort does not redeem its token, and before filters with {@code Priorities.USER}. It calls Playtcha
 * on the request's thread.
 *
 * <h2>Tokens</h2>
 *
 * <p>The token is read from the header, the query, a URL-encoded form or JSON, according to the guard's {@code token-*}
 * settings, and not from a multipart body. A form or JSON body is buffered up to {@code max-body} and can be read as an
 * entity afterwards. {@code HttpServletRequest.getParameter} then does not return the form's fields, as always after
 * the entity was read.
 *
 * @since 0.1
 */
// Jersey configures features of META-INF/services for each of its clients too.
@ConstrainedTo(RuntimeType.SERVER)
@Vetoed
public final class PlaytchaRestFeature implements Feature {
    @Context
    private @Nullable Application application;

    /** For the REST implementation, or for an application that registers features itself. */
    public PlaytchaRestFeature() {}

    /**
     * Registers the filters and the exception mapper.
     *
     * @param context the context of the REST application
     * @return false if they are registered already
     * @throws PlaytchaConfigurationException if the settings of the application's guards are invalid
     */
    @Override
    public boolean configure(FeatureContext context) {
        return GuardBinder.install(context, application);
    }
}
