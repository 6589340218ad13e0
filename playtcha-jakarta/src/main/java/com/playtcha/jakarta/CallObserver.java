package com.playtcha.jakarta;

/**
 * What a {@link VerificationListener} wants to be told about one call to Playtcha.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface CallObserver {
    /** Ignores the end of the call. */
    CallObserver NONE = end -> {};

    /**
     * Called once when the call has ended, possibly on another thread than the one that began it.
     *
     * @param end the result of the call, before any policy
     */
    void onEnd(CallEnd end);
}
