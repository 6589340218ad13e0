package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the application's listeners. What one of them throws is logged, and the others are told; only an error of the
 * virtual machine goes on to the caller, since a verification that met one must not let a request through.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<VerificationListener> listeners;

    /**
     * Tells these.
     *
     * @param listeners the live list, so that some can come and go; safe to read while it changes
     */
    public Listeners(List<VerificationListener> listeners) {
        this.listeners = listeners;
    }

    void verified(String guard, Verification verification) {
        each("verification", guard, listener -> listener.onVerification(guard, verification));
    }

    /**
     * Tells of a breaker.
     *
     * @param change of it
     */
    public void breakerChanged(BreakerChange change) {
        each("breaker", change.getHost(), listener -> listener.onBreakerChange(change));
    }

    /**
     * Tells of a throttle window.
     *
     * @param change of it
     */
    public void throttleChanged(ThrottleChange change) {
        each("throttle", change.getHost(), listener -> listener.onThrottleChange(change));
    }

    private void each(String what, String whose, Consumer<VerificationListener> telling) {
        for (VerificationListener listener : listeners) {
            try {
                telling.accept(listener);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) {
                LOG.warn("A verification listener failed: {}={}", what, whose, e);
            }
        }
    }
}
