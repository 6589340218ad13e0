package com.playtcha.jakarta;

import org.jspecify.annotations.Nullable;

/**
 * Verifies result tokens with Playtcha under one guard's settings: its pool, throttle window, breaker and policy.
 * Thread-safe. The filter asks through one of these, and so may an application.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PlaytchaVerifier {

    /**
     * Verifies one token and applies the guard's policy. Returns within {@code timeout} + 10 % + 50 ms, whatever the
     * service does. Ask {@link Verification#isAllowed()} whether to go on.
     *
     * <p>A token is single-use: verifying it a second time ends as {@link Reason#ALREADY_REDEEMED}.
     *
     * @param token the visitor's token; null or blank where the request had none
     * @return what came of it, never null; no exception stands for a refusal or an outage
     * @throws IllegalStateException after the verifier was closed
     */
    Verification verify(@Nullable String token);
}
