package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.ThrottleChange;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationEvent;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateTransition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes verifications, changes and late results as events of CDI or of another framework. What an observer throws
 * reaches the caller, which logs it.
 */
public final class EventForwarder implements VerificationListener, LateListener {
    private final Consumer<Object> publisher;

    public EventForwarder(Consumer<Object> publisher) {
        this.publisher = publisher;
    }

    @Override
    public void onVerification(String guard, Verification verification) {
        publisher.accept(new VerificationEvent(guard, verification));
    }

    @Override
    public void onBreakerChange(BreakerChange change) {
        publisher.accept(change);
    }

    @Override
    public void onThrottleChange(ThrottleChange change) {
        publisher.accept(change);
    }

    @Override
    public void onTransition(
            String id, LateKind kind, @Nullable LateState from, LateState to, @Nullable LateOutcome outcome) {
        publisher.accept(new LateTransition(id, kind, from, to, outcome));
    }
}
