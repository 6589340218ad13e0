package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.StandaloneGuards;
import java.util.Map;

/** Runs where the APIs for metrics are not on the class path. */
public final class AbsentApis {
    private AbsentApis() {}

    /** Returns what the verification of a token is, and which classes were found. */
    public static String verify(String baseUrl, String secret) {
        try (StandaloneGuards guards = PlaytchaGuards.open(
                Map.of("base-url", baseUrl, "secret", secret, "timeout", "20s", "health", "true"))) {
            return guards.verifier().verify("ok-absent").getOutcome() + " "
                    + isPresent("io.opentelemetry.api.OpenTelemetry")
                    + " " + isPresent("io.micrometer.core.instrument.MeterRegistry") + " "
                    + isPresent("org.eclipse.microprofile.health.HealthCheck");
        }
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, AbsentApis.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
