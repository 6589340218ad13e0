package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.VerificationCall;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes metrics and a span per call. Without beans, {@link GlobalOpenTelemetry} is first asked when Playtcha is first
 * called: asked earlier than the application sets it, it would be fixed to one that does nothing. Thread-safe.
 */
public final class OtelBackend extends MetricsBackend {
    private static final String SCOPE = "com.playtcha.jakarta";

    private final Gauges gauges;
    private final Map<Metric, LongCounter> counters = new ConcurrentHashMap<>();
    private final Map<Metric, DoubleHistogram> histograms = new ConcurrentHashMap<>();
    /** A guard has few series, and building the attributes of one takes longer than recording. */
    private final Map<Map<String, Object>, Attributes> series = new ConcurrentHashMap<>();

    private final List<AutoCloseable> published = new ArrayList<>();
    private @Nullable Meter meter;
    private @Nullable Tracer tracer;
    private boolean closed;

    public OtelBackend(Gauges gauges, BeanLookup beans) {
        this.gauges = gauges;
        OpenTelemetry sdk = beans.find(OpenTelemetry.class);
        meter = beans.find(Meter.class);
        tracer = beans.find(Tracer.class);
        if (sdk != null) {
            meter = meter == null ? sdk.getMeter(SCOPE) : meter;
            tracer = tracer == null ? sdk.getTracer(SCOPE) : tracer;
        }
    }

    private synchronized Meter meter() {
        if (meter == null) {
            meter = GlobalOpenTelemetry.getMeter(SCOPE);
            publishGauges();
        }
        return meter;
    }

    private synchronized Tracer tracer() {
        if (tracer == null) {
            tracer = GlobalOpenTelemetry.getTracer(SCOPE);
        }
        return tracer;
    }

    @Override
    protected void count(Metric metric, Map<String, Object> attributes) {
        counters.computeIfAbsent(
                        metric,
                        key -> meter().counterBuilder(key.key)
                                .setUnit(key.unit)
                                .setDescription(key.description)
                                .build())
                .add(1, series.computeIfAbsent(attributes, OtelBackend::attributes));
    }

    @Override
    protected void record(Metric metric, Duration value, Map<String, Object> attributes) {
        histograms
                .computeIfAbsent(
                        metric,
                        key -> meter().histogramBuilder(key.key)
                                .setUnit(key.unit)
                                .setDescription(key.description)
                                .setExplicitBucketBoundariesAdvice(BUCKETS)
                                .build())
                .record(value.toNanos() / 1e9, series.computeIfAbsent(attributes, OtelBackend::attributes));
    }

    /** Publishes each gauge once: its callback finds new series by itself. */
    @Override
    public synchronized void publishGauges() {
        Meter current = meter;
        if (current == null || closed || !published.isEmpty()) {
            return;
        }
        for (Metric metric : Gauges.ALL) {
            Consumer<ObservableLongMeasurement> callback = measurement ->
                    gauges.values(metric).forEach((series, value) -> measurement.record(value, attributes(series)));
            boolean isUpDown = metric == Metric.ACTIVE || metric == Metric.LIMIT;
            published.add(
                    isUpDown
                            ? current.upDownCounterBuilder(metric.key)
                                    .setUnit(metric.unit)
                                    .setDescription(metric.description)
                                    .buildWithCallback(callback)
                            : current.gaugeBuilder(metric.key)
                                    .ofLongs()
                                    .setUnit(metric.unit)
                                    .setDescription(metric.description)
                                    .buildWithCallback(callback));
        }
    }

    private static Attributes attributes(Map<String, ?> attributes) {
        AttributesBuilder builder = Attributes.builder();
        attributes.forEach((key, value) -> {
            if (value instanceof Long number) {
                builder.put(key, number);
            } else if (value instanceof Boolean is) {
                builder.put(key, is);
            } else if (!value.equals("")) {
                builder.put(key, value.toString());
            }
        });
        return builder.build();
    }

    /** Starts the span on the visitor's thread, whose current span is its parent; it may end on another. */
    @Override
    public CallObserver onCall(VerificationCall call) {
        CallObserver metrics = super.onCall(call);
        Span span = tracer().spanBuilder("POST")
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("http.request.method", "POST")
                .setAttribute("url.full", call.url().toString())
                .setAttribute("server.address", call.url().getHost())
                .setAttribute("server.port", (long) call.port())
                .startSpan();
        return end -> {
            if (end.status() > 0) {
                span.setAttribute("http.response.status_code", (long) end.status());
            }
            String error = httpError(end);
            if (!error.isEmpty()) {
                span.setAttribute("error.type", error);
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
            metrics.onEnd(end);
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (AutoCloseable each : published) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("A gauge cannot be removed", e);
            }
        }
        published.clear();
    }
}
