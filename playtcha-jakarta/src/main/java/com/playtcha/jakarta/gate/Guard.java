package com.playtcha.jakarta.gate;

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
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public Guard(
            GuardSettings settings,
            @Nullable Shared shared,
            List<VerificationListener> listeners,
            LongSupplier nanoTime) {
        if (settings.enabled() && shared == null) {
            throw new IllegalArgumentException("a guard that is enabled needs a way to Playtcha");
        }
        this.settings = settings;
        this.shared = shared;
        this.listeners = new Listeners(listeners);
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
        return decide(ask(reading), reading, false);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        // Not the stage that anything of ours waits on: the caller may do with it what they like.
        CompletableFuture<Verification> stage = new CompletableFuture<>();
        try {
            TokenReading reading = read(token);
            Admission admission = admit(reading);
            if (admission.known != null) {
                stage.complete(decide(admission.known, reading, false));
            } else if (!stages.tryAcquire()) {
                giveBack(admission.pass);
                stage.complete(decide(overloaded(), reading, false));
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

    private void begin(Admission admission, CompletableFuture<Verification> stage, TokenReading reading) {
        try {
            admission.askAsync((facts, bug) -> {
                try {
                    finish(stage, reading, facts, bug);
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
            @Nullable Verification facts,
            @Nullable Throwable bug) {
        if (facts == null) {
            stage.completeExceptionally(bug == null ? new IllegalStateException("no answer and no error") : bug);
            return;
        }
        Verification decided;
        try {
            decided = decide(facts, reading, false);
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
     * {@link Verification#isAllowed()} is false in what it returns.
     *
     * @param reading what the request carried
     * @return the facts; throws for a bug of our own only
     * @throws IllegalStateException after the way to Playtcha was closed
     */
    public Verification ask(TokenReading reading) {
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
            admission = new Admission(null, pass, ((TokenReading.Token) reading).value());
            return admission;
        } finally {
            if (admission == null) {
                giveBack(pass);
            }
        }
    }

    private Admission known(Verification facts) {
        return new Admission(facts, null, "");
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
        final @Nullable Verification known;
        private final Breaker.@Nullable Pass pass;
        private final String token;

        Admission(@Nullable Verification known, Breaker.@Nullable Pass pass, String token) {
            this.known = known;
            this.pass = pass;
            this.token = token;
        }

        Verification ask() {
            Answer answer;
            try {
                answer = way().upstream().ask(token);
            } catch (Throwable e) {
                giveBack(pass);
                throw e;
            }
            return settle(answer);
        }

        void askAsync(BiConsumer<@Nullable Verification, @Nullable Throwable> then) {
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
                BiConsumer<@Nullable Verification, @Nullable Throwable> then) {
            Verification facts = null;
            Throwable failure = bug;
            try {
                if (answer == null) {
                    giveBack(pass);
                } else {
                    facts = settle(answer);
                }
            } catch (Throwable e) {
                failure = e;
            }
            then.accept(facts, failure);
        }

        private Verification settle(Answer answer) {
            try {
                return know(way(), answer, token);
            } finally {
                try {
                    if (pass != null) {
                        tell(pass, answer);
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

    private static void tell(Breaker.Pass pass, Answer answer) {
        if (answer instanceof Answer.Reply) {
            pass.answered();
            return;
        }
        switch (((Answer.Failure) answer).reason()) {
            case INTERRUPTED, EXHAUSTED -> pass.inconclusive();
            default -> pass.failed();
        }
    }

    private Duration openWindow(Shared way, @Nullable Duration asked, Verification facts, String token) {
        Duration floor = Duration.ofSeconds(1);
        Duration window = asked == null || asked.compareTo(floor) < 0 ? floor : asked;
        if (window.compareTo(settings.maxRetryAfter()) > 0) {
            log.capped(facts, window, settings.maxRetryAfter(), token);
            window = settings.maxRetryAfter();
        }
        if (way.throttle().open(window)) {
            log.throttled(facts, window, token);
        }
        return window;
    }

    /**
     * Applies this guard's policy to the facts, logs, and tells the listeners. To be called once a request and guard.
     *
     * @param facts as {@link #ask} returned them, to this guard or to one of the same project
     * @param reading what the request carried
     * @param grantedInThisRequest whether an unverified pass was granted to this token within this same request
     *     already, by another guard: then it does not count as the token's second
     * @return the same, with {@link Verification#isAllowed()} as the policy says
     */
    public Verification decide(Verification facts, TokenReading reading, boolean grantedInThisRequest) {
        Verification decided = switch (facts.getOutcome()) {
            case VERIFIED, DISABLED -> facts.withAllowed(true);
            case REJECTED, THROTTLED, OVERLOADED -> facts.withAllowed(false);
            case NO_TOKEN -> {
                log.noToken(facts);
                yield facts.withAllowed(false);
            }
            case UNAVAILABLE -> decideUnavailable(facts, reading, grantedInThisRequest);
        };
        listeners.verified(settings.name(), decided);
        return decided;
    }

    private Verification decideUnavailable(Verification facts, TokenReading reading, boolean granted) {
        if (settings.failClosed() || shared == null || facts.getReason() == Reason.INTERRUPTED) {
            return facts.withAllowed(false);
        }
        UnverifiedTokens unverified = shared.unverified();
        String token = reading instanceof TokenReading.Token t && !granted ? t.value() : null;
        if (token != null && !unverified.tryGrant(project(), token)) {
            return refused(facts.deniedBecause(Reason.REPEATED_UNVERIFIED));
        }
        if (!budget.tryTake()) {
            if (token != null) {
                unverified.revoke(project(), token);
            }
            return refused(facts.deniedBecause(Reason.FAIL_OPEN_LIMIT));
        }
        log.unverifiedPass(facts, reading);
        return facts.withAllowed(true);
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
