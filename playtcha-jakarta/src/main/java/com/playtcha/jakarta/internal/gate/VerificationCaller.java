package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls Playtcha for one guard, as far as throttle window, bulkhead and breaker permit, and classifies the response.
 * Applies no policy. Calls for late verdicts share throttle window and breaker with the visitors', but not the bulkhead
 * (contract, section 7). Thread-safe.
 */
final class VerificationCaller implements VerdictClient {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private final GuardSettings settings;
    private final Guard.@Nullable Shared shared;
    private final GuardLog log;
    /** Late verdicts are logged by the name under which they are stored. */
    private final GuardLog lateLog;

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
        this.lateLog = new GuardLog(settings.source(), nanoTime);
        this.listeners = listeners;
        this.description = shared == null
                ? null
                : new VerificationCall(settings.name(), URI.create(settings.baseUrl() + "/v1/verify"));
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
            return known(overloaded().facts());
        }
        CallPermit acquired = null;
        try {
            Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
            if (breaker == null || permission != null) {
                acquired = new CallPermit(null, permission, bulkhead, Objects.requireNonNull(presented.value()));
            }
        } finally {
            if (acquired == null) {
                bulkhead.release();
            }
        }
        return acquired == null ? known(breakerOpen()) : acquired;
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
                .retryAfter(ONE_SECOND)
                .build());
    }

    private Verification breakerOpen() {
        Verification facts = Verification.because(Reason.BREAKER_OPEN).build();
        log.breakerOpen(facts);
        return facts;
    }

    @Override
    public UpstreamResponse call(String token) {
        Breaker breaker = shared().breaker();
        Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
        if (breaker != null && permission == null) {
            return new UpstreamResponse.CallFailure(Reason.BREAKER_OPEN, "the breaker is open", false);
        }
        return new CallPermit(null, permission, null, token).send();
    }

    @Override
    public Duration holdOff() {
        Breaker breaker = shared().breaker();
        Duration window = shared().throttle().remaining();
        Duration open = breaker == null ? Duration.ZERO : breaker.waitTime();
        return open.compareTo(window) > 0 ? open : window;
    }

    private Guard.Shared shared() {
        return Objects.requireNonNull(shared);
    }

    /** A known result, or the breaker's permission for one call and, for a visitor's, a permit of the bulkhead. */
    final class CallPermit {
        private final @Nullable CallResult known;
        private final Breaker.@Nullable Permission permission;
        private final @Nullable Semaphore held;
        private final String token;
        private final long beganAt = nanoTime.getAsLong();
        private @Nullable Consumer<Verification> listenersAtEnd;
        private @Nullable Verification facts;

        private CallPermit(
                @Nullable CallResult known,
                Breaker.@Nullable Permission permission,
                @Nullable Semaphore held,
                String token) {
            this.known = known;
            this.permission = permission;
            this.held = held;
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
                end(null);
            }
        }

        /** Reports to the listeners that the call begins, on the visitor's thread; {@link #call} may run on another. */
        void begin() {
            if (known == null && description != null && listenersAtEnd == null) {
                listenersAtEnd = listeners.calling(description);
            }
        }

        CallResult call() {
            if (known != null) {
                return known;
            }
            UpstreamResponse response = send();
            return new CallResult(Objects.requireNonNull(facts), response.sent(), beganAt);
        }

        /** Makes the call, and opens the throttle window that a 429 asks for. */
        private UpstreamResponse send() {
            UpstreamResponse response = null;
            try {
                begin();
                response = shared().upstream().call(token);
                Verification known = CallResult.classify(response, Duration.ofNanos(nanoTime.getAsLong() - beganAt));
                facts = known;
                if (held != null) {
                    log.answered(response, known, token);
                }
                if (known.getReason() == Reason.RATE_LIMITED && response instanceof UpstreamResponse.HttpReply reply) {
                    Duration window = throttle(reply, known);
                    facts = known.withRetryAfter(window);
                    return reply.withRetryAfter(window);
                }
                return response;
            } finally {
                end(response);
            }
        }

        /** Opens the throttle window, for at most {@code max-retry-after}, and returns its length. */
        private Duration throttle(UpstreamResponse.HttpReply reply, Verification limited) {
            Duration asked = Objects.requireNonNullElse(reply.retryAfter(), ONE_SECOND);
            Duration window = asked.compareTo(settings.maxRetryAfter()) > 0 ? settings.maxRetryAfter() : asked;
            if (shared().throttle().open(window)) {
                (held == null ? lateLog : log).throttled(limited, window, asked, token);
            }
            return window;
        }

        /** Reports the response to breaker and listeners; null for a call that was not made, or that a bug cut short. */
        private void end(@Nullable UpstreamResponse response) {
            try {
                if (permission != null) {
                    permission.onResponse(response);
                }
            } finally {
                if (held != null) {
                    held.release();
                }
                if (listenersAtEnd != null) {
                    listenersAtEnd.accept(
                            facts == null
                                    ? Verification.because(Reason.INTERRUPTED).build()
                                    : facts);
                }
            }
        }
    }
}
