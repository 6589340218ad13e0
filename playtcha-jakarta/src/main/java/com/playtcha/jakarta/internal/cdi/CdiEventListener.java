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

/** Fires CDI events for verifications, changes and late results, from the start of CDI until its end. Thread-safe. */
final class CdiEventListener implements VerificationListener, LateListener {
    private final Event<Object> events;
    private final @Nullable ClassLoader classes;
    private volatile boolean ended;

    /** Events are fired with the application's context class loader, since verifications may run on other threads. */
    CdiEventListener(Event<Object> events, @Nullable ClassLoader classes) {
        this.events = events;
        this.classes = classes;
    }

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

    /** Fires an event. An observer's exception is thrown to the caller, which logs it. */
    private <T> void fire(Class<T> type, T event) {
        if (ended) {
            return;
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes == null ? before : classes);
        try {
            events.select(type).fire(event);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
