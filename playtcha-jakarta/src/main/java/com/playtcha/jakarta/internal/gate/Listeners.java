package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.CallObserver;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.util.EventPublisher;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's listeners. What one of them throws is logged and the others are called; only an error of the
 * virtual machine reaches the caller, since a request during which one occurred must not be allowed.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<VerificationListener> listeners;
    private final LogThrottle throttle;

    /** Uses the live list, which must be safe to read while it changes. */
    public Listeners(List<VerificationListener> listeners, LongSupplier nanoTime, LogThrottle.Scheduler scheduler) {
        this.listeners = listeners;
        this.throttle = new LogThrottle(nanoTime, Duration.ofMinutes(1), scheduler);
    }

    /** Reports that a call begins, and returns what reports its end. */
    CallObserver calling(VerificationCall call) {
        List<CallObserver> observers = new ArrayList<>();
        each(listeners, "call", call.guard(), listener -> {
            CallObserver observer = listener.onCall(call);
            if (observer != CallObserver.NONE) {
                observers.add(Objects.requireNonNull(observer, "onCall returned null"));
            }
        });
        return end -> each(observers, "call", call.guard(), observer -> observer.onEnd(end));
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

    private <L> void each(List<L> each, String event, String source, Consumer<? super L> call) {
        EventPublisher.notifyEach(each, call, (listener, e) -> {
            if (e instanceof VirtualMachineError error) {
                throw error;
            }
            String name = listener.getClass().getName();
            String line = "A verification listener failed: class={} {}={} count={}";
            throttle.log(name, count -> LOG.warn(line, name, event, source, count, e));
        });
    }
}
