package com.playtcha.jakarta.internal.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Publishes metrics. The names are OpenTelemetry's, and each registry writes them in its own way. Thread-safe. */
public final class MicrometerBackend extends MetricsBackend {
    private static final Duration[] OBJECTIVES = BUCKETS.stream()
            .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
            .toArray(Duration[]::new);

    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(10).toNanos();

    private final Gauges gauges;
    private final MeterRegistry registry;
    /** Removed at the end: a gauge refers to this application, and a second deployment starts from zero. */
    private final Set<Meter> published = ConcurrentHashMap.newKeySet();
    /** Gauges are published again with each new guard, and Micrometer warns of one that is registered twice. */
    private final Map<Map.Entry<Metric, Map<String, String>>, Meter.Id> series = new HashMap<>();

    /** The meters of the last seconds: to look one up in the registry takes longer than the rest of a decision. */
    private final Map<Map.Entry<Metric, Map<String, Object>>, Counter> counters = new ConcurrentHashMap<>();

    private final Map<Map.Entry<Metric, Map<String, Object>>, Timer> timers = new ConcurrentHashMap<>();

    private final LongSupplier nanoTime;
    private final AtomicLong publishedAt = new AtomicLong();
    private volatile boolean closed;

    public MicrometerBackend(Gauges gauges, BeanLookup beans, LongSupplier nanoTime) {
        this.gauges = gauges;
        this.nanoTime = nanoTime;
        MeterRegistry own = beans.find(MeterRegistry.class);
        registry = own == null ? Metrics.globalRegistry : own;
    }

    @Override
    protected void count(Metric metric, Map<String, Object> attributes) {
        lookAgain();
        counters.computeIfAbsent(
                        Map.entry(metric, attributes),
                        series -> published(Counter.builder(metric.key)
                                .description(metric.description)
                                .tags(tags(attributes))
                                .register(registry)))
                .increment();
    }

    @Override
    protected void record(Metric metric, Duration value, Map<String, Object> attributes) {
        timers.computeIfAbsent(
                        Map.entry(metric, attributes),
                        series -> published(Timer.builder(metric.key)
                                .description(metric.description)
                                .tags(tags(attributes))
                                .serviceLevelObjectives(OBJECTIVES)
                                .register(registry)))
                .record(value);
    }

    /**
     * Publishes the gauges that are not in the registry. Where another application uses the same one, its gauge is left
     * alone, and replaced once that application has ended; its end also removes counters and timers that both use.
     */
    @Override
    public synchronized void publishGauges() {
        publishedAt.set(nanoTime.getAsLong());
        counters.clear();
        timers.clear();
        Set<Meter.Id> registered =
                registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
        for (Metric metric : Gauges.ALL) {
            for (Map<String, String> attributes : gauges.values(metric).keySet()) {
                Map.Entry<Metric, Map<String, String>> each = Map.entry(metric, attributes);
                Meter.Id before = series.get(each);
                if (before != null && registered.contains(before)) {
                    continue;
                }
                Gauge.Builder<?> builder = Gauge.builder(
                                metric.key, () -> gauges.values(metric).get(attributes))
                        .description(metric.description)
                        .tags(tags(attributes));
                Gauge gauge = (metric.unit.equals("s") ? builder.baseUnit("seconds") : builder).register(registry);
                series.put(each, gauge.getId());
                if (!registered.contains(gauge.getId())) {
                    published(gauge);
                }
            }
        }
    }

    /** No API of Micrometer tells of the end of another application, so what is counted looks now and then. */
    private void lookAgain() {
        long at = publishedAt.get();
        long now = nanoTime.getAsLong();
        if (now - at >= LOOK_AGAIN_NANOS && publishedAt.compareAndSet(at, now)) {
            publishGauges();
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
        counters.clear();
        timers.clear();
        published.forEach(registry::remove);
        published.clear();
    }
}
