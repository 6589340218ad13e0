package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.late.LateMetrics;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An application in JMX: one MBean for each name of a guard, and one for late results. Thread-safe. */
public final class JmxMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxMetrics.class);
    private static final Pattern WORD_START = Pattern.compile("(?:^|[-_])(.)");

    private final Gauges gauges;
    private final String application;
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    private final Map<String, JmxOperation> lateOperations;
    /** What removes an MBean, by the guard's name, or "" for late results. */
    private final Map<String, Runnable> registered = new ConcurrentHashMap<>();

    /** Creates the metrics of an application, and the operations of its late results. */
    public JmxMetrics(Gauges gauges, String application, Map<String, JmxOperation> lateOperations) {
        this.gauges = gauges;
        this.lateOperations = lateOperations;
        this.application = application.isBlank() ? "/" : application;
    }

    /** Registers what is new. A failure is logged, and never keeps an application from starting. */
    public void register() {
        for (Guard guard : gauges.guards.get()) {
            registered.computeIfAbsent(
                    guard.settings().name(),
                    name -> register("Guard", ",name=" + name, () -> values(name), Map.of("reset", reset(name))));
        }
        gauges.late
                .get()
                .ifPresent(late -> registered.computeIfAbsent(
                        "", none -> register("LateResults", "", () -> values(late), lateOperations)));
    }

    private Map<String, Object> values(String guard) {
        Counts counted = counts(guard);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            values.put(attribute(outcome.name()), counted.outcomes[outcome.ordinal()].sum());
        }
        values.put("AllowedUnverified", counted.allowedUnverified.sum());
        values.put("Denied", counted.denied.sum());
        values.put("DurationMillis", counted.nanos.sum() / 1_000_000);
        values.put("Breaker", breaker(guard));
        values.put("ThrottleWindow", guards(guard).anyMatch(Guard::isThrottled));
        values.put("Active", guards(guard).mapToInt(Guard::active).sum());
        values.put(
                "Limit",
                guards(guard)
                        .mapToInt(each -> each.settings().get(Setting.MAX_CONCURRENT))
                        .sum());
        return values;
    }

    private static Map<String, Object> values(LateMetrics late) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("Pending", late.getPending());
        values.put("Awaiting", late.getAwaiting());
        values.put("Ready", late.getReady());
        values.put("Retrying", late.getRetrying());
        values.put("OldestRetryingSeconds", late.getOldestRetryingAge().toSeconds());
        values.put("DeadLetters", late.getDeadLetters());
        values.put("OldestDeadLetterSeconds", late.getOldestDeadLetterAge().toSeconds());
        values.put("OverdueSeconds", late.getOverdue().toSeconds());
        values.put("SpoolFiles", late.getSpoolFiles());
        values.put("SpoolBytes", late.getSpoolBytes());
        values.put("Paused", late.isPaused());
        values.put("OverdueHandlers", late.getOverdueHandlers());
        values.put("SecondsSinceCount", late.getTimeSinceCount().toSeconds());
        late.getCounters().forEach((name, count) -> values.put(attribute(name), count));
        return values;
    }

    private Runnable register(
            String type, String more, Supplier<Map<String, Object>> values, Map<String, JmxOperation> operations) {
        try {
            return JmxBean.register(type, application, more, values, operations);
        } catch (LinkageError e) {
            LOG.debug("The platform has no JMX", e);
        } catch (Exception e) {
            // Names no class of JMX, since this class has to load without it.
            LOG.warn("{} of {} cannot be registered in JMX, so it is not visible there", type, application, e);
        }
        return () -> {};
    }

    /** Returns {@code HandlerFailed} for {@code handler-failed}, and {@code NoToken} for {@code NO_TOKEN}. */
    private static String attribute(String name) {
        return WORD_START
                .matcher(name.toLowerCase(Locale.ROOT))
                .replaceAll(start -> start.group(1).toUpperCase(Locale.ROOT));
    }

    private Stream<Guard> guards(String name) {
        return gauges.guards.get().stream()
                .filter(guard -> guard.settings().name().equals(name));
    }

    /** Returns the first state that is not closed, as a filter with settings of its own may have its own breaker. */
    private String breaker(String name) {
        return guards(name)
                .map(Guard::breakerState)
                .filter(Objects::nonNull)
                .min(Comparator.comparing(state -> state == BreakerState.CLOSED))
                .map(state -> state.name().toLowerCase(Locale.ROOT))
                .orElse("off");
    }

    private JmxOperation reset(String name) {
        return new JmxOperation("Ends breaker and throttle window of a guard that calls this host", List.of(), none -> {
            resetLoopback(name);
            return "";
        });
    }

    /** Affects guards that call this host, which only a stand-in is on: Playtcha's own windows are always honoured. */
    private void resetLoopback(String name) {
        guards(name)
                .filter(guard ->
                        guard.settings().isEnabled() && guard.settings().isLoopback())
                .forEach(Guard::reset);
    }

    private Counts counts(String guard) {
        return counts.computeIfAbsent(guard, name -> new Counts());
    }

    public void count(String guard, Verification verification) {
        Counts counted = counts(guard);
        Outcome outcome = verification.getOutcome();
        counted.outcomes[outcome.ordinal()].increment();
        counted.nanos.add(verification.getDuration().toNanos());
        if (!verification.isAllowed()) {
            counted.denied.increment();
        } else if (outcome == Outcome.UNAVAILABLE) {
            counted.allowedUnverified.increment();
        }
    }

    @Override
    public void close() {
        registered.values().forEach(Runnable::run);
        registered.clear();
    }

    /** What is counted of one guard. */
    private static final class Counts {
        final LongAdder[] outcomes =
                Stream.generate(LongAdder::new).limit(Outcome.values().length).toArray(LongAdder[]::new);
        final LongAdder allowedUnverified = new LongAdder();
        final LongAdder denied = new LongAdder();
        final LongAdder nanos = new LongAdder();
    }
}
