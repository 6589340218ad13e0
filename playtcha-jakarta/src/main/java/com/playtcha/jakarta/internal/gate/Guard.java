package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.FailOpenTracker.TrackResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One named guard: calls Playtcha as far as throttle window, bulkhead and breaker permit, and applies its own policy to the
 * result (contract, sections 2 and 3). Call and policy are separate because several guards may verify one request, whose
 * token can be redeemed only once. Calls for late verdicts share window and breaker with the visitors', but not the
 * bulkhead (contract, section 7). Thread-safe.
 */
public final class Guard implements PlaytchaVerifier, VerdictClient {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final CallResult BREAKER_OPEN =
            CallResult.failure(Reason.BREAKER_OPEN, "the breaker is open", false, Duration.ZERO);
    /** The limit of asynchronous verifications, each of which has a thread until its dependent stages have run. */
    private static final int MIN_STAGES = 256;

    private static final int STAGES_PER_CALL = 4;

    /** The parts that guards share: the transport and breaker of a project, the window of a host, the application's replay guard. */
    public record Shared(
            Upstream upstream, @Nullable Breaker breaker, ThrottleWindow throttle, ReplayGuard unverified) {}

    private final GuardSettings settings;
    private final @Nullable Shared shared;
    private final @Nullable Breaker breaker;
    private final Listeners listeners;
    private final FailOpenTracker tracker;
    private final Semaphore bulkhead;
    private final Semaphore stages;
    private final FailOpenBudget budget;
    private final GuardLog log;
    private final VerificationCall description;

    /**
     * Creates a guard; {@code shared} is null only if it is switched off. The list of listeners is live; the clock is
     * monotonic, in nanoseconds.
     */
    public Guard(
            GuardSettings settings,
            @Nullable Shared shared,
            List<VerificationListener> listeners,
            FailOpenTracker tracker,
            LongSupplier nanoTime) {
        if (settings.enabled() && shared == null) {
            throw new IllegalArgumentException("a guard that is enabled needs a transport");
        }
        this.settings = settings;
        this.shared = shared;
        this.breaker = shared == null ? null : shared.breaker();
        this.listeners = new Listeners(listeners);
        this.tracker = tracker;
        this.bulkhead = new Semaphore(settings.maxConcurrent());
        this.stages = new Semaphore(Math.max(MIN_STAGES, STAGES_PER_CALL * settings.maxConcurrent()));
        this.budget = new FailOpenBudget(settings.failOpenPerMinute(), nanoTime);
        this.log = new GuardLog(settings.name(), nanoTime);
        String baseUrl = shared == null ? "" : settings.baseUrl().toString();
        this.description = new VerificationCall(settings.name(), URI.create(baseUrl + "/v1/verify"));
    }

    public GuardSettings settings() {
        return settings;
    }

    /** Returns the number of verifications in flight, each of which waits for Playtcha. */
    public int active() {
        return settings.maxConcurrent() - bulkhead.availablePermits();
    }

    /** Returns the state of the breaker, or null if there is none. */
    public @Nullable BreakerState breakerState() {
        return breaker == null ? null : breaker.state();
    }

    /** Returns whether a throttle window is open. */
    public boolean isThrottled() {
        return shared != null && !shared.throttle().remaining().isZero();
    }

    /** Ends the throttle window and closes the breaker, which other guards may share. */
    public void reset() {
        if (shared != null) {
            shared.throttle().reset();
        }
        if (breaker != null) {
            breaker.reset();
        }
    }

    /** Equal for guards with the same base URL and secret, which may share facts; empty where switched off. */
    public String project() {
        return shared == null ? "" : shared.upstream().project();
    }

    @Override
    public Verification verify(@Nullable String token) {
        PresentedToken presented = presented(token);
        return decideAndNotify(call(presented), presented);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        CompletableFuture<Verification> stage = new CompletableFuture<>();
        try {
            begin(presented(token), stage);
        } catch (Throwable e) {
            if (e instanceof IllegalStateException closed && isClosed()) {
                throw closed;
            }
            stage.completeExceptionally(e);
        }
        return stage;
    }

    private void begin(PresentedToken presented, CompletableFuture<Verification> stage) {
        CallPermit permit = tryAcquire(presented);
        CallResult known = permit.known;
        // Tracking may block, which a caller of verifyAsync must not.
        if (known != null && (!settings.lateVerdicts() || known.facts().getOutcome() != Outcome.UNAVAILABLE)) {
            stage.complete(decideAndNotify(known, presented));
            return;
        }
        boolean hasStage = stages.tryAcquire();
        boolean begun = false;
        try {
            if (hasStage) {
                permit.begin();
                shared().upstream().execute(() -> complete(stage, permit, presented));
                begun = true;
            } else {
                stage.complete(decideAndNotify(overloaded(), presented));
            }
        } finally {
            if (!begun) {
                permit.end(null);
                stages.release(hasStage ? 1 : 0);
            }
        }
    }

    private void complete(CompletableFuture<Verification> stage, CallPermit permit, PresentedToken presented) {
        try {
            stage.complete(decideAndNotify(permit.call(), presented));
        } catch (Throwable e) {
            stage.completeExceptionally(e);
        } finally {
            stages.release();
        }
    }

    private PresentedToken presented(@Nullable String token) {
        return PresentedToken.of(token == null ? List.of() : List.of(token), settings.maxTokenLength());
    }

    /**
     * Calls Playtcha for a token, or returns why it was not called. Applies no policy. Throws only because of a bug in
     * this library.
     */
    public CallResult call(PresentedToken presented) {
        return tryAcquire(presented).call();
    }

    /** Calls Playtcha for a late verdict. */
    @Override
    public CallResult call(String token) {
        Breaker.Permission permission = breaker == null ? null : breaker.tryAcquire();
        return breaker != null && permission == null
                ? BREAKER_OPEN
                : new CallPermit(null, permission, null, token).call();
    }

    @Override
    public Duration holdOff() {
        Duration window = shared().throttle().remaining();
        Duration open = breaker == null ? Duration.ZERO : breaker.waitTime();
        return open.compareTo(window) > 0 ? open : window;
    }

    private boolean isClosed() {
        return shared != null && shared.upstream().isClosed();
    }

    private Shared shared() {
        return Objects.requireNonNull(shared);
    }

    /** Returns a permit for one call, or one that holds the result already because no call may be made. */
    private CallPermit tryAcquire(PresentedToken presented) {
        if (shared == null || !settings.enabled()) {
            return known(CallResult.of(Verification.because(Reason.SWITCHED_OFF)));
        }
        if (isClosed()) {
            // Checked first: with an open breaker, requests would fail open after the close.
            throw new IllegalStateException("the verifier is closed");
        }
        Reason missing = presented.problem();
        if (missing != null) {
            boolean widgetMayBeDown =
                    presented.isAbsent() && settings.missingTokenByPolicy() && breaker != null && breaker.isOpen();
            return widgetMayBeDown ? breakerOpen() : known(CallResult.of(Verification.because(missing)));
        }
        Duration throttled = shared.throttle().remaining();
        if (!throttled.isZero()) {
            return known(
                    CallResult.of(Verification.because(Reason.THROTTLE_WINDOW).retryAfter(throttled)));
        }
        if (!bulkhead.tryAcquire()) {
            return known(overloaded());
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
        return acquired == null ? breakerOpen() : acquired;
    }

    private CallPermit breakerOpen() {
        log.unavailable(BREAKER_OPEN, "");
        return known(BREAKER_OPEN);
    }

    private CallPermit known(CallResult result) {
        return new CallPermit(result, null, null, "");
    }

    /** Result of a request for which {@code max-concurrent} leaves no permit. */
    private CallResult overloaded() {
        CallResult result =
                CallResult.of(Verification.because(Reason.MAX_CONCURRENT).retryAfter(ONE_SECOND));
        log.limited("Overloaded, more verifications in flight than max-concurrent", result.facts());
        return result;
    }

    /** A known result, or the breaker's permission for one call and, for a visitor's, a permit of the bulkhead. */
    private final class CallPermit {
        final @Nullable CallResult known;
        private final Breaker.@Nullable Permission permission;
        private final @Nullable Semaphore held;
        private final String token;
        private @Nullable Consumer<Verification> listenersAtEnd;

        CallPermit(
                @Nullable CallResult known,
                Breaker.@Nullable Permission permission,
                @Nullable Semaphore held,
                String token) {
            this.known = known;
            this.permission = permission;
            this.held = held;
            this.token = token;
        }

        /** Reports to the listeners that the call begins, on the visitor's thread; {@link #call} may run on another. */
        void begin() {
            if (known == null && listenersAtEnd == null) {
                listenersAtEnd = listeners.calling(description);
            }
        }

        /** Makes the call, and opens the throttle window that a 429 asks for. */
        CallResult call() {
            if (known != null) {
                return known;
            }
            CallResult result = null;
            try {
                begin();
                result = shared().upstream().call(token);
                if (held != null) {
                    log.answered(result, token);
                }
                if (result.facts().getReason() == Reason.RATE_LIMITED) {
                    result = throttled(result.facts());
                }
                return result;
            } finally {
                end(result);
            }
        }

        /** Opens the throttle window, for at most {@code max-retry-after}. */
        private CallResult throttled(Verification facts) {
            Duration asked = Objects.requireNonNullElse(facts.getRetryAfter(), ONE_SECOND);
            Duration window = asked.compareTo(settings.maxRetryAfter()) > 0 ? settings.maxRetryAfter() : asked;
            if (shared().throttle().open(window)) {
                log.throttled(facts, window, asked, token);
            }
            return new CallResult(facts.withRetryAfter(window), true, null);
        }

        /** Reports the result to breaker and listeners; null for a call that was not made, or that a bug cut short. */
        void end(@Nullable CallResult result) {
            try {
                if (permission != null) {
                    permission.onResult(result);
                }
            } finally {
                if (held != null) {
                    held.release();
                }
                if (listenersAtEnd != null) {
                    listenersAtEnd.accept(
                            result == null
                                    ? Verification.because(Reason.INTERRUPTED).build()
                                    : result.facts());
                }
            }
        }
    }

    /**
     * Applies this guard's policy to the result of a call by this guard or one of the same project. Called once per request
     * and guard, followed by {@link #notifyListeners}. A request that is allowed unverified is tracked before this
     * returns, where the settings say so, unless guards of the same request did that already.
     *
     * @param earlier set if a guard of the same request allowed the token unverified, so that it is not a replay: the id
     *     of its record, and whether the store may hold one, so that a repetition there is none
     */
    public Verification decide(CallResult result, PresentedToken presented, @Nullable TrackResult earlier) {
        Outcome outcome = result.facts().getOutcome();
        return outcome == Outcome.UNAVAILABLE
                ? decideUnavailable(result, presented, earlier)
                : result.facts().withAllowed(outcome == Outcome.VERIFIED || outcome == Outcome.DISABLED);
    }

    /** Calls the listeners with a decision, after it is visible to the application. */
    public void notifyListeners(Verification decided) {
        listeners.verified(settings.name(), decided);
    }

    private Verification decideAndNotify(CallResult result, PresentedToken presented) {
        Verification decided = decide(result, presented, null);
        notifyListeners(decided);
        return decided;
    }

    private Verification decideUnavailable(CallResult result, PresentedToken presented, @Nullable TrackResult earlier) {
        Verification facts = result.facts();
        if (settings.failClosed() || shared == null || facts.getReason() == Reason.INTERRUPTED) {
            return facts.withAllowed(false);
        }
        if (!budget.tryAcquire()) {
            return denied(facts, Reason.FAIL_OPEN_LIMIT);
        }
        String token = presented.value();
        String deferralId = earlier == null ? null : earlier.id();
        boolean repeated =
                earlier == null && token != null && !shared.unverified().tryAdd(project(), token);
        if (!repeated && token != null && deferralId == null && settings.lateVerdicts()) {
            TrackResult tracked =
                    tracker.track(settings.source(), project(), token, facts.getDuration(), result.sent());
            repeated = tracked.repeated() && (earlier == null || !earlier.repeated());
            deferralId = tracked.id();
        }
        if (repeated) {
            budget.release();
            return denied(facts, Reason.REPEATED_UNVERIFIED);
        }
        log.allowedUnverified(facts, presented, deferralId);
        return facts.passedUnverified(deferralId);
    }

    private Verification denied(Verification facts, Reason reason) {
        Verification denied = facts.deniedBecause(reason);
        log.limited("Denied instead of allowed unverified", denied);
        return denied;
    }

    @Override
    public String toString() {
        return "Guard[" + settings.name() + "]";
    }
}
