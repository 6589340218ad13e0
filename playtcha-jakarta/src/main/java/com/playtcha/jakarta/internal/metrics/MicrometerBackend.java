package com.playtcha.jakarta.internal.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Publishes metrics. The names are OpenTelemetry's, and each registry writes them in its own way. Thread-safe. */
public final class MicrometerBackend extends MetricsBackend {
    private static final Duration[] OBJECTIVES = BUCKETS.stream()
            .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
            .toArray(Duration[]::new);

    private final Gauges gauges;
    private final MeterRegistry registry;
    /** Removed at the end: a gauge refers to this application, and a second deployment starts from zero. */
    private final Set<Meter> published = ConcurrentHashMap.newKeySet();
    /** Gauges are published again with each new guard, and Micrometer warns of one that is registered twice. */
    private final Set<Map.Entry<Metric, Map<String, String>>> series = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    public MicrometerBackend(Gauges gauges, BeanLookup beans) {
        this.gauges = gauges;
        MeterRegistry own = beans.find(MeterRegistry.class);
        registry = own == null ? Metrics.globalRegistry : own;
    }

    @Override
    protected void count(Metric metric, Map<String, Object> attributes) {
        Counter counter = Counter.builder(metric.key)
                .description(metric.description)
                .tags(tags(attributes))
                .register(registry);
        published(counter).increment();
    }

    @Override
    protected void record(Metric metric, Duration value, Map<String, Object> attributes) {
        Timer timer = Timer.builder(metric.key)
                .description(metric.description)
                .tags(tags(attributes))
                .serviceLevelObjectives(OBJECTIVES)
                .register(registry);
        published(timer).record(value);
    }

    @Override
    public void publishGauges() {
        for (Metric metric : Gauges.ALL) {
            for (Map<String, String> attributes : gauges.values(metric).keySet()) {
                if (!series.add(Map.entry(metric, attributes))) {
                    continue;
                }
                Gauge.Builder<?> gauge = Gauge.builder(
                                metric.key, () -> gauges.values(metric).get(attributes))
                        .description(metric.description)
                        .tags(tags(attributes));
                published((metric.unit.equals("s") ? gauge.baseUnit("seconds") : gauge).register(registry));
            }
        }
    }

    /** Remembers a meter. One that is made by a call that outlasts the application is removed again. */
    private <M extends Meter> M published(M meter) {
        published.add(meter);
        if (closed) {
            registry.remove(meter);
        }
        return meter;
    }

    private static List<Tag> tags(Map<String, ?> attributes) {
        return attributes.entrySet().stream()
                .map(each -> Tag.of(each.getKey(), each.getValue().toString()))
                .toList();
    }

    @Override
    public void close() {
        closed = true;
        published.forEach(registry::remove);
        published.clear();
    }
}
