package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The readiness check in a real implementation of MicroProfile Health, and metrics by the application's beans. */
class HealthTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    @ApplicationScoped
    static class SignUp {
        @Inject
        PlaytchaVerifier verifier;

        void verify(String token) {
            verifier.verify(token);
        }
    }

    /** What an application with metrics has. */
    @ApplicationScoped
    static class Telemetry {
        static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
        static final MeterRegistry REGISTRY = new SimpleMeterRegistry();

        @Produces
        @Singleton
        OpenTelemetry telemetry() {
            return OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                            .build())
                    .build();
        }

        @Produces
        @Singleton
        MeterRegistry registry() {
            return REGISTRY;
        }
    }

    static String readiness(Container app) {
        return app.get(SmallRyeHealthReporter.class).getReadiness().getPayload().toString();
    }

    @Test
    void readinessCheckIsUpWhilePlaytchaIsAwayAndTheGuardFailsOpen() {
        try (Container app = Container.start(playtcha, Settings.of("health", "true"), SignUp.class)) {
            playtcha.always(Reply.resetConnection());
            app.get(SignUp.class).verify("t-1");
            assertThat(readiness(app))
                    .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"playtcha\",\"status\":\"UP\"}]}");
        }
    }

    @Test
    void readinessCheckIsUpWhileHandlersArePausedAndSaysSo(@TempDir Path directory) {
        try (Container app = Container.start(
                playtcha, Settings.of("health", "true").and("late-dir", directory.toString()), SignUp.class)) {
            app.get(LateResults.class).pause();
            assertThat(readiness(app))
                    .contains("\"name\":\"playtcha\",\"status\":\"UP\"", "handlers are paused, on all nodes");
            app.get(LateResults.class).resume();
            assertThat(readiness(app)).doesNotContain("paused");
        }
    }

    @Test
    void withoutTheSettingThereIsNoCheck() {
        try (Container app = Container.start(playtcha, Settings.none(), SignUp.class)) {
            assertThat(readiness(app)).doesNotContain("playtcha");
        }
    }

    @Test
    void metricsAndSpansGoToTheApplicationsBeans() {
        Telemetry.SPANS.reset();
        try (Container app = Container.start(playtcha, Settings.none(), SignUp.class, Telemetry.class)) {
            app.get(SignUp.class).verify("ok-1");
            assertThat(Telemetry.SPANS.getFinishedSpanItems()).hasSize(1);
            assertThat(Telemetry.REGISTRY
                            .get("playtcha.verifications")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
        assertThat(Telemetry.REGISTRY.getMeters()).isEmpty();
    }
}
