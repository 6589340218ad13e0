package com.playtcha.jakarta.internal.metrics;

import com.playtcha.jakarta.CallEnd;
import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One API that metrics are published by: counts and measures what happens, as contract section 9 names it. An attribute
 * whose value is empty is absent; it is passed for APIs in which all series of a metric have the same attributes.
 */
public abstract class MetricsBackend implements VerificationListener, LateListener, AutoCloseable {

    /** The histograms' buckets in seconds, those of the semantic conventions. */
    protected static final List<Double> BUCKETS =
            List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

    /** Adds one to a counter. */
    protected abstract void count(Metric metric, Map<String, Object> attributes);

    /** Adds a value to a histogram. */
    protected abstract void record(Metric metric, Duration value, Map<String, Object> attributes);

    /** Publishes the gauges from now on; called again when there may be new series. */
    public abstract void publishGauges();

    /** Removes everything that refers to this application. */
    @Override
    public abstract void close();

    @Override
    public void onVerification(String guard, Verification verification) {
        Reason reason = verification.getReason();
        count(
                Metric.VERIFICATIONS,
                Map.of(
                        "playtcha.guard", guard,
                        "playtcha.outcome", verification.getOutcome().name(),
                        "playtcha.reason", reason.getLabel(),
                        "playtcha.allowed", verification.isAllowed()));
        if (!verification.getDuration().isZero()) {
            // A verdict on the token is no error, whatever it says.
            boolean isError = reason.getOutcome() == Outcome.UNAVAILABLE
                    || reason.getOutcome() == Outcome.THROTTLED
                    || reason.getOutcome() == Outcome.OVERLOADED
                    || reason == Reason.BAD_SECRET
                    || reason == Reason.UNKNOWN_PROJECT
                    || reason == Reason.NO_ENVELOPE;
            record(
                    Metric.DURATION,
                    verification.getDuration(),
                    Map.of(
                            "playtcha.guard",
                            guard,
                            "playtcha.outcome",
                            verification.getOutcome().name(),
                            "error.type",
                            isError ? reason.getLabel() : ""));
        }
    }

    @Override
    public CallObserver onCall(VerificationCall call) {
        long beganAt = System.nanoTime();
        return end -> record(
                Metric.HTTP_DURATION,
                Duration.ofNanos(System.nanoTime() - beganAt),
                Map.of(
                        "http.request.method", "POST",
                        "server.address", call.url().getHost(),
                        "server.port", Long.valueOf(call.port()),
                        "http.response.status_code", status(end),
                        "error.type", httpError(end)));
    }

    private static Object status(CallEnd end) {
        return end.status() == 0 ? "" : (long) end.status();
    }

    /** Returns the attribute {@code error.type} of HTTP clients: the status of a response, or why there was none. */
    protected static String httpError(CallEnd end) {
        int status = end.status();
        return status == 0 ? end.reason().getLabel() : status >= 400 ? Integer.toString(status) : "";
    }

    @Override
    public void onTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        if (to == LateState.DELIVERED || to == LateState.EXPIRED) {
            delivery(outcome, "delivered");
        }
    }

    @Override
    public void onFailure(String id, LateKind kind, LateOutcome outcome) {
        delivery(outcome, "failed");
    }

    @Override
    public void onDuplicate(String id, LateKind kind, LateOutcome outcome) {
        delivery(outcome, "duplicate");
    }

    private void delivery(@Nullable LateOutcome outcome, String result) {
        count(
                Metric.LATE_DELIVERIES,
                Map.of("playtcha.outcome", outcome == null ? "" : outcome.name(), "playtcha.result", result));
    }
}
