package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
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
    private final LongSupplier nanoTime;
    private final Semaphore bulkhead;

    VerificationCaller(GuardSettings settings, Guard.@Nullable Shared shared, GuardLog log, LongSupplier nanoTime) {
        this.settings = settings;
        this.shared = shared;
        this.log = log;
        this.nanoTime = nanoTime;
        this.bulkhead = new Semaphore(settings.maxConcurrent());
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
        Permit slot = Permit.tryAcquire(bulkhead);
        if (slot == null) {
            return new CallPermit(overloaded(), null, null, "");
        }
        CallPermit acquired = null;
        Breaker.Permission permission = null;
        try {
            permission = breaker == null ? null : breaker.tryAcquire();
            if (breaker != null && permission == null) {
                return known(breakerOpen());
            }
            acquired = new CallPermit(null, slot, permission, Objects.requireNonNull(presented.value()));
            return acquired;
        } finally {
            if (acquired == null) {
                release(permission, null, slot);
            }
        }
    }

    private CallPermit known(Verification facts) {
        return new CallPermit(result(facts), null, null, "");
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

    /** Reports the response to the breaker, null for a call that was not made, and always releases the slot. */
    private static void release(
            Breaker.@Nullable Permission permission, @Nullable UpstreamResponse response, @Nullable Permit slot) {
        try {
            if (permission != null) {
                permission.onResponse(response);
            }
        } finally {
            if (slot != null) {
                slot.release();
            }
        }
    }

    /** A known result, or a slot of the bulkhead and the breaker's permission for one call. */
    final class CallPermit {
        private final @Nullable CallResult known;
        private final @Nullable Permit slot;
        private final Breaker.@Nullable Permission permission;
        private final String token;
        private final long beganAt = nanoTime.getAsLong();

        private CallPermit(
                @Nullable CallResult known,
                @Nullable Permit slot,
                Breaker.@Nullable Permission permission,
                String token) {
            this.known = known;
            this.slot = slot;
            this.permission = permission;
            this.token = token;
        }

        /** Returns null if a call has to be made. */
        @Nullable
        CallResult known() {
            return known;
        }

        /** Releases the permit without a call. */
        void release() {
            VerificationCaller.release(permission, null, slot);
        }

        CallResult call() {
            if (known != null) {
                return known;
            }
            UpstreamResponse response;
            try {
                response = upstream().call(token);
            } catch (Throwable e) {
                release();
                throw e;
            }
            return complete(response);
        }

        /** The same without blocking; either throws or calls back, once. */
        void callAsync(BiConsumer<@Nullable CallResult, @Nullable Throwable> then) {
            if (known != null) {
                upstream().dispatch(() -> then.accept(known, null));
                return;
            }
            try {
                upstream().callAsync(token, (response, bug) -> {
                    CallResult result = null;
                    Throwable failure = bug;
                    try {
                        if (response == null) {
                            release();
                        } else {
                            result = complete(response);
                        }
                    } catch (Throwable e) {
                        failure = e;
                    }
                    then.accept(result, failure);
                });
            } catch (Throwable e) {
                release();
                throw e;
            }
        }

        private CallResult complete(UpstreamResponse response) {
            try {
                Verification facts = CallResult.classify(response, Duration.ofNanos(nanoTime.getAsLong() - beganAt));
                log.answered(response, facts, token);
                if (facts.getReason() == Reason.RATE_LIMITED) {
                    facts = facts.withRetryAfter(Objects.requireNonNull(shared)
                            .throttle()
                            .apply((UpstreamResponse.HttpReply) response, settings.maxRetryAfter(), log, token));
                }
                return new CallResult(facts, response.sent(), beganAt);
            } finally {
                VerificationCaller.release(permission, response, slot);
            }
        }

        private Upstream upstream() {
            return Objects.requireNonNull(shared).upstream();
        }
    }
}
