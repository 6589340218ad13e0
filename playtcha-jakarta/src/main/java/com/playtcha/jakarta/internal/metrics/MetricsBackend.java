package com.playtcha.jakarta.internal.metrics;

import java.time.Duration;
import java.util.Map;

/**
 * One API that metrics are published by. An attribute whose value is empty is absent; it is passed nevertheless, for
 * APIs in which all series of a metric have the same attributes. Thread-safe.
 */
public interface MetricsBackend extends AutoCloseable {

    /** Adds one to a counter. */
    void count(Metric metric, Map<String, String> attributes);

    /** Adds a value to a histogram. */
    void record(Metric metric, Duration value, Map<String, String> attributes);

    /** Publishes the gauges from now on; called again when there may be new series. */
    void publishGauges();

    /** Removes everything that refers to this application. */
    @Override
    void close();
}
