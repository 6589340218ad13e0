package com.playtcha.jakarta.testkit;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A verifier for unit tests of code that is given a {@link PlaytchaVerifier}: it always returns the same verification,
 * without HTTP and settings, and records the tokens. Only its outcome is fixed: an absent token is {@code NO_TOKEN} here
 * too, unless the outcome is {@code DISABLED} or {@code EXEMPT}, which need none. Thread-safe.
 *
 * @since 0.1
 */
public final class FixedVerifier implements PlaytchaVerifier {
    private static final Set<Outcome> NEEDS_NO_TOKEN = Set.of(Outcome.DISABLED, Outcome.EXEMPT);

    private final Verification verification;
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    private FixedVerifier(Verification verification) {
        this.verification = verification;
    }

    /**
     * Returns a verifier with an outcome, under the default policy: {@code VERIFIED}, {@code UNAVAILABLE},
     * {@code DISABLED} and {@code EXEMPT} are allowed.
     *
     * @param outcome the outcome; its first reason is that of the verification
     * @return a new verifier
     */
    public static FixedVerifier of(Outcome outcome) {
        Reason reason = Arrays.stream(Reason.values())
                .filter(candidate -> candidate.getOutcome() == outcome)
                .findFirst()
                .orElseThrow();
        boolean allowed = switch (outcome) {
            case VERIFIED, UNAVAILABLE, DISABLED, EXEMPT -> true;
            default -> false;
        };
        return returning(VerificationBuilder.because(reason).allowed(allowed).build());
    }

    /**
     * Returns a verifier with a verification that was built by {@link VerificationBuilder}.
     *
     * @param verification what each call returns
     * @return a new verifier
     */
    public static FixedVerifier returning(Verification verification) {
        return new FixedVerifier(verification);
    }

    /**
     * Returns the tokens of all calls in their order.
     *
     * @return a copy; an absent token is not in it
     */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public Verification verify(@Nullable String token) {
        if (token == null || token.isBlank()) {
            return NEEDS_NO_TOKEN.contains(verification.getOutcome())
                    ? verification
                    : VerificationBuilder.because(Reason.TOKEN_ABSENT).build();
        }
        tokens.add(token);
        return verification;
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        return CompletableFuture.completedFuture(verify(token));
    }
}
