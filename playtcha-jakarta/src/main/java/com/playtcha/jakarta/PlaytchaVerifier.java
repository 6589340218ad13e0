package com.playtcha.jakarta;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies result tokens with Playtcha under one guard's settings: its pool, throttle window, breaker and policy.
 * Thread-safe, and safe on virtual threads. The filter asks through one of these, and so may an application.
 *
 * <p>A token is single-use: verifying it a second time ends as {@link Reason#ALREADY_REDEEMED}.
 *
 * @since 0.1
 */
public interface PlaytchaVerifier {

    /**
     * Verifies one token and applies the guard's policy. Returns within {@code timeout} + 10 % + 50 ms, whatever the
     * service does. Ask {@link Verification#isAllowed()} whether to go on.
     *
     * <p>A thread that is interrupted while it waits gets {@link Reason#INTERRUPTED}, which is never allowed, and stays
     * interrupted; so does one whose verifier is closed meanwhile, without the interrupt.
     *
     * @param token the visitor's token; null or blank where the request had none
     * @return what came of it, never null; no exception stands for a refusal or an outage
     * @throws IllegalStateException after the verifier was closed
     */
    Verification verify(@Nullable String token);

    /**
     * Verifies one token as {@link #verify} does, with the same outcomes, limits, log lines and listeners, but without
     * holding the caller up. Where nobody has to be asked, {@link Outcome#OVERLOADED} say, the stage is complete when it
     * is returned; else it completes within {@code timeout} + 10 % + 50 ms, on a thread of the library's.
     *
     * <p>The stage is the caller's own: completing or cancelling it changes nothing for the call that was begun, which
     * counts against {@code max-concurrent} until it ends, nor for anyone else. What is chained to it without an executor
     * runs on a thread of the library's (context class loader: the library's own) that no other call waits for; work
     * that waits for something, or needs the application's context, belongs on an executor of the application's
     * ({@code thenApplyAsync(..., executor)}). While 256 stages, or four times {@code max-concurrent} where that is
     * more, are busy with it, further ones are {@link Outcome#OVERLOADED}.
     *
     * <p>When the verifier is closed, calls under way complete with {@link Reason#INTERRUPTED}, never allowed.
     *
     * @param token the visitor's token; null or blank where the request had none
     * @return completes with what came of it; exceptionally only for an error of the library's or of the virtual
     *     machine's, never for a refusal or an outage
     * @throws IllegalStateException thrown, not put into a stage, after the verifier was closed
     */
    CompletionStage<Verification> verifyAsync(@Nullable String token);
}
