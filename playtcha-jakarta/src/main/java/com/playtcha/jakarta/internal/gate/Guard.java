package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.internal.config.GuardSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One named guard: first the facts about a token, then this guard's policy on them (contract, sections 2 and 3). The
 * two are apart because several guards may judge one request, and the token can be redeemed only once. Thread-safe.
 */
public final class Guard implements PlaytchaVerifier {
    /** How many stages may be under way, or busy with what is chained to them, a thread each. */
    private static final int FEWEST_STAGES = 256;

    private static final int STAGES_PER_PLACE = 4;

    /**
     * What guards of one application share, each with those it may share it with.
     *
     * @param upstream the way to Playtcha
     * @param breaker null where {@code breaker=false}
     * @param throttle of the base URL and proxy
     * @param unverified of the whole application
     */
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
     * A guard.
     *
     * @param settings its settings
     * @param shared null only for a guard that is switched off
     * @param listeners hear of every verification; the live list, so that some can be added later
     * @param tracker keeps unverified passes, where the settings want it
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public Guard(
            GuardSettings settings,
            @Nullable Shared shared,
            List<VerificationListener> listeners,
            FailOpenTracker tracker,
            LongSupplier nanoTime) {
        if (settings.enabled() && shared == null) {
            throw new IllegalArgumentException("a guard that is enabled needs a way to Playtcha");
        }
        this.settings = settings;
        this.shared = shared;
        this.listeners = new Listeners(listeners);
        this.tracker = tracker;
        this.nanoTime = nanoTime;
        long mostStages = Math.max(FEWEST_STAGES, (long) STAGES_PER_PLACE * settings.maxConcurrent());
        this.stages = new Semaphore((int) Math.min(Integer.MAX_VALUE, mostStages));
        this.budget = new FailOpenBudget(settings.failOpenPerMinute(), nanoTime);
        this.log = new GuardLog(settings.name(), nanoTime);
        this.caller = new VerificationCaller(settings, shared, log, nanoTime);
    }

    /**
     * The settings this guard works by.
     *
     * @return immutable
     */
    public GuardSettings settings() {
        return settings;
    }

    /**
     * What this guard's project is known by: equal for guards with the same base URL and secret, which may share the
     * facts about a token.
     *
     * @return an opaque text; empty for a guard that is switched off
     */
    public String project() {
        return shared == null ? "" : shared.upstream().project();
    }

    @Override
    public Verification verify(@Nullable String token) {
        PresentedToken reading = read(token);
        return decideAndNotify(call(reading), reading);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        // Not the stage that anything of ours waits on: the caller may do with it what they like.
        CompletableFuture<Verification> stage = new CompletableFuture<>();
        try {
            PresentedToken reading = read(token);
            VerificationCaller.CallPermit permit = caller.tryAcquire(reading);
            CallResult known = permit.known();
            if (known != null && !mayBeTracked(known, reading)) {
                stage.complete(decideAndNotify(known, reading));
                return stage;
            }
            Permit slot = Permit.tryAcquire(stages);
            if (slot == null) {
                permit.release();
                stage.complete(decideAndNotify(caller.overloaded(), reading));
            } else {
                begin(permit, slot, stage, reading);
            }
        } catch (Throwable e) {
            if (e instanceof IllegalStateException closed && caller.isClosed()) {
                throw closed;
            }
            stage.completeExceptionally(e);
        }
        return stage;
    }

    /** TrackResult takes a while, which is not the caller's. */
    private boolean mayBeTracked(CallResult findings, PresentedToken reading) {
        return settings.lateVerdicts()
                && !settings.failClosed()
                && findings.facts().getOutcome() == Outcome.UNAVAILABLE
                && reading.value() != null;
    }

    private void begin(
            VerificationCaller.CallPermit permit, Permit slot, CompletableFuture<Verification> stage, PresentedToken reading) {
        try {
            permit.callAsync((findings, bug) -> {
                try {
                    finish(stage, reading, findings, bug);
                } finally {
                    slot.release();
                }
            });
        } catch (Throwable e) {
            // It may have been run all the same, here, where there was not even the memory to hand it on.
            slot.release();
            throw e;
        }
    }

    private void finish(
            CompletableFuture<Verification> stage,
            PresentedToken reading,
            @Nullable CallResult findings,
            @Nullable Throwable bug) {
        if (findings == null) {
            stage.completeExceptionally(bug == null ? new IllegalStateException("no answer and no error") : bug);
            return;
        }
        Verification decided;
        try {
            decided = decideAndNotify(findings, reading);
        } catch (Throwable e) {
            stage.completeExceptionally(e);
            return;
        }
        stage.complete(decided);
    }

    private PresentedToken read(@Nullable String token) {
        return PresentedToken.of(token == null ? List.of() : List.of(token), settings.maxTokenLength());
    }

    /**
     * Finds out about a token: asks Playtcha, or says why it was not asked. Applies no policy, so
     * {@link Verification#isAllowed()} is false in the facts it returns.
     *
     * @param reading what the request carried
     * @return what is known; throws for a bug of our own only
     * @throws IllegalStateException after the way to Playtcha was closed
     */
    public CallResult call(PresentedToken reading) {
        return caller.tryAcquire(reading).call();
    }

    /**
     * Applies this guard's policy to the facts, logs, and tells the listeners. To be called once a request and guard. A
     * request that is let through unverified is tracked before this returns, where the settings say so.
     *
     * @param findings as {@link #ask} returned them, to this guard or to one of the same project
     * @param reading what the request carried
     * @param passedBefore how other guards let this token through unverified within this same request already; else
     *     null
     * @return the facts, with {@link Verification#isAllowed()} as the policy says
     */
    public Verification decide(CallResult findings, PresentedToken reading, @Nullable EarlierFailOpen passedBefore) {
        Verification facts = findings.facts();
        return switch (facts.getOutcome()) {
            case VERIFIED, DISABLED -> facts.withAllowed(true);
            case REJECTED, THROTTLED, OVERLOADED -> facts.withAllowed(false);
            case NO_TOKEN -> {
                log.noToken(facts);
                yield facts.withAllowed(false);
            }
            case UNAVAILABLE -> decideUnavailable(findings, reading, passedBefore);
        };
    }

    /** Calls the listeners with a decision, after it is visible to the application. */
    public void notifyListeners(Verification decided) {
        listeners.verified(settings.name(), decided);
    }

    private Verification decideAndNotify(CallResult findings, PresentedToken reading) {
        Verification decided = decide(findings, reading, null);
        notifyListeners(decided);
        return decided;
    }

    private Verification decideUnavailable(
            CallResult findings, PresentedToken reading, @Nullable EarlierFailOpen passedBefore) {
        Verification facts = findings.facts();
        if (settings.failClosed() || shared == null || facts.getReason() == Reason.INTERRUPTED) {
            return facts.withAllowed(false);
        }
        ReplayGuard unverified = shared.unverified();
        String token = reading.value();
        String granted = passedBefore == null ? token : null;
        if (granted != null && !unverified.tryAdd(project(), granted)) {
            return refused(facts.deniedBecause(Reason.REPEATED_UNVERIFIED));
        }
        Runnable undo = budget.tryAcquire();
        if (undo == null) {
            if (granted != null) {
                unverified.remove(project(), granted);
            }
            return refused(facts.deniedBecause(Reason.FAIL_OPEN_LIMIT));
        }
        String deferralId = passedBefore == null ? null : passedBefore.deferralId();
        if (token != null && deferralId == null && settings.lateVerdicts()) {
            FailOpenTracker.TrackResult tracking = track(findings, token);
            // What this request tried to have kept is no repetition, though its record may be what was found.
            if (tracking.repeated() && (passedBefore == null || !passedBefore.tried())) {
                undo.run();
                return refused(facts.deniedBecause(Reason.REPEATED_UNVERIFIED));
            }
            deferralId = tracking.id();
        }
        log.unverifiedPass(facts, reading, deferralId);
        return facts.passedUnverified(deferralId);
    }

    private FailOpenTracker.TrackResult track(CallResult findings, String token) {
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - findings.beganAt());
        return tracker.track(settings.source(), project(), token, age, findings.sent());
    }

    private Verification refused(Verification verification) {
        log.unverifiedRefused(verification);
        return verification;
    }

    @Override
    public String toString() {
        return "Guard[" + settings.name() + "]";
    }
}
