package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.late.LateMetrics;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
public final class JmxMetrics implements VerificationListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxMetrics.class);
    private static final Pattern WORD_START = Pattern.compile("(?:^|[-_])(.)");

    private final Gauges gauges;
    private final String application;
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    /** What removes an MBean, by the guard's name, or "" for late results. */
    private final Map<String, Runnable> registered = new ConcurrentHashMap<>();

    public JmxMetrics(Gauges gauges, String application) {
        this.gauges = gauges;
        this.application = application.isBlank() ? "/" : application;
    }

    /** Registers what is new. A failure is logged, and never keeps an application from starting. */
    public void register() {
        for (Guard guard : gauges.guards()) {
            registered.computeIfAbsent(guard.settings().name(), this::registerGuard);
        }
        gauges.late().ifPresent(late -> registered.computeIfAbsent("", key -> registerLate(late)));
    }

    private Runnable registerGuard(String name) {
        Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
        Counts counted = counts.computeIfAbsent(name, key -> new Counts());
        for (Outcome outcome : Outcome.values()) {
            attributes.put(attribute(outcome.name()), counted.outcomes[outcome.ordinal()]::sum);
        }
        attributes.put("AllowedUnverified", counted.allowedUnverified::sum);
        attributes.put("Denied", counted.denied::sum);
        attributes.put("DurationMillis", () -> counted.nanos.sum() / 1_000_000);
        attributes.put("Breaker", () -> breaker(name));
        attributes.put("ThrottleWindow", () -> guards(name).anyMatch(Guard::isThrottled));
        attributes.put("Active", () -> guards(name).mapToInt(Guard::active).sum());
        attributes.put(
                "Limit",
                () -> guards(name)
                        .mapToInt(guard -> guard.settings().maxConcurrent())
                        .sum());
        return register("Guard", ",name=" + name, attributes, Map.of("reset", () -> reset(name)));
    }

    private Runnable registerLate(LateMetrics late) {
        Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
        attributes.put("Pending", late::getPending);
        attributes.put("Awaiting", late::getAwaiting);
        attributes.put("Ready", late::getReady);
        attributes.put("DeadLetters", late::getDeadLetters);
        attributes.put("OldestDeadLetterSeconds", seconds(late::getOldestDeadLetterAge));
        attributes.put("OverdueSeconds", seconds(late::getOverdue));
        attributes.put("SpoolFiles", late::getSpoolFiles);
        attributes.put("SpoolBytes", late::getSpoolBytes);
        attributes.put("OverdueHandlers", late::getOverdueHandlers);
        attributes.put("AgeSeconds", seconds(late::getAge));
        for (String counter : late.getCounters().keySet()) {
            attributes.put(attribute(counter), () -> late.getCounters().getOrDefault(counter, 0L));
        }
        return register("LateResults", "", attributes, Map.of());
    }

    private Runnable register(
            String type, String more, Map<String, Supplier<Object>> attributes, Map<String, Runnable> operations) {
        try {
            return JmxBean.register(type, application, more, attributes, operations);
        } catch (LinkageError e) {
            LOG.debug("The platform has no JMX", e);
        } catch (Exception e) {
            // Names no class of JMX, since this class has to load without it.
            LOG.warn("{} of {} cannot be registered in JMX, so it is not visible there", type, application, e);
        }
        return () -> {};
    }

    private static Supplier<Object> seconds(Supplier<Duration> duration) {
        return () -> duration.get().toSeconds();
    }

    /** Returns {@code HandlerFailed} for {@code handler-failed}, and {@code NoToken} for {@code NO_TOKEN}. */
    private static String attribute(String name) {
        return WORD_START
                .matcher(name.toLowerCase(Locale.ROOT))
                .replaceAll(start -> start.group(1).toUpperCase(Locale.ROOT));
    }

    private Stream<Guard> guards(String name) {
        return gauges.guards().stream().filter(guard -> guard.settings().name().equals(name));
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

    /** Affects guards that call this host, which only a stand-in is on: Playtcha's own windows are always honoured. */
    private void reset(String name) {
        guards(name)
                .filter(guard -> guard.settings().enabled() && guard.settings().isLoopback())
                .forEach(Guard::reset);
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        Counts counted = counts.computeIfAbsent(guard, name -> new Counts());
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
