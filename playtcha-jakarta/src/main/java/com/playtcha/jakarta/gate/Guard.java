package com.playtcha.jakarta.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.config.GuardSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One named guard: first the facts about a token, then this guard's policy on them (contract, sections 2 and 3). The
 * two are apart because several guards may judge one request, and the token can be redeemed only once. Thread-safe.
 */
public final class Guard implements PlaytchaVerifier {
    private static final Duration OVERLOADED_RETRY_AFTER = Duration.ofSeconds(1);
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
            Upstream upstream, @Nullable Breaker breaker, ThrottleWindow throttle, UnverifiedTokens unverified) {}

    private final GuardSettings settings;
    private final @Nullable Shared shared;
    private final Listeners listeners;
    private final PassTracker tracker;
    private final LongSupplier nanoTime;
    private final Semaphore places;
    private final Semaphore stages;
    private final FailOpenBudget budget;
    private final GuardLog log;

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
            PassTracker tracker,
            LongSupplier nanoTime) {
        if (settings.enabled() && shared == null) {
            throw new IllegalArgumentException("a guard that is enabled needs a way to Playtcha");
        }
        this.settings = settings;
        this.shared = shared;
        this.listeners = new Listeners(listeners);
        this.tracker = tracker;
        this.nanoTime = nanoTime;
        this.places = new Semaphore(settings.maxConcurrent());
        long mostStages = Math.max(FEWEST_STAGES, (long) STAGES_PER_PLACE * settings.maxConcurrent());
        this.stages = new Semaphore((int) Math.min(Integer.MAX_VALUE, mostStages));
        this.budget = new FailOpenBudget(settings.failOpenPerMinute(), nanoTime);
        this.log = new GuardLog(settings.name(), nanoTime);
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
        TokenReading reading = read(token);
        return decide(ask(reading), reading, null);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        // Not the stage that anything of ours waits on: the caller may do with it what they like.
        CompletableFuture<Verification> stage = new CompletableFuture<>();
        try {
            TokenReading reading = read(token);
            Admission admission = admit(reading);
            if (admission.known != null && !mayBeTracked(admission.known, reading)) {
                stage.complete(decide(admission.known, reading, null));
            } else if (!stages.tryAcquire()) {
                if (admission.known == null) {
                    giveBack(admission.pass);
                }
                stage.complete(decide(findings(overloaded()), reading, null));
            } else {
                begin(admission, stage, reading);
            }
        } catch (Throwable e) {
            if (e instanceof IllegalStateException closed && isClosed()) {
                throw closed;
            }
            stage.completeExceptionally(e);
        }
        return stage;
    }

    /** Tracking takes a while, which is not the caller's. */
    private boolean mayBeTracked(Findings findings, TokenReading reading) {
        return settings.lateVerdicts()
                && !settings.failClosed()
                && findings.facts().getOutcome() == Outcome.UNAVAILABLE
                && reading instanceof TokenReading.Token;
    }

    private void begin(Admission admission, CompletableFuture<Verification> stage, TokenReading reading) {
        try {
            admission.askAsync((findings, bug) -> {
                try {
                    finish(stage, reading, findings, bug);
                } finally {
                    stages.release();
                }
            });
        } catch (Throwable e) {
            stages.release();
            throw e;
        }
    }

    private void finish(
            CompletableFuture<Verification> stage,
            TokenReading reading,
            @Nullable Findings findings,
            @Nullable Throwable bug) {
        if (findings == null) {
            stage.completeExceptionally(bug == null ? new IllegalStateException("no answer and no error") : bug);
            return;
        }
        Verification decided;
        try {
            decided = decide(findings, reading, null);
        } catch (Throwable e) {
            stage.completeExceptionally(e);
            return;
        }
        stage.complete(decided);
    }

    private TokenReading read(@Nullable String token) {
        return TokenShape.read(token == null ? List.of() : List.of(token), settings.maxTokenLength());
    }

    private boolean isClosed() {
        return shared != null && shared.upstream().isClosed();
    }

    /**
     * Finds out about a token: asks Playtcha, or says why it was not asked. Applies no policy, so
     * {@link Verification#isAllowed()} is false in the facts it returns.
     *
     * @param reading what the request carried
     * @return what is known; throws for a bug of our own only
     * @throws IllegalStateException after the way to Playtcha was closed
     */
    public Findings ask(TokenReading reading) {
        Admission admission = admit(reading);
        return admission.known != null ? admission.known : admission.ask();
    }

    /** What is known without a call, or leave to make one. */
    private Admission admit(TokenReading reading) {
        if (shared == null || !settings.enabled()) {
            return known(Verification.because(Reason.SWITCHED_OFF).build());
        }
        if (isClosed()) {
            // Before a breaker that is open could let anyone through.
            throw new IllegalStateException("the verifier is closed");
        }
        Breaker breaker = shared.breaker();
        if (reading instanceof TokenReading.NoToken none) {
            boolean widgetMayBeDown = none.reason() == Reason.TOKEN_ABSENT
                    && settings.missingTokenByPolicy()
                    && breaker != null
                    && breaker.isOpen();
            return known(
                    widgetMayBeDown
                            ? heldBack()
                            : Verification.because(none.reason()).build());
        }
        Duration left = shared.throttle().remaining();
        if (!left.isZero()) {
            return known(Verification.because(Reason.THROTTLE_WINDOW)
                    .retryAfter(left)
                    .build());
        }
        if (!places.tryAcquire()) {
            return known(overloaded());
        }
        Admission admission = null;
        Breaker.Pass pass = null;
        try {
            pass = breaker == null ? null : breaker.tryPass();
            if (breaker != null && pass == null) {
                return known(heldBack());
            }
            admission = new Admission(null, pass, ((TokenReading.Token) reading).value(), nanoTime.getAsLong());
            return admission;
        } finally {
            if (admission == null) {
                giveBack(pass);
            }
        }
    }

    private Admission known(Verification facts) {
        Findings findings = findings(facts);
        return new Admission(findings, null, "", findings.beganAt());
    }

    /** Of a token that Playtcha was not asked about. */
    private Findings findings(Verification facts) {
        return new Findings(facts, false, nanoTime.getAsLong());
    }

    private Verification overloaded() {
        log.overloaded(settings.maxConcurrent());
        return Verification.because(Reason.MAX_CONCURRENT)
                .retryAfter(OVERLOADED_RETRY_AFTER)
                .build();
    }

    private Verification heldBack() {
        Verification facts = Verification.because(Reason.BREAKER_OPEN).build();
        log.heldBack(facts);
        return facts;
    }

    /**
     * Facts that are known already; or one place, and the breaker's pass where there is a breaker, for one call. Both are
     * given back when the call ends, however it ends.
     */
    private final class Admission {
        final @Nullable Findings known;
        private final Breaker.@Nullable Pass pass;
        private final String token;
        private final long beganAt;

        Admission(@Nullable Findings known, Breaker.@Nullable Pass pass, String token, long beganAt) {
            this.known = known;
            this.pass = pass;
            this.token = token;
            this.beganAt = beganAt;
        }

        Findings ask() {
            Answer answer;
            try {
                answer = way().upstream().ask(token);
            } catch (Throwable e) {
                giveBack(pass);
                throw e;
            }
            return settle(answer);
        }

        void askAsync(BiConsumer<@Nullable Findings, @Nullable Throwable> then) {
            if (known != null) {
                way().upstream().handOn(() -> then.accept(known, null));
                return;
            }
            try {
                way().upstream().askAsync(token, (answer, bug) -> ended(answer, bug, then));
            } catch (Throwable e) {
                giveBack(pass);
                throw e;
            }
        }

        private void ended(
                @Nullable Answer answer,
                @Nullable Throwable bug,
                BiConsumer<@Nullable Findings, @Nullable Throwable> then) {
            Findings findings = null;
            Throwable failure = bug;
            try {
                if (answer == null) {
                    giveBack(pass);
                } else {
                    findings = settle(answer);
                }
            } catch (Throwable e) {
                failure = e;
            }
            then.accept(findings, failure);
        }

        private Findings settle(Answer answer) {
            try {
                return new Findings(know(way(), answer, token), answer.sent(), beganAt);
            } finally {
                try {
                    if (pass != null) {
                        pass.ended(answer);
                    }
                } finally {
                    places.release();
                }
            }
        }
    }

    /** The place, and the pass of a call that says nothing about the service. */
    private void giveBack(Breaker.@Nullable Pass pass) {
        try {
            if (pass != null) {
                pass.inconclusive();
            }
        } finally {
            places.release();
        }
    }

    private Shared way() {
        return Objects.requireNonNull(shared);
    }

    private Verification know(Shared way, Answer answer, String token) {
        Verification facts = Facts.of(answer);
        log.answered(answer, facts, token);
        if (facts.getReason() == Reason.RATE_LIMITED) {
            Duration window = openWindow(way, ((Answer.Reply) answer).retryAfter(), facts, token);
            return facts.withRetryAfter(window);
        }
        return facts;
    }

    private Duration openWindow(Shared way, @Nullable Duration asked, Verification facts, String token) {
        Duration most = settings.maxRetryAfter();
        if (asked != null && asked.compareTo(most) > 0) {
            log.capped(facts, asked, most, token);
        }
        Duration window = ThrottleWindow.bounded(asked, most);
        if (way.throttle().open(window)) {
            log.throttled(facts, window, token);
        }
        return window;
    }

    /**
     * Applies this guard's policy to the facts, logs, and tells the listeners. To be called once a request and guard. A
     * request that is let through unverified is tracked before this returns, where the settings say so.
     *
     * @param findings as {@link #ask} returned them, to this guard or to one of the same project
     * @param reading what the request carried
     * @param passedBefore the decision by which another guard let this token through unverified within this same request
     *     already: then it does not count as the token's second, and is not tracked twice; else null
     * @return the facts, with {@link Verification#isAllowed()} as the policy says
     */
    public Verification decide(Findings findings, TokenReading reading, @Nullable Verification passedBefore) {
        Verification facts = findings.facts();
        Verification decided = switch (facts.getOutcome()) {
            case VERIFIED, DISABLED -> facts.withAllowed(true);
            case REJECTED, THROTTLED, OVERLOADED -> facts.withAllowed(false);
            case NO_TOKEN -> {
                log.noToken(facts);
                yield facts.withAllowed(false);
            }
            case UNAVAILABLE -> decideUnavailable(findings, reading, passedBefore);
        };
        listeners.verified(settings.name(), decided);
        return decided;
    }

    private Verification decideUnavailable(
            Findings findings, TokenReading reading, @Nullable Verification passedBefore) {
        Verification facts = findings.facts();
        if (settings.failClosed() || shared == null || facts.getReason() == Reason.INTERRUPTED) {
            return facts.withAllowed(false);
        }
        UnverifiedTokens unverified = shared.unverified();
        String token = reading instanceof TokenReading.Token t ? t.value() : null;
        String granted = passedBefore == null ? token : null;
        if (granted != null && !unverified.tryGrant(project(), granted)) {
            return refused(facts.deniedBecause(Reason.REPEATED_UNVERIFIED));
        }
        FailOpenBudget.Taken taken = budget.tryTake();
        if (taken == null) {
            if (granted != null) {
                unverified.revoke(project(), granted);
            }
            return refused(facts.deniedBecause(Reason.FAIL_OPEN_LIMIT));
        }
        String deferralId = passedBefore == null ? null : passedBefore.getDeferralId();
        if (token != null && deferralId == null && settings.lateVerdicts()) {
            PassTracker.Tracking tracking = track(findings, token);
            // What this request was granted already is no repetition, though its record may be what was found.
            if (tracking.repeated() && granted != null) {
                taken.giveBack();
                return refused(facts.deniedBecause(Reason.REPEATED_UNVERIFIED));
            }
            deferralId = tracking.id();
        }
        log.unverifiedPass(facts, reading, deferralId);
        return facts.passedUnverified(deferralId);
    }

    private PassTracker.Tracking track(Findings findings, String token) {
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
