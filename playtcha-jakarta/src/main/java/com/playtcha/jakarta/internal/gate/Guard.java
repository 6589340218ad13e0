package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One named guard: calls Playtcha and applies its own policy to the result (contract, sections 2 and 3). Call and policy
 * are separate because several guards may verify one request, whose token can be redeemed only once. Thread-safe.
 */
public final class Guard implements PlaytchaVerifier {
    /** The limit of asynchronous verifications, each of which has a thread until its dependent stages have run. */
    private static final int MIN_STAGES = 256;

    private static final int STAGES_PER_CALL = 4;

    /** The parts that guards share: the transport and breaker of a project, the window of a host, the application's replay guard. */
    public record Shared(
            Upstream upstream, @Nullable Breaker breaker, ThrottleWindow throttle, ReplayGuard unverified) {}

    private final GuardSettings settings;
    private final @Nullable Shared shared;
    private final Listeners listeners;
    private final FailOpenTracker tracker;
    private final LongSupplier nanoTime;
    private final Semaphore stages;
    private final FailOpenBudget budget;
    private final GuardLog log;
    private final VerificationCaller caller;

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
        this.listeners = new Listeners(listeners);
        this.tracker = tracker;
        this.nanoTime = nanoTime;
        long maxStages = Math.max(MIN_STAGES, (long) STAGES_PER_CALL * settings.maxConcurrent());
        this.stages = new Semaphore((int) Math.min(Integer.MAX_VALUE, maxStages));
        this.budget = new FailOpenBudget(settings.failOpenPerMinute(), nanoTime);
        this.log = new GuardLog(settings.name(), nanoTime);
        this.caller = new VerificationCaller(settings, shared, log, this.listeners, nanoTime);
    }

    public GuardSettings settings() {
        return settings;
    }

    /** Returns what calls Playtcha about tokens whose requests this guard, which is enabled, allowed unverified. */
    public VerdictClient verdictClient() {
        return caller;
    }

    /** Returns the number of verifications in flight, each of which waits for Playtcha. */
    public int active() {
        return caller.active();
    }

    /** Returns the state of the breaker, or null if there is none. */
    public @Nullable BreakerState breakerState() {
        return shared == null || shared.breaker() == null
                ? null
                : shared.breaker().state();
    }

    /** Returns whether a throttle window is open. */
    public boolean isThrottled() {
        return shared != null && !shared.throttle().remaining().isZero();
    }

    /** Ends the throttle window and closes the breaker, which other guards may share. */
    public void reset() {
        if (shared != null) {
            shared.throttle().reset();
            if (shared.breaker() != null) {
                shared.breaker().reset();
            }
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
            if (e instanceof IllegalStateException closed && caller.isClosed()) {
                throw closed;
            }
            stage.completeExceptionally(e);
        }
        return stage;
    }

    private void begin(PresentedToken presented, CompletableFuture<Verification> stage) {
        VerificationCaller.CallPermit permit = caller.tryAcquire(presented);
        CallResult known = permit.known();
        if (known != null && !mayBeTracked(known, presented)) {
            stage.complete(decideAndNotify(known, presented));
            return;
        }
        boolean hasStage = stages.tryAcquire();
        boolean begun = false;
        try {
            if (hasStage) {
                permit.begin();
                Objects.requireNonNull(shared).upstream().execute(() -> complete(stage, permit, presented));
                begun = true;
            } else {
                stage.complete(decideAndNotify(caller.overloaded(), presented));
            }
        } finally {
            if (!begun) {
                permit.release();
                stages.release(hasStage ? 1 : 0);
            }
        }
    }

    /** Tracking may block, which a caller of {@link #verifyAsync} must not. */
    private boolean mayBeTracked(CallResult result, PresentedToken presented) {
        return settings.lateVerdicts()
                && !settings.failClosed()
                && result.facts().getOutcome() == Outcome.UNAVAILABLE
                && presented.value() != null;
    }

    private void complete(
            CompletableFuture<Verification> stage, VerificationCaller.CallPermit permit, PresentedToken presented) {
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
        return caller.tryAcquire(presented).call();
    }

    /**
     * Applies this guard's policy to the result of a call by this guard or one of the same project. Called once per request
     * and guard, followed by {@link #notifyListeners}. A request that is allowed unverified is tracked before this
     * returns, where the settings say so, unless guards of the same request did that already.
     */
    public Verification decide(CallResult result, PresentedToken presented, @Nullable EarlierFailOpen earlier) {
        Verification facts = result.facts();
        return switch (facts.getOutcome()) {
            case VERIFIED, DISABLED -> facts.withAllowed(true);
            case REJECTED, THROTTLED, OVERLOADED -> facts.withAllowed(false);
            case NO_TOKEN -> {
                log.noToken(facts);
                yield facts.withAllowed(false);
            }
            case UNAVAILABLE -> decideUnavailable(result, presented, earlier);
        };
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

    private Verification decideUnavailable(
            CallResult result, PresentedToken presented, @Nullable EarlierFailOpen earlier) {
        Verification facts = result.facts();
        if (settings.failClosed() || shared == null || facts.getReason() == Reason.INTERRUPTED) {
            return facts.withAllowed(false);
        }
        String token = presented.value();
        String added = earlier == null ? token : null;
        if (added != null && !shared.unverified().tryAdd(project(), added)) {
            return denied(facts, Reason.REPEATED_UNVERIFIED);
        }
        Runnable undo = budget.tryAcquire();
        if (undo == null) {
            if (added != null) {
                shared.unverified().remove(project(), added);
            }
            return denied(facts, Reason.FAIL_OPEN_LIMIT);
        }
        String deferralId = earlier == null ? null : earlier.deferralId();
        if (token != null && deferralId == null && settings.lateVerdicts()) {
            Duration age = Duration.ofNanos(nanoTime.getAsLong() - result.beganAt());
            FailOpenTracker.TrackResult tracked =
                    tracker.track(settings.source(), project(), token, age, result.sent());
            // A record that an earlier guard of this request may have written is not a repetition.
            if (tracked.repeated() && (earlier == null || !earlier.tried())) {
                undo.run();
                return denied(facts, Reason.REPEATED_UNVERIFIED);
            }
            deferralId = tracked.id();
        }
        log.allowedUnverified(facts, presented, deferralId);
        return facts.passedUnverified(deferralId);
    }

    private Verification denied(Verification facts, Reason reason) {
        Verification denied = facts.deniedBecause(reason);
        log.unverifiedDenied(denied);
        return denied;
    }

    @Override
    public String toString() {
        return "Guard[" + settings.name() + "]";
    }
}
