package com.playtcha.jakarta;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call to Playtcha, as a {@link CallObserver} receives it: what came back, before any guard's policy. It
 * contains neither the secret nor the token.
 *
 * @param reason what the call resulted in; {@link Reason#INTERRUPTED} for one that this library cut short; never null
 * @param status the HTTP status of the response; 0 if there is none
 * @param error Playtcha's error envelope; null if there is none
 * @param duration how long the call took; never null
 * @since 0.1
 */
public record CallEnd(Reason reason, int status, @Nullable UpstreamError error, Duration duration) {

    /**
     * Creates the end of a call.
     *
     * @throws NullPointerException if the reason or the duration is null
     */
    public CallEnd {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(duration, "duration");
    }
}
