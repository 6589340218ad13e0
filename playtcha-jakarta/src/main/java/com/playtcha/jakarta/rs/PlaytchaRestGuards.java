package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.internal.rs.DeniedExceptionMapper;
import com.playtcha.jakarta.internal.rs.GuardBinder;
import com.playtcha.jakarta.internal.rs.PreMatchingFilter;
import com.playtcha.jakarta.internal.rs.RestGuard;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;

/**
 * What {@link PlaytchaRestFeature} registers, for implementations that look for providers while an application is built
 * and take neither features from services nor dynamic features from a feature. Quarkus REST is one. There an application
 * declares a class of its own, and repeats the interfaces so that they are found on it:
 *
 * <pre>{@code
 * @Provider
 * public class Guards extends PlaytchaRestGuards implements Feature, DynamicFeature {}
 * }</pre>
 *
 * <p>Where filters run on a thread that must not wait, such as Vert.x's event loop, a guarded request is answered with
 * 500 and an error is logged: on Quarkus a guarded method that returns a {@code Uni} or a {@code CompletionStage} needs
 * {@code @Blocking}.
 *
 * @since 0.1
 */
public class PlaytchaRestGuards implements Feature, DynamicFeature {
    private final RestGuard guard =
            new RestGuard(PlaytchaApplication.of(Thread.currentThread().getContextClassLoader()));
    private final GuardBinder binder = new GuardBinder(guard, null);

    /** For the REST implementation. */
    public PlaytchaRestGuards() {}

    /**
     * Registers what answers the denials of guarded beans with problem details (RFC 9457), and what leaves sub-resource
     * locators to the guards of resources.
     *
     * @param context of the REST application
     * @return true
     */
    @Override
    public boolean configure(FeatureContext context) {
        context.register(new DeniedExceptionMapper(guard));
        context.register(new PreMatchingFilter(guard));
        return true;
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
}
