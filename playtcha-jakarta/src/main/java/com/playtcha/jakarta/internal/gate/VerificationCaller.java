package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls Playtcha for one guard, as far as throttle window, bulkhead and breaker permit, and classifies the response.
 * Applies no policy. Thread-safe.
 */
final class VerificationCaller {
    private static final Duration OVERLOADED_RETRY_AFTER = Duration.ofSeconds(1);

    private final GuardSettings settings;
    private final Guard.@Nullable Shared shared;
    private final GuardLog log;
    private final Listeners listeners;
    private final @Nullable VerificationCall description;
    private final LongSupplier nanoTime;
    private final Semaphore bulkhead;

    VerificationCaller(
            GuardSettings settings,
            Guard.@Nullable Shared shared,
            GuardLog log,
            Listeners listeners,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.shared = shared;
        this.log = log;
        this.listeners = listeners;
        this.description = shared == null ? null : Guard.callOf(settings);
        this.nanoTime = nanoTime;
        this.bulkhead = new Semaphore(settings.maxConcurrent());
    }

    /** Returns the number of calls in flight. */
    int active() {
        return settings.maxConcurrent() - bulkhead.availablePermits();
    }

    boolean isClosed() {
        return shared != null && shared.upstream().isClosed();
    }

    /** Returns a permit for one call, or one that holds the result already because no call may be made. */
    CallPermit tryAcquire(PresentedToken presented) {
        if (shared == null || !settings.enabled()) {
            return known(Verification.because(Reason.SWITCHED_OFF).build());
        }
        if (isClosed()) {
            // Checked first: with an open breaker, requests would fail open after the close.
            throw new IllegalStateException("the verifier is closed");
        }
        Breaker breaker = shared.breaker();
        Reason missing = presented.problem();
        if (missing != null) {
            boolean widgetMayBeDown =
                    presented.isAbsent() && settings.missingTokenByPolicy() && breaker != null && breaker.isOpen();
            return known(
                    widgetMayBeDown
                            ? breakerOpen()
                            : Verification.because(missing).build());
        }
        Duration throttled = shared.throttle().remaining();
        if (!throttled.isZero()) {
            return known(Verification.because(Reason.THROTTLE_WINDOW)
                    .retryAfter(throttled)
                    .build());
        }
        if (!bulkhead.tryAcquire()) {
            return new CallPermit(overloaded(), null, "");
        }
        CallPermit acquired = null;
        Breaker.Permission permission = null;
        try {
            permission = breaker == null ? null : breaker.tryAcquire();
            if (breaker == null || permission != null) {
                acquired = new CallPermit(null, permission, Objects.requireNonNull(presented.value()));
            }
        } finally {
            if (acquired == null) {
                release(permission, null);
            }
        }
        return acquired == null ? known(breakerOpen()) : acquired;
    }

    private CallPermit known(Verification facts) {
        return new CallPermit(result(facts), null, "");
    }

    /** Result for a token that was not sent to Playtcha. */
    private CallResult result(Verification facts) {
        return new CallResult(facts, false, nanoTime.getAsLong());
    }

    /** Result of a request for which {@code max-concurrent} leaves no permit. */
    CallResult overloaded() {
        log.overloaded(settings.maxConcurrent());
        return result(Verification.because(Reason.MAX_CONCURRENT)
                .retryAfter(OVERLOADED_RETRY_AFTER)
                .build());
    }

    private Verification breakerOpen() {
        Verification facts = Verification.because(Reason.BREAKER_OPEN).build();
        log.breakerOpen(facts);
        return facts;
    }

    /** Reports the response to the breaker, null for a call that was not made, and always releases the bulkhead. */
    private void release(Breaker.@Nullable Permission permission, @Nullable UpstreamResponse response) {
        try {
            if (permission != null) {
                permission.onResponse(response);
            }
        } finally {
            bulkhead.release();
        }
    }

    /** A known result, or a permit of the bulkhead and the breaker's permission for one call. */
    final class CallPermit {
        private final @Nullable CallResult known;
        private final Breaker.@Nullable Permission permission;
        private final String token;
        private final long beganAt = nanoTime.getAsLong();
        private @Nullable Consumer<Verification> listenersAtEnd;

        private CallPermit(@Nullable CallResult known, Breaker.@Nullable Permission permission, String token) {
            this.known = known;
            this.permission = permission;
            this.token = token;
        }

        /** Returns null if a call has to be made, which {@link #call} or {@link #release} ends. */
        @Nullable
        CallResult known() {
            return known;
        }

        /** Releases the permit without a call. */
        void release() {
            if (known == null) {
                VerificationCaller.this.release(permission, null);
                end(null);
            }
        }

        /** Reports to the listeners that the call begins, on the visitor's thread; {@link #call} may run on another. */
        void begin() {
            if (known == null && description != null && listenersAtEnd == null) {
                listenersAtEnd = listeners.calling(description);
            }
        }

        /** Reports the end; null for a call that an error of our own cut short. */
        private void end(@Nullable Verification facts) {
            if (listenersAtEnd != null) {
                listenersAtEnd.accept(
                        facts == null ? Verification.because(Reason.INTERRUPTED).build() : facts);
            }
        }

        CallResult call() {
            if (known != null) {
                return known;
            }
            Guard.Shared parts = Objects.requireNonNull(shared);
            UpstreamResponse response = null;
            Verification facts = null;
            try {
                begin();
                response = parts.upstream().call(token);
                facts = CallResult.classify(response, Duration.ofNanos(nanoTime.getAsLong() - beganAt));
                log.answered(response, facts, token);
                if (facts.getReason() == Reason.RATE_LIMITED) {
                    facts = facts.withRetryAfter(parts.throttle()
                            .apply((UpstreamResponse.HttpReply) response, settings.maxRetryAfter(), log, token));
                }
                return new CallResult(facts, response.sent(), beganAt);
            } finally {
                VerificationCaller.this.release(permission, response);
                end(facts);
            }
        }
    }
}
