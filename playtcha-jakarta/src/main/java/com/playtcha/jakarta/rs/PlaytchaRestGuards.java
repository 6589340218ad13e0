package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.runtime.PlaytchaApplication;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/**
 * What {@link PlaytchaRestFeature} registers, for implementations that look for providers while an application is built
 * and take neither features from services nor dynamic features from a feature. Quarkus REST is one. There an application
 * declares a class of its own, and repeats the interfaces so that they are found on it:
 *
 * <pre>{@code
 * @Provider
 * public class Guards extends PlaytchaRestGuards implements DynamicFeature, ExceptionMapper<PlaytchaDeniedException> {}
 * }</pre>
 *
 * <p>Where filters run on a thread that must not wait, such as Vert.x's event loop, a guarded request is answered with
 * 500 and an error is logged: on Quarkus a guarded method that returns a {@code Uni} or a {@code CompletionStage} needs
 * {@code @Blocking}.
 *
 * @since 0.1
 */
public class PlaytchaRestGuards implements DynamicFeature, ExceptionMapper<PlaytchaDeniedException> {
    private final GuardBinder binder;
    private final DeniedMapper mapper;

    /** For the REST implementation. */
    public PlaytchaRestGuards() {
        PlaytchaApplication application =
                PlaytchaApplication.of(Thread.currentThread().getContextClassLoader());
        // No filter before matching is to be had here, so nobody will hear of a request that is being matched.
        application.guardLocators();
        RestGuard guard = new RestGuard(application);
        binder = new GuardBinder(guard, null);
        mapper = new DeniedMapper(guard);
    }

    /**
     * Puts the guard that an annotation asks for before a resource method.
     *
     * @param resource the method
     * @param context takes the guard
     * @throws com.playtcha.jakarta.PlaytchaConfigurationException with every problem of the settings
     */
    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        binder.configure(resource, context);
    }

    /**
     * Answers a denial by a guarded bean.
     *
     * @param denied thrown by the bean
     * @return problem details (RFC 9457)
     */
    @Override
    public Response toResponse(PlaytchaDeniedException denied) {
        return mapper.toResponse(denied);
    }
}
