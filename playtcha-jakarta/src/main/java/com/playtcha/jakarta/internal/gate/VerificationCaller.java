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
 * Finds out about tokens for one guard: whether Playtcha may be asked at all, within the throttle window, the places and
 * the breaker, and what it answered. Knows no policy. Thread-safe.
 */
final class VerificationCaller {
    private static final Duration OVERLOADED_RETRY_AFTER = Duration.ofSeconds(1);

    private final GuardSettings settings;
    private final Guard.@Nullable Shared shared;
    private final GuardLog log;
    private final LongSupplier nanoTime;
    private final Semaphore places;

    VerificationCaller(GuardSettings settings, Guard.@Nullable Shared shared, GuardLog log, LongSupplier nanoTime) {
        this.settings = settings;
        this.shared = shared;
        this.log = log;
        this.nanoTime = nanoTime;
        this.places = new Semaphore(settings.maxConcurrent());
    }

    /** Whether the way to Playtcha was closed. */
    boolean isClosed() {
        return shared != null && shared.upstream().isClosed();
    }

    /**
     * What is known without a call, or leave to make one.
     *
     * @throws IllegalStateException after the way to Playtcha was closed
     */
    Admission admit(PresentedToken reading) {
        if (shared == null || !settings.enabled()) {
            return known(Verification.because(Reason.SWITCHED_OFF).build());
        }
        if (isClosed()) {
            // Before a breaker that is open could let anyone through.
            throw new IllegalStateException("the verifier is closed");
        }
        Breaker breaker = shared.breaker();
        String token = reading.value();
        Reason missing = reading.problem();
        if (token == null || missing != null) {
            boolean widgetMayBeDown =
                    reading.isAbsent() && settings.missingTokenByPolicy() && breaker != null && breaker.isOpen();
            return known(
                    widgetMayBeDown ? heldBack() : Verification.because(missing).build());
        }
        Duration left = shared.throttle().remaining();
        if (!left.isZero()) {
            return known(Verification.because(Reason.THROTTLE_WINDOW)
                    .retryAfter(left)
                    .build());
        }
        Permit place = Permit.tryTake(places);
        if (place == null) {
            return known(overloaded());
        }
        Admission admission = null;
        Breaker.Pass pass = null;
        try {
            pass = breaker == null ? null : breaker.tryPass();
            if (breaker != null && pass == null) {
                return known(heldBack());
            }
            admission = new Admission(null, place, pass, token, nanoTime.getAsLong());
            return admission;
        } finally {
            if (admission == null) {
                giveBack(pass, place);
            }
        }
    }

    private Admission known(Verification facts) {
        return known(findings(facts));
    }

    private Admission known(CallResult findings) {
        return new Admission(findings, null, null, "", findings.beganAt());
    }

    /** Of a token that Playtcha was not asked about. */
    private CallResult findings(Verification facts) {
        return new CallResult(facts, false, nanoTime.getAsLong());
    }

    /** Too much is under way already. */
    CallResult overloaded() {
        log.overloaded(settings.maxConcurrent());
        return findings(Verification.because(Reason.MAX_CONCURRENT)
                .retryAfter(OVERLOADED_RETRY_AFTER)
                .build());
    }

    private Verification heldBack() {
        Verification facts = Verification.because(Reason.BREAKER_OPEN).build();
        log.heldBack(facts);
        return facts;
    }

    /**
     * AnswerClassifier that are known already; or one place, and the breaker's pass where there is a breaker, for one call. Both are
     * given back when the call ends, however it ends.
     */
    final class Admission {
        private final @Nullable CallResult known;
        private final @Nullable Permit place;
        private final Breaker.@Nullable Pass pass;
        private final String token;
        private final long beganAt;

        private Admission(
                @Nullable CallResult known,
                @Nullable Permit place,
                Breaker.@Nullable Pass pass,
                String token,
                long beganAt) {
            this.known = known;
            this.place = place;
            this.pass = pass;
            this.token = token;
            this.beganAt = beganAt;
        }

        /** Null where a call has to be made. */
        @Nullable
        CallResult known() {
            return known;
        }

        /** The call will not be made. */
        void giveUp() {
            giveBack(pass, place);
        }

        /** Makes the call, where it has to be made. */
        CallResult now() {
            if (known != null) {
                return known;
            }
            UpstreamResponse answer;
            try {
                answer = way().upstream().call(token);
            } catch (Throwable e) {
                giveBack(pass, place);
                throw e;
            }
            return settle(answer);
        }

        /** The same without holding the caller up. */
        void later(BiConsumer<@Nullable CallResult, @Nullable Throwable> then) {
            if (known != null) {
                way().upstream().dispatch(() -> then.accept(known, null));
                return;
            }
            try {
                way().upstream().callAsync(token, (answer, bug) -> ended(answer, bug, then));
            } catch (Throwable e) {
                giveBack(pass, place);
                throw e;
            }
        }

        private void ended(
                @Nullable UpstreamResponse answer,
                @Nullable Throwable bug,
                BiConsumer<@Nullable CallResult, @Nullable Throwable> then) {
            CallResult findings = null;
            Throwable failure = bug;
            try {
                if (answer == null) {
                    giveBack(pass, place);
                } else {
                    findings = settle(answer);
                }
            } catch (Throwable e) {
                failure = e;
            }
            then.accept(findings, failure);
        }

        private CallResult settle(UpstreamResponse answer) {
            try {
                return new CallResult(know(way(), answer, token), answer.sent(), beganAt);
            } finally {
                try {
                    if (pass != null) {
                        pass.ended(answer);
                    }
                } finally {
                    if (place != null) {
                        place.giveBack();
                    }
                }
            }
        }
    }

    /** The place, and the pass of a call that says nothing about the service. */
    private static void giveBack(Breaker.@Nullable Pass pass, @Nullable Permit place) {
        try {
            if (pass != null) {
                pass.inconclusive();
            }
        } finally {
            if (place != null) {
                place.giveBack();
            }
        }
    }

    private Guard.Shared way() {
        return Objects.requireNonNull(shared);
    }

    private Verification know(Guard.Shared way, UpstreamResponse answer, String token) {
        Verification facts = AnswerClassifier.of(answer);
        log.answered(answer, facts, token);
        if (facts.getReason() == Reason.RATE_LIMITED) {
            Duration window = openWindow(way, ((UpstreamResponse.HttpReply) answer).retryAfter(), facts, token);
            return facts.withRetryAfter(window);
        }
        return facts;
    }

    private Duration openWindow(Guard.Shared way, @Nullable Duration asked, Verification facts, String token) {
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
}
