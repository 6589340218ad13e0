package com.playtcha.jakarta;

/**
 * Guards that {@link PlaytchaGuards#open} opened, without a container, and that their user closes:
 *
 * <pre>{@code
 * try (StandaloneGuards guards = PlaytchaGuards.open(settings)) {
 *     Verification verification = guards.verifier().verify(token);
 * }
 * }</pre>
 *
 * @since 0.1
 */
public interface StandaloneGuards extends PlaytchaGuards, AutoCloseable {

    /** Ends running calls, and closes all connections and threads before it returns. A second call does nothing. */
    @Override
    void close();
}
