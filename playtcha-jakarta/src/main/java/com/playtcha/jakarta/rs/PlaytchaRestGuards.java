package com.playtcha.jakarta.rs;

import com.playtcha.jakarta.internal.rs.GuardBinder;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;

/**
 * Guards resources as {@link PlaytchaRestFeature} does, on implementations that discover providers while an application
 * is built and accept neither features from services nor dynamic features from a feature, such as Quarkus REST. There
 * the application declares a subclass, and repeats the interfaces so that the build finds them:
 *
 * <pre>{@code
 * @Provider
 * public class Guards extends PlaytchaRestGuards implements Feature, DynamicFeature {}
 * }</pre>
 *
 * <p>On a thread that must not block, such as Vert.x's event loop, a guarded request is answered with 500 and an error
 * is logged: on Quarkus a guarded method that returns a {@code Uni} or a {@code CompletionStage} needs
 * {@code @Blocking}.
 *
 * @since 0.1
 */
public class PlaytchaRestGuards implements Feature, DynamicFeature {
    private final GuardBinder binder = new GuardBinder();

    /** For the REST implementation. */
    public PlaytchaRestGuards() {}

    /**
     * Registers the exception mapper that answers {@code PlaytchaDeniedException} with problem details (RFC 9457), and a
     * filter that CDI's interceptor needs to recognize sub-resource locators.
     *
     * @param context the context of the REST application
     * @return true
     */
    @Override
    public boolean configure(FeatureContext context) {
        binder.registerProviders(context);
        return true;
    }

    /**
     * Binds a filter to a resource method, which applies the guard that the nearest annotation names.
     *
     * @param resource the resource method
     * @param context the context in which the filter is registered
     * @throws com.playtcha.jakarta.PlaytchaConfigurationException if the settings of the guard are invalid
     */
    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        binder.configure(resource, context);
    }
}
