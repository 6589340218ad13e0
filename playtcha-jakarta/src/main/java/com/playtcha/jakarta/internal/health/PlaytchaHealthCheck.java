package com.playtcha.jakarta.internal.health;

import com.playtcha.jakarta.internal.cdi.CdiApplication;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * The readiness check {@code playtcha}: up while visitors are served as the settings say, and late results can be kept.
 * Public for CDI only.
 */
@ApplicationScoped
@Readiness
public class PlaytchaHealthCheck implements HealthCheck {
    @Inject
    CdiApplication application;

    /** For CDI. */
    public PlaytchaHealthCheck() {}

    @Override
    public HealthCheckResponse call() {
        Map<String, String> problems = application.application().problems();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("playtcha").status(problems.isEmpty());
        application.application().notes().forEach(response::withData);
        problems.forEach(response::withData);
        return response.build();
    }
}
