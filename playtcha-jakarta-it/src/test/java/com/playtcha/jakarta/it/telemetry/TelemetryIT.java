package com.playtcha.jakarta.it.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.it.server.TestRequest;
import com.playtcha.jakarta.it.server.Wars;
import com.playtcha.jakarta.it.server.WebXml;
import com.playtcha.jakarta.it.telemetry.OtlpReceiver.ReceivedSpan;
import com.playtcha.jakarta.it.telemetryapp.VerifyingResource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Section 9: the server exports metrics and spans by MicroProfile Telemetry, and its Health has the readiness check. */
@Tag("telemetry")
class TelemetryIT {

    private static WebArchive application(URI endpoint) {
        return Wars.lean(Wars.withMicroProfileConfig(Wars.war("telemetry.war", new WebXml()), """
                        playtcha.secret=%s
                        playtcha.base-url=%s
                        playtcha.timeout=20s
                        playtcha.connect-timeout=10s
                        playtcha.health=true
                        otel.sdk.disabled=false
                        otel.exporter.otlp.endpoint=%s
                        otel.exporter.otlp.protocol=http/protobuf
                        otel.logs.exporter=none
                        otel.metric.export.interval=500
                        otel.bsp.schedule.delay=200
                        """.formatted(
                                StandIns.STEADY.secret(), StandIns.STEADY.baseUrl(), endpoint)))
                .addPackage(VerifyingResource.class.getPackage())
                .addAsWebInfResource(new StringAsset("""
                                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                                       bean-discovery-mode="annotated"/>
                                """), "beans.xml");
    }

    @Test
    @Timeout(300)
    void metricsAndTheSpanOfTheCallAreExportedByTheServer() throws Exception {
        Path folder = Wars.workDirectory("telemetry");
        try (OtlpReceiver receiver = new OtlpReceiver();
                TelemetryServer server = TelemetryServer.start(application(receiver.endpoint()), folder)) {
            await().atMost(Duration.ofSeconds(120))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    TestRequest.to("POST", server.uri("/api/verify/" + StandIns.token("ok")))
                                            .send()
                                            .text())
                            .isEqualTo("VERIFIED"));

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(receiver.metrics())
                            .contains(
                                    "playtcha.verifications",
                                    "playtcha.verification.duration",
                                    "playtcha.verification.active",
                                    "playtcha.verification.limit",
                                    "playtcha.breaker.status",
                                    "playtcha.throttle.status",
                                    "http.client.request.duration"));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(receiver.spans()).anySatisfy(call -> {
                        assertThat(call.name()).isEqualTo("POST");
                        assertThat(call.kind()).isEqualTo(OtlpReceiver.CLIENT);
                        assertThat(receiver.spans()).anyMatch(visitor -> isParent(visitor, call));
                    }));
        }
    }

    @Test
    @Timeout(300)
    void theReadinessCheckIsOneOfTheServers() throws Exception {
        Path folder = Wars.workDirectory("readiness");
        try (OtlpReceiver receiver = new OtlpReceiver();
                TelemetryServer server = TelemetryServer.start(application(receiver.endpoint()), folder)) {
            await().atMost(Duration.ofSeconds(120))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(TestRequest.to("GET", server.readiness())
                                    .send()
                                    .text()
                                    .replaceAll("\\s", ""))
                            .contains("\"name\":\"playtcha\",\"status\":\"UP\""));
        }
    }

    private static boolean isParent(ReceivedSpan visitor, ReceivedSpan call) {
        return visitor.kind() == OtlpReceiver.SERVER
                && visitor.id().equals(call.parent())
                && visitor.trace().equals(call.trace());
    }
}
