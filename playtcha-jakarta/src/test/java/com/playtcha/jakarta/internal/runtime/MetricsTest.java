package com.playtcha.jakarta.internal.runtime;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.gate.TestTicker;
import com.playtcha.jakarta.internal.metrics.Gauges;
import com.playtcha.jakarta.internal.metrics.MicrometerBackend;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.VerificationBuilder;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of contract section 9, read from a real SDK of OpenTelemetry and a real registry of Micrometer. */
class MetricsTest {
    private static final ApplicationBeans NO_BEANS = new ApplicationBeans() {
        @Override
        public <T> T find(Class<T> type) {
            return null;
        }
    };

    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(reader).build())
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sdk.close();
        GlobalOpenTelemetry.resetForTest();
    }

    /** The beans of an application that has both APIs. */
    private ApplicationBeans beans() {
        return new ApplicationBeans() {
            @Override
            public <T> T find(Class<T> type) {
                return type == OpenTelemetry.class
                        ? type.cast(sdk)
                        : type == MeterRegistry.class ? type.cast(registry) : null;
            }
        };
    }

    private static String text(Attributes attributes) {
        Map<String, Object> sorted = new TreeMap<>();
        attributes.forEach((key, value) -> sorted.put(key.getKey(), value));
        return sorted.toString();
    }

    private Map<String, MetricData> exported() {
        return reader.collectAllMetrics().stream().collect(Collectors.toMap(MetricData::getName, Function.identity()));
    }

    private static Map<String, Long> sums(MetricData metric) {
        return metric.getLongSumData().getPoints().stream()
                .collect(Collectors.toMap(point -> text(point.getAttributes()), point -> point.getValue()));
    }

    private static Map<String, Long> gauge(MetricData metric) {
        return metric.getLongGaugeData().getPoints().stream()
                .collect(Collectors.toMap(point -> text(point.getAttributes()), point -> point.getValue()));
    }

    private static Map<String, Long> counts(MetricData metric) {
        return metric.getHistogramData().getPoints().stream()
                .collect(Collectors.toMap(point -> text(point.getAttributes()), point -> point.getCount()));
    }

    private static String decision(String guard, String outcome, String reason, boolean allowed) {
        return "{playtcha.allowed=" + allowed + ", playtcha.guard=" + guard + ", playtcha.outcome=" + outcome
                + ", playtcha.reason=" + reason + "}";
    }

    @Test
    void openTelemetryHasEveryMetricOfTheContract() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder)) {
            run.run().runLate();
            Map<String, MetricData> metrics = exported();

            assertThat(metrics)
                    .containsOnlyKeys(
                            "playtcha.verifications",
                            "playtcha.verification.duration",
                            "playtcha.verification.active",
                            "playtcha.verification.limit",
                            "playtcha.breaker.status",
                            "playtcha.throttle.status",
                            "playtcha.late.item.count",
                            "playtcha.late.item.oldest_age",
                            "playtcha.late.status",
                            "playtcha.late.deliveries",
                            "http.client.request.duration");
            MetricData verifications = metrics.get("playtcha.verifications");
            assertThat(verifications.getUnit()).isEqualTo("{verification}");
            assertThat(verifications.getLongSumData().isMonotonic()).isTrue();
            assertThat(sums(verifications))
                    .contains(
                            entry(decision("default", "VERIFIED", "success", true), 2L),
                            entry(decision("default", "REJECTED", "token-invalid", false), 1L),
                            entry(decision("default", "REJECTED", "bad-secret", false), 1L),
                            entry(decision("default", "NO_TOKEN", "token-absent", false), 1L),
                            entry(decision("default", "UNAVAILABLE", "server-error", true), 1L),
                            entry(decision("default", "THROTTLED", "rate-limited", false), 1L),
                            entry(decision("default", "THROTTLED", "throttle-window", false), 1L),
                            entry(decision("payout", "UNAVAILABLE", "connect", false), 10L),
                            entry(decision("payout", "UNAVAILABLE", "breaker-open", false), 1L))
                    .hasSize(9);

            MetricData duration = metrics.get("playtcha.verification.duration");
            assertThat(duration.getUnit()).isEqualTo("s");
            assertThat(counts(duration))
                    .containsOnly(
                            entry("{playtcha.guard=default, playtcha.outcome=VERIFIED}", 2L),
                            entry("{playtcha.guard=default, playtcha.outcome=REJECTED}", 1L),
                            entry("{error.type=bad-secret, playtcha.guard=default, playtcha.outcome=REJECTED}", 1L),
                            entry(
                                    "{error.type=server-error, playtcha.guard=default, playtcha.outcome=UNAVAILABLE}",
                                    1L),
                            entry("{error.type=rate-limited, playtcha.guard=default, playtcha.outcome=THROTTLED}", 1L),
                            entry("{error.type=connect, playtcha.guard=payout, playtcha.outcome=UNAVAILABLE}", 10L));

            MetricData limit = metrics.get("playtcha.verification.limit");
            assertThat(limit.getLongSumData().isMonotonic()).isFalse();
            assertThat(sums(limit))
                    .containsOnly(entry("{playtcha.guard=default}", 64L), entry("{playtcha.guard=payout}", 5L));
            assertThat(sums(metrics.get("playtcha.verification.active")))
                    .containsOnly(entry("{playtcha.guard=default}", 0L), entry("{playtcha.guard=payout}", 0L));
            assertThat(gauge(metrics.get("playtcha.breaker.status")))
                    .containsOnly(
                            entry("{playtcha.state=closed, server.address=localhost}", 0L),
                            entry("{playtcha.state=open, server.address=localhost}", 1L),
                            entry("{playtcha.state=half_open, server.address=localhost}", 0L),
                            entry("{playtcha.state=closed, server.address=127.0.0.1}", 1L),
                            entry("{playtcha.state=open, server.address=127.0.0.1}", 0L),
                            entry("{playtcha.state=half_open, server.address=127.0.0.1}", 0L));
            assertThat(gauge(metrics.get("playtcha.throttle.status")))
                    .containsOnly(
                            entry("{playtcha.state=free, server.address=localhost}", 1L),
                            entry("{playtcha.state=throttled, server.address=localhost}", 0L),
                            entry("{playtcha.state=free, server.address=127.0.0.1}", 0L),
                            entry("{playtcha.state=throttled, server.address=127.0.0.1}", 1L));
            assertThat(gauge(metrics.get("playtcha.late.item.count")))
                    .containsOnlyKeys(
                            "{playtcha.state=awaiting}",
                            "{playtcha.state=ready}",
                            "{playtcha.state=retrying}",
                            "{playtcha.state=dead_letter}",
                            "{playtcha.state=spooled}");
            assertThat(metrics.get("playtcha.late.item.oldest_age").getUnit()).isEqualTo("s");
            assertThat(gauge(metrics.get("playtcha.late.item.oldest_age")))
                    .containsOnlyKeys(
                            "{playtcha.state=retrying}", "{playtcha.state=dead_letter}", "{playtcha.state=overdue}");
            assertThat(gauge(metrics.get("playtcha.late.status")))
                    .containsOnly(entry("{playtcha.state=running}", 1L), entry("{playtcha.state=paused}", 0L));
            assertThat(sums(metrics.get("playtcha.late.deliveries")))
                    .containsOnly(
                            entry("{playtcha.outcome=COMPLETED, playtcha.result=delivered}", 1L),
                            entry("{playtcha.outcome=COMPLETED, playtcha.result=duplicate}", 1L),
                            entry("{playtcha.outcome=COMPLETED, playtcha.result=failed}", 1L));

            String server = "http.request.method=POST, ";
            String at = "server.address=127.0.0.1, server.port="
                    + run.playtcha.baseUrl().getPort() + "}";
            assertThat(metrics.get("http.client.request.duration").getUnit()).isEqualTo("s");
            assertThat(counts(metrics.get("http.client.request.duration")))
                    .contains(
                            entry("{" + server + "http.response.status_code=200, " + at, 2L),
                            entry("{error.type=401, " + server + "http.response.status_code=401, " + at, 2L),
                            entry("{error.type=500, " + server + "http.response.status_code=500, " + at, 1L),
                            entry("{error.type=429, " + server + "http.response.status_code=429, " + at, 1L))
                    .hasSize(5);
        }
    }

    @Test
    void aCallIsAClientSpanBelowTheVisitorsSpan() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder)) {
            PlaytchaVerifier verifier = run.application().guard("default");
            Span visitor = sdk.getTracer("test").spanBuilder("POST /signup").startSpan();
            try (Scope scope = visitor.makeCurrent()) {
                verifier.verify("ok-1");
                verifier.verifyAsync("ok-2").toCompletableFuture().get(60, TimeUnit.SECONDS);
                verifier.verify("db-error-1");
                verifier.verify(null);
                run.playtcha.script(Reply.resetConnection());
                verifier.verify("t-1");
            }
            visitor.end();

            await().until(() -> spans.getFinishedSpanItems().size() == 5);
            List<SpanData> calls = spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getKind() == SpanKind.CLIENT)
                    .toList();
            assertThat(calls).hasSize(4).allSatisfy(call -> {
                assertThat(call.getName()).isEqualTo("POST");
                assertThat(call.getParentSpanId())
                        .isEqualTo(visitor.getSpanContext().getSpanId());
                assertThat(call.getAttributes().asMap())
                        .contains(
                                entry(AttributeKey.stringKey("http.request.method"), "POST"),
                                entry(AttributeKey.stringKey("server.address"), "127.0.0.1"),
                                entry(AttributeKey.longKey("server.port"), (long)
                                        run.playtcha.baseUrl().getPort()),
                                entry(AttributeKey.stringKey("url.full"), run.playtcha.baseUrl() + "/v1/verify"));
                assertThat(call.toString()).doesNotContain(run.playtcha.secret(), "ok-1", "ok-2", "db-error-1", "t-1");
            });
            assertThat(calls.stream().map(MetricsTest::outcome))
                    .containsExactly("200 UNSET null", "200 UNSET null", "500 ERROR 500", "null ERROR io");
        }
    }

    private static String outcome(SpanData span) {
        return span.getAttributes().get(AttributeKey.longKey("http.response.status_code")) + " "
                + span.getStatus().getStatusCode() + " "
                + span.getAttributes().get(AttributeKey.stringKey("error.type"));
    }

    @Test
    void theGlobalOpenTelemetryIsNotAskedBeforeTheFirstCall() throws Exception {
        try (ScriptedRun run = new ScriptedRun(NO_BEANS, folder)) {
            // Throws if something was asked for before, which would leave the application without telemetry.
            GlobalOpenTelemetry.set(sdk);
            run.verify("default", "ok-1");
            assertThat(exported())
                    .containsKeys("playtcha.verifications", "playtcha.breaker.status", "http.client.request.duration");
            assertThat(spans.getFinishedSpanItems()).hasSize(1);
        }
    }

    @Test
    void afterTheEndNothingRefersToTheApplicationAndASecondDeploymentStartsAnew() throws Exception {
        for (int deployment = 0; deployment < 2; deployment++) {
            try (ScriptedRun run = new ScriptedRun(beans(), folder.resolve("d" + deployment))) {
                run.verify("default", "ok-1");
                assertThat(gauge(exported().get("playtcha.breaker.status"))).hasSize(6);
                assertThat(registry.get("playtcha.verifications").counters())
                        .singleElement()
                        .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
                assertThat(registry.get("playtcha.verification.limit").gauges()).hasSize(2);
            }
            assertThat(exported()).doesNotContainKeys("playtcha.breaker.status", "playtcha.verification.limit");
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void micrometerHasEveryMetricOfTheContract() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder)) {
            run.run().runLate();
            assertThat(registry.getMeters().stream()
                            .map(meter -> meter.getId().getName().replace(".histogram", "")))
                    .containsOnly(
                            "playtcha.verifications",
                            "playtcha.verification.duration",
                            "playtcha.verification.active",
                            "playtcha.verification.limit",
                            "playtcha.breaker.status",
                            "playtcha.throttle.status",
                            "playtcha.late.item.count",
                            "playtcha.late.item.oldest_age",
                            "playtcha.late.status",
                            "playtcha.late.deliveries",
                            "http.client.request.duration");
            assertThat(registry.get("playtcha.verifications")
                            .tags("playtcha.guard", "default", "playtcha.outcome", "VERIFIED")
                            .tags("playtcha.reason", "success", "playtcha.allowed", "true")
                            .counter()
                            .count())
                    .isEqualTo(2);
            assertThat(registry.get("playtcha.verification.duration")
                            .tags(
                                    "playtcha.guard",
                                    "payout",
                                    "playtcha.outcome",
                                    "UNAVAILABLE",
                                    "error.type",
                                    "connect")
                            .timer()
                            .count())
                    .isEqualTo(10);
            assertThat(registry.get("playtcha.verification.limit")
                            .tags("playtcha.guard", "payout")
                            .gauge()
                            .value())
                    .isEqualTo(5);
            assertThat(registry.get("playtcha.breaker.status")
                            .tags("server.address", "localhost", "playtcha.state", "open")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("playtcha.throttle.status")
                            .tags("server.address", "127.0.0.1", "playtcha.state", "throttled")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("playtcha.late.deliveries")
                            .tags("playtcha.outcome", "COMPLETED", "playtcha.result", "duplicate")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("http.client.request.duration")
                            .tags("http.request.method", "POST", "http.response.status_code", "401")
                            .timer()
                            .count())
                    .isEqualTo(2);
            for (Meter meter : registry.getMeters()) {
                assertThat(meter.getId().getTags().toString())
                        .doesNotContain(run.playtcha.secret(), "ok-", "t-1", "/v1", "req_");
            }
        }
    }

    /** With each guard that begins, the gauges of all are published; Micrometer warns of those that it knows. */
    @Test
    void noGaugeIsRegisteredTwice() throws Exception {
        try (CapturedLog log = new CapturedLog(MeterRegistry.class.getName(), Level.DEBUG);
                ScriptedRun run = new ScriptedRun(beans(), folder)) {
            LoadedSettings ofFilter = new SettingsLoader()
                    .map(Map.of("base-url", run.playtcha.baseUrl().toString(), "secret", run.playtcha.secret()))
                    .load();
            run.application().start().guard("filter", ofFilter.guards().get("default"));

            assertThat(registry.find("playtcha.verification.active").gauges()).hasSize(2);
            assertThat(log.everything()).doesNotContain("already registered");
        }
    }

    /** Two applications share one where the server or an EAR has Micrometer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anApplicationThatEndsTakesNoGaugeAndNoCounterFromAnotherOneInItsRegistry(boolean firstEnds) throws Exception {
        TestTicker ticker = new TestTicker();
        try (ScriptedRun run = new ScriptedRun(NO_BEANS, folder, "metrics", "false")) {
            Gauges gauges = new Gauges(run.application().start()::guards, Optional::empty);
            MicrometerBackend first = new MicrometerBackend(gauges, beans(), ticker);
            first.publishGauges();
            MicrometerBackend second = new MicrometerBackend(gauges, beans(), ticker);
            second.publishGauges();
            int published = registry.getMeters().size();
            MicrometerBackend other = firstEnds ? second : first;
            Verification verified = VerificationBuilder.because(Reason.SUCCESS).build();
            first.onVerification("default", verified);
            second.onVerification("default", verified);
            assertThat(registry.get("playtcha.verifications").counter().count()).isEqualTo(2);

            (firstEnds ? first : second).close();
            ticker.advance(Duration.ofSeconds(10));
            other.onVerification("default", verified);

            assertThat(registry.getMeters()).hasSize(published + 1);
            assertThat(registry.get("playtcha.verifications").counter().count()).isEqualTo(1);
            assertThat(registry.get("playtcha.verification.limit")
                            .tags("playtcha.guard", "payout")
                            .gauge()
                            .value())
                    .isEqualTo(5);
            other.close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void withoutABeanMicrometersGlobalRegistryIsUsed() throws Exception {
        Metrics.addRegistry(registry);
        try (ScriptedRun run = new ScriptedRun(NO_BEANS, folder)) {
            run.verify("default", "ok-1");
            assertThat(registry.get("playtcha.verifications").counter().count()).isEqualTo(1);
        } finally {
            Metrics.removeRegistry(registry);
        }
        assertThat(Metrics.globalRegistry.getMeters()).isEmpty();
    }

    @Test
    void metricsFalseSwitchesBothOff() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder, "metrics", "false")) {
            run.verify("default", "ok-1");
            assertThat(exported()).isEmpty();
            assertThat(spans.getFinishedSpanItems()).isEmpty();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void inFlightVerificationsAreCounted() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder)) {
            java.util.concurrent.CountDownLatch held = new java.util.concurrent.CountDownLatch(1);
            run.playtcha.script(Reply.ok().holdUntil(held));
            var pending = run.application().guard("default").verifyAsync("ok-1");
            assertThat(registry.get("playtcha.verification.active")
                            .tags("playtcha.guard", "default")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            held.countDown();
            pending.toCompletableFuture().get(60, TimeUnit.SECONDS);
            await().until(() -> registry.get("playtcha.verification.active")
                            .tags("playtcha.guard", "default")
                            .gauge()
                            .value()
                    == 0);
        }
    }

    @Test
    void statusOfTheSpanIsUnsetWherePlaytchaAnswered() throws Exception {
        try (ScriptedRun run = new ScriptedRun(beans(), folder)) {
            run.verify("default", "success-false-1");
            assertThat(spans.getFinishedSpanItems())
                    .singleElement()
                    .satisfies(
                            span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET));
        }
    }
}
