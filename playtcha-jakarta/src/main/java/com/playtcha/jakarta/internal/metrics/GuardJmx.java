package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.metrics.MetricsSource.GuardState;
import com.playtcha.jakarta.internal.util.JmxRegistration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The guards of an application in JMX, one MBean for each name. Thread-safe. */
public final class GuardJmx implements VerificationListener, AutoCloseable {
    private final MetricsSource source;
    private final String application;
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();
    private final Map<String, JmxRegistration> registrations = new ConcurrentHashMap<>();

    /** What is counted of one guard. */
    private static final class Counts {
        final LongAdder[] outcomes = new LongAdder[Outcome.values().length];
        final LongAdder allowedUnverified = new LongAdder();
        final LongAdder denied = new LongAdder();
        final LongAdder nanos = new LongAdder();

        Counts() {
            for (int i = 0; i < outcomes.length; i++) {
                outcomes[i] = new LongAdder();
            }
        }
    }

    public GuardJmx(MetricsSource source, String application) {
        this.source = source;
        this.application = application;
    }

    /** Registers guards that are new. */
    public void registerGuards() {
        for (GuardState guard : source.guards()) {
            registrations.computeIfAbsent(guard.name(), this::register);
        }
    }

    private JmxRegistration register(String guard) {
        Counts counted = counts(guard);
        Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            attributes.put(attribute(outcome), counted.outcomes[outcome.ordinal()]::sum);
        }
        attributes.put("AllowedUnverified", counted.allowedUnverified::sum);
        attributes.put("Denied", counted.denied::sum);
        attributes.put("DurationMillis", () -> counted.nanos.sum() / 1_000_000);
        attributes.put("Breaker", () -> breaker(guard));
        attributes.put("ThrottleWindow", () -> states(guard).anyMatch(GuardState::throttled));
        attributes.put("Active", () -> sum(guard, GuardState::active));
        attributes.put("Limit", () -> sum(guard, GuardState::limit));
        return JmxRegistration.register(
                "Guard", application, ",name=" + guard, attributes, Map.of("reset", () -> source.reset(guard)));
    }

    /** Returns {@code NoToken} for {@code NO_TOKEN}. */
    private static String attribute(Outcome outcome) {
        return outcome == Outcome.NO_TOKEN
                ? "NoToken"
                : outcome.name().charAt(0) + outcome.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private Stream<GuardState> states(String guard) {
        return source.guards().stream().filter(each -> each.name().equals(guard));
    }

    private int sum(String guard, ToIntFunction<GuardState> value) {
        return states(guard).mapToInt(value).sum();
    }

    /** Returns the first state that is not closed, as a filter with settings of its own may have its own breaker. */
    private String breaker(String guard) {
        List<BreakerState> breakers = states(guard)
                .map(GuardState::breaker)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(state -> state == BreakerState.CLOSED))
                .toList();
        return breakers.isEmpty() ? "off" : breakers.get(0).name().toLowerCase(Locale.ROOT);
    }

    private Counts counts(String guard) {
        return counts.computeIfAbsent(guard, name -> new Counts());
    }

    @Override
    public void onVerification(String guard, Verification verification) {
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
        registrations.values().forEach(JmxRegistration::close);
        registrations.clear();
    }
}
