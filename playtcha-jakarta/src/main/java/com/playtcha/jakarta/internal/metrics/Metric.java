package com.playtcha.jakarta.internal.metrics;

/** The metrics of contract section 9, with their names and units in OpenTelemetry. */
public enum Metric {
    VERIFICATIONS("playtcha.verifications", "{verification}", "Decisions on requests"),
    DURATION("playtcha.verification.duration", "s", "Duration of verifications that called Playtcha"),
    ACTIVE("playtcha.verification.active", "{verification}", "Verifications in flight"),
    LIMIT("playtcha.verification.limit", "{verification}", "Verifications that may be in flight at once"),
    BREAKER("playtcha.breaker.status", "", "1 for the state of the circuit breaker, 0 for the others"),
    THROTTLE("playtcha.throttle.status", "", "1 for the state of the throttle window, 0 for the other"),
    LATE_ITEMS("playtcha.late.item.count", "{item}", "Late results that are not finished"),
    LATE_AGE("playtcha.late.item.oldest_age", "s", "Age of the oldest late result that is not finished"),
    LATE_STATUS("playtcha.late.status", "", "1 for the state of late results, running or paused, 0 for the other"),
    LATE_DELIVERIES("playtcha.late.deliveries", "{delivery}", "Late results that were given to the handler"),
    HTTP_DURATION("http.client.request.duration", "s", "Duration of HTTP client requests");

    public final String key;
    public final String unit;
    public final String description;

    Metric(String key, String unit, String description) {
        this.key = key;
        this.unit = unit;
        this.description = description;
    }
}
