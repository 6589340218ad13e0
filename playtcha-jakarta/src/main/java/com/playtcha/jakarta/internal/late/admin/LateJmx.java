package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.util.JmxRegistration;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Late results in JMX: the gauges and counters of {@link LateMetrics} as attributes, durations in seconds. */
public final class LateJmx {
    private static final Pattern WORD_START = Pattern.compile("(?:^|-)(.)");

    private LateJmx() {}

    public static JmxRegistration register(String application, LateMetrics metrics) {
        Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
        attributes.put("Pending", metrics::getPending);
        attributes.put("Awaiting", metrics::getAwaiting);
        attributes.put("Ready", metrics::getReady);
        attributes.put("DeadLetters", metrics::getDeadLetters);
        attributes.put("OldestDeadLetterSeconds", seconds(metrics::getOldestDeadLetterAge));
        attributes.put("OverdueSeconds", seconds(metrics::getOverdue));
        attributes.put("SpoolFiles", metrics::getSpoolFiles);
        attributes.put("SpoolBytes", metrics::getSpoolBytes);
        attributes.put("OverdueHandlers", metrics::getOverdueHandlers);
        attributes.put("AgeSeconds", seconds(metrics::getAge));
        for (String counter : metrics.getCounters().keySet()) {
            attributes.put(attribute(counter), () -> metrics.getCounters().getOrDefault(counter, 0L));
        }
        return JmxRegistration.register("LateResults", application, "", attributes, Map.of());
    }

    private static Supplier<Object> seconds(Supplier<Duration> duration) {
        return () -> duration.get().toSeconds();
    }

    /** Returns {@code HandlerFailed} for {@code handler-failed}. */
    private static String attribute(String counter) {
        return WORD_START.matcher(counter).replaceAll(start -> start.group(1).toUpperCase(Locale.ROOT));
    }
}
