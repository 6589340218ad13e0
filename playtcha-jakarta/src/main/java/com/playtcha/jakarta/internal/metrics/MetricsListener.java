package com.playtcha.jakarta.internal.metrics;

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
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts and measures what happens, with the names and attributes of contract section 9. */
public final class MetricsListener implements VerificationListener, LateListener {
    private final MetricsBackend backend;

    public MetricsListener(MetricsBackend backend) {
        this.backend = backend;
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        String outcome = verification.getOutcome().name();
        backend.count(
                Metric.VERIFICATIONS,
                Map.of(
                        "playtcha.guard",
                        guard,
                        "playtcha.outcome",
                        outcome,
                        "playtcha.reason",
                        verification.getReason().toString(),
                        "playtcha.allowed",
                        Boolean.toString(verification.isAllowed())));
        Duration duration = verification.getDuration();
        if (!duration.isZero()) {
            backend.record(
                    Metric.DURATION,
                    duration,
                    Map.of("playtcha.guard", guard, "playtcha.outcome", outcome, "error.type", error(verification)));
        }
    }

    /** A verdict on the token is no error, whatever it says. */
    private static String error(Verification verification) {
        Reason reason = verification.getReason();
        boolean isError = reason.getOutcome() == Outcome.UNAVAILABLE
                || reason.getOutcome() == Outcome.THROTTLED
                || reason == Reason.BAD_SECRET
                || reason == Reason.UNKNOWN_PROJECT
                || reason == Reason.NO_ENVELOPE;
        return isError ? reason.toString() : "";
    }

    @Override
    public Consumer<Verification> onCall(VerificationCall call) {
        long beganAt = System.nanoTime();
        return result -> backend.record(
                Metric.HTTP_DURATION,
                Duration.ofNanos(System.nanoTime() - beganAt),
                Map.of(
                        "http.request.method", "POST",
                        "server.address", call.getUrl().getHost(),
                        "server.port", Integer.toString(call.getPort()),
                        "http.response.status_code", status(result),
                        "error.type", httpError(result)));
    }

    private static String status(Verification result) {
        return result.getStatus() == 0 ? "" : Integer.toString(result.getStatus());
    }

    /** Returns the attribute {@code error.type} of HTTP clients: the status of a response, or why there was none. */
    public static String httpError(Verification result) {
        if (result.getStatus() == 0) {
            return result.getReason().toString();
        }
        return result.getStatus() >= 400 ? status(result) : "";
    }

    @Override
    public void onTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        if (to == LateState.DELIVERED || to == LateState.EXPIRED) {
            delivery(outcome, "delivered");
        } else if (to == LateState.DEAD_LETTER) {
            delivery(outcome, "failed");
        }
    }

    @Override
    public void onDuplicate(String id, LateKind kind, LateOutcome outcome) {
        delivery(outcome, "duplicate");
    }

    private void delivery(@Nullable LateOutcome outcome, String result) {
        backend.count(
                Metric.LATE_DELIVERIES,
                Map.of("playtcha.outcome", outcome == null ? "" : outcome.name(), "playtcha.result", result));
    }
}
