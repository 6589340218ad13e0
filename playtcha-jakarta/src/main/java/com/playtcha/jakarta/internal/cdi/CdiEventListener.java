package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.cdi.LateTransition;
import com.playtcha.jakarta.cdi.VerificationEvent;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import jakarta.enterprise.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what an application's guards and late results tell, from when CDI has started until it ends.
 * Thread-safe.
 */
final class CdiEventListener implements VerificationListener, LateListener {
    private final Event<Object> events;
    private final @Nullable ClassLoader classes;
    private volatile boolean ended;

    /**
     * A source.
     *
     * @param events where they are fired
     * @param classes what observers expect as context class loader; verifications may run on threads of our own
     */
    CdiEventListener(Event<Object> events, @Nullable ClassLoader classes) {
        this.events = events;
        this.classes = classes;
    }

    /** Nothing is fired any more. */
    void end() {
        ended = true;
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        fire(VerificationEvent.class, new VerificationEvent(guard, verification));
    }

    @Override
    public void onBreakerChange(BreakerChange change) {
        fire(BreakerChange.class, change);
    }

    @Override
    public void onThrottleChange(ThrottleChange change) {
        fire(ThrottleChange.class, change);
    }

    @Override
    public void onTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        fire(LateTransition.class, new LateTransition(id, kind, from, to, outcome));
    }

    /** What an observer throws goes to our caller, who logs it. */
    private <T> void fire(Class<T> type, T event) {
        if (ended) {
            return;
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        boolean foreign = classes != null && before != classes;
        if (foreign) {
            thread.setContextClassLoader(classes);
        }
        try {
            events.select(type).fire(event);
        } finally {
            if (foreign) {
                thread.setContextClassLoader(before);
            }
        }
    }
}
