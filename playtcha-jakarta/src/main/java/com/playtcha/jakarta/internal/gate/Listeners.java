package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.util.EventPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's listeners. What one of them throws is logged and the others are called; only an error of the
 * virtual machine reaches the caller, since a request during which one occurred must not be allowed.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<VerificationListener> listeners;

    /** Uses the live list, which must be safe to read while it changes. */
    public Listeners(List<VerificationListener> listeners) {
        this.listeners = listeners;
    }

    /** Reports that a call begins, and returns what reports its end. */
    Consumer<Verification> calling(VerificationCall call) {
        List<Consumer<Verification>> ends = new ArrayList<>();
        each(listeners, "call", call.guard(), listener -> {
            Consumer<Verification> end = listener.onCall(call);
            if (end != null) {
                ends.add(end);
            }
        });
        return result -> each(ends, "call", call.guard(), end -> end.accept(result));
    }

    void verified(String guard, Verification verification) {
        each(listeners, "verification", guard, listener -> listener.onVerification(guard, verification));
    }

    public void breakerChanged(BreakerChange change) {
        each(listeners, "breaker", change.host(), listener -> listener.onBreakerChange(change));
    }

    public void throttleChanged(ThrottleChange change) {
        each(listeners, "throttle", change.host(), listener -> listener.onThrottleChange(change));
    }

    private static <L> void each(List<L> listeners, String event, String source, Consumer<? super L> call) {
        EventPublisher.notifyEach(listeners, call, e -> {
            if (e instanceof VirtualMachineError error) {
                throw error;
            }
            LOG.warn("A verification listener failed: {}={}", event, source, e);
        });
    }
}
