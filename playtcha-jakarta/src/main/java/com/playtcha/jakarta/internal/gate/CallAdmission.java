package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.Setting.MissingToken;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether Playtcha may be called for a token: its format, the throttle window, the bulkhead and the breaker. Calls
 * for late verdicts share window and breaker with the visitors', but not the bulkhead (docs/contract.md, section 7).
 */
final class CallAdmission implements VerdictClient {
    private final GuardSettings settings;
    private final CallPermit.Route route;
    private final @Nullable Breaker breaker;
    private final Semaphore bulkhead;

    CallAdmission(GuardSettings settings, CallPermit.Route route, @Nullable Breaker breaker) {
        this.settings = settings;
        this.route = route;
        this.breaker = breaker;
        this.bulkhead = new Semaphore(settings.get(Setting.MAX_CONCURRENT));
    }

    int active() {
        return settings.get(Setting.MAX_CONCURRENT) - bulkhead.availablePermits();
    }

    /** Decides about a visitor's token. Throws an {@link IllegalStateException} after the close. */
    Admission tryAcquire(PresentedToken presented) {
        if (route.upstream().isClosed()) {
            // Checked first: with an open breaker, requests would fail open after the close.
            throw new IllegalStateException("the verifier is closed");
        }
        Reason missing = presented.problem();
        if (missing != null) {
            boolean widgetMayBeDown = presented.isAbsent()
                    && settings.get(Setting.MISSING_TOKEN) == MissingToken.POLICY
                    && breaker != null
                    && breaker.isOpen();
            if (widgetMayBeDown) {
                return breakerOpen();
            }
            if (presented.isRequired()) {
                route.log().noToken(missing, presented.searched());
            } else {
                route.log().notRequired(missing);
            }
            return Decided.of(missing);
        }
        Duration throttled = route.throttle().remaining();
        if (!throttled.isZero()) {
            return new Decided(Reason.THROTTLE_WINDOW, throttled, null);
        }
        if (!bulkhead.tryAcquire()) {
            return overloaded();
        }
        CallPermit acquired = null;
        Breaker.Permission permission = null;
        try {
            permission = breaker == null ? null : breaker.tryAcquire();
            if (breaker == null || permission != null) {
                acquired = new CallPermit(route, Objects.requireNonNull(presented.value()), permission, bulkhead);
            }
        } finally {
            if (acquired == null) {
                bulkhead.release();
                if (permission != null) {
                    permission.release();
                }
            }
        }
        return acquired == null ? breakerOpen() : acquired;
    }

    private Decided breakerOpen() {
        route.log().unavailable(Decided.BREAKER_OPEN, "");
        return Decided.BREAKER_OPEN;
    }

    /** Returns the decision for a request for which no permit is left. */
    Decided overloaded() {
        route.log().limited("Overloaded, more verifications in flight than max-concurrent", Reason.MAX_CONCURRENT);
        return Decided.OVERLOADED;
    }

    /** Returns the decision for a call for which there is no thread. */
    Decided exhausted(OutOfMemoryError error) {
        Decided result = new Decided(Reason.LOCAL_RESOURCES, Decided.ONE_SECOND, error.toString());
        route.log().answered(result, "");
        return result;
    }

    @Override
    public CallResult callForLateVerdict(String token) {
        Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
        return breaker != null && permission == null
                ? Decided.BREAKER_OPEN
                : new CallPermit(route, token, permission, null).call();
    }

    @Override
    public Duration holdOff() {
        Duration window = route.throttle().remaining();
        Duration open = breaker == null ? Duration.ZERO : breaker.waitTime();
        return open.compareTo(window) > 0 ? open : window;
    }
}
