package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.BreakerState;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationCall;
import com.playtcha.jakarta.internal.challenge.Challenge;
import com.playtcha.jakarta.internal.challenge.ChallengeContext;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.util.LogThrottle;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One named guard: admits and makes calls, and applies its own policy to the result. Call and policy are separate because
 * several guards may verify one request, whose token can be redeemed only once. Thread-safe.
 */
public final class Guard implements PlaytchaVerifier {

    /** The parts that guards share: those of a project, of a host, and of the application. */
    public record Shared(
            Upstream upstream,
            @Nullable Breaker breaker,
            ThrottleWindow throttle,
            ReplayGuard unverified,
            LogThrottle.Scheduler logs) {}

    /** The parts of a guard that is switched on. */
    private record Parts(Shared shared, CallAdmission admission, FailOpenPolicy policy, AsyncCalls async) {}

    private final GuardSettings settings;
    private final Listeners listeners;
    private final Challenge challenge;
    private final @Nullable Parts parts;

    /**
     * Creates a guard; {@code shared} is null only if it is switched off. The clock is monotonic, in nanoseconds.
     */
    public Guard(
            GuardSettings settings,
            @Nullable Shared shared,
            Listeners listeners,
            FailOpenTracker tracker,
            ChallengeContext challenges,
            LongSupplier nanoTime) {
        if (settings.isEnabled() && shared == null) {
            throw new IllegalArgumentException("a guard that is enabled needs a transport");
        }
        this.settings = settings;
        this.listeners = listeners;
        this.challenge = new Challenge(settings, challenges);
        this.parts = shared == null || !settings.isEnabled() ? null : parts(shared, tracker, nanoTime);
    }

    private Parts parts(Shared shared, FailOpenTracker tracker, LongSupplier nanoTime) {
        shared.throttle().addGuard(settings.name());
        if (shared.breaker() != null) {
            shared.breaker().addGuard(settings.name());
        }
        GuardLog log = new GuardLog(settings.name(), settings.isMonitoring(), nanoTime, shared.logs());
        CallPermit.Route route = new CallPermit.Route(
                shared.upstream(),
                shared.throttle(),
                settings.get(Setting.MAX_RETRY_AFTER),
                listeners,
                endpoint(),
                new VerifiedTokens(nanoTime),
                log);
        return new Parts(
                shared,
                new CallAdmission(settings, route, shared.breaker()),
                new FailOpenPolicy(
                        settings,
                        shared.upstream(),
                        shared.unverified(),
                        tracker,
                        new FailOpenBudget(settings.get(Setting.FAIL_OPEN_PER_MINUTE), nanoTime),
                        log),
                new AsyncCalls(shared.upstream(), settings.get(Setting.MAX_CONCURRENT)));
    }

    public GuardSettings settings() {
        return settings;
    }

    /** Returns what this guard calls. Guards of one name, such as two filters without any, may call different addresses. */
    public VerificationCall endpoint() {
        return new VerificationCall(settings.name(), URI.create(settings.baseUrl() + "/v1/verify"));
    }

    /** Returns the decision whether a token is required. */
    public Challenge challenge() {
        return challenge;
    }

    /** Returns the number of verifications in flight, each of which waits for Playtcha. */
    public int active() {
        return parts == null ? 0 : parts.admission.active();
    }

    /** Returns the state of the breaker, or null if there is none. */
    public @Nullable BreakerState breakerState() {
        Breaker breaker = parts == null ? null : parts.shared.breaker();
        return breaker == null ? null : breaker.state();
    }

    /** Returns whether a throttle window is open. */
    public boolean isThrottled() {
        return parts != null && !parts.shared.throttle().remaining().isZero();
    }

    /** Ends the throttle window and closes the breaker, which other guards may share. */
    public void reset() {
        if (parts != null) {
            parts.shared.throttle().reset();
            if (parts.shared.breaker() != null) {
                parts.shared.breaker().reset();
            }
        }
    }

    /** Returns the project whose guards share results within a request; null if this guard is switched off. */
    public @Nullable Project project() {
        return parts == null ? null : parts.shared.upstream().project();
    }

    /** Returns the client that verifies this guard's tokens again; not for one that is switched off. */
    public VerdictClient verdictClient() {
        return Objects.requireNonNull(parts).admission;
    }

    @Override
    public Verification verify(@Nullable String token) {
        PresentedToken presented = presented(token);
        return decideAndNotify(callForRequest(presented), presented);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        CompletableFuture<Verification> stage = new CompletableFuture<>();
        try {
            begin(presented(token), stage);
        } catch (Throwable e) {
            stage.completeExceptionally(e);
        }
        return stage;
    }

    private void begin(PresentedToken presented, CompletableFuture<Verification> stage) {
        Function<CallResult, Verification> decision = result -> decideAndNotify(result, presented);
        Admission admission = admit(presented);
        if (parts == null || admission instanceof Decided decided && !parts.policy.mayBlock(decided)) {
            stage.complete(decision.apply(admission.call()));
            return;
        }
        CallResult denied = null;
        try {
            denied = parts.async.tryBegin(admission, decision, stage) ? null : parts.admission.overloaded();
        } catch (OutOfMemoryError e) {
            denied = parts.admission.exhausted(e);
        }
        if (denied != null) {
            stage.complete(decision.apply(denied));
        }
    }

    private PresentedToken presented(@Nullable String token) {
        return PresentedToken.of(token == null ? List.of() : List.of(token), settings.get(Setting.MAX_TOKEN_LENGTH));
    }

    private Admission admit(PresentedToken presented) {
        return parts == null ? Decided.of(Reason.SWITCHED_OFF) : parts.admission.tryAcquire(presented);
    }

    /**
     * Calls Playtcha for a request's token, or returns why it was not called. Applies no policy. Throws only because of a
     * bug in this library, and after the close.
     */
    public CallResult callForRequest(PresentedToken presented) {
        return admit(presented).call();
    }

    /**
     * Applies this guard's policy to the result of a call by this guard or one of the same project. Called once per request
     * and guard, followed by {@link #notifyListeners}. A request that is allowed unverified is tracked before this
     * returns, where the settings say so, unless guards of the same request did that already.
     *
     * @param earlier set if a guard of the same request allowed the token unverified, so that it is not a replay
     */
    public ImmutableVerification decide(CallResult result, PresentedToken presented, @Nullable FailOpenRecord earlier) {
        return parts == null
                ? ImmutableVerification.of(result, result.reason() == Reason.SWITCHED_OFF)
                : parts.policy.decide(result, presented, earlier);
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

    @Override
    public String toString() {
        return "Guard[" + settings.name() + "]";
    }
}
