package com.playtcha.jakarta;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies result tokens with Playtcha under one guard's settings: its connection pool, throttle window, breaker and
 * policy. Thread-safe, also on virtual threads.
 *
 * <p>A token is single-use: a second verification has the reason {@link Reason#ALREADY_REDEEMED}.
 *
 * @since 0.1
 */
public interface PlaytchaVerifier {

    /**
     * Verifies one token and applies the guard's policy. Returns within {@code timeout} + 10 % + 50 ms. Proceed only if {@link Verification#isAllowed()} returns true.
     *
     * <p>If the thread is interrupted while it waits, the reason is {@link Reason#INTERRUPTED}, which is never allowed, and
     * the thread's interrupt status is set. If the verifier is closed meanwhile, the reason is the same.
     *
     * @param token the visitor's token; null or blank if the request has none
     * @return the result, never null; a rejected token and an outage are results and not exceptions
     * @throws IllegalStateException if the verifier is closed
     */
    Verification verify(@Nullable String token);

    /**
     * Verifies one token like {@link #verify}, with the same outcomes, limits, log lines and listeners, but without
     * blocking the caller. If Playtcha need not be called, for example for {@link Outcome#OVERLOADED}, the returned stage
     * is already complete; otherwise it completes within {@code timeout} + 10 % + 50 ms, on a thread of this library.
     *
     * <p>Completing or cancelling the stage does not affect the call, which counts against {@code max-concurrent} until
     * it ends. A dependent stage without an executor runs on a thread of this library, with this library's class loader
     * as the context class loader. Work that blocks or needs the application's context must use an executor of the
     * application ({@code thenApplyAsync(..., executor)}). While dependent stages of 256 calls, or of four times
     * {@code max-concurrent} if that is more, are running, further calls are {@link Outcome#OVERLOADED}.
     *
     * <p>When the verifier is closed, running calls complete with {@link Reason#INTERRUPTED}, which is never allowed.
     *
     * @param token the visitor's token; null or blank if the request has none
     * @return a stage that completes with the result; exceptionally, with an {@link IllegalStateException}, if the verifier
     *     is closed, and for an error of this library, its settings or the virtual machine; never for a rejected token or
     *     an outage. This method itself throws nothing.
     */
    CompletionStage<Verification> verifyAsync(@Nullable String token);
}
