package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.TokenReading;
import com.playtcha.jakarta.internal.gate.TokenShape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a look into one source of a request, or into all of them, found: a token, or the reason why there is none.
 *
 * @param token what was found
 * @param status the status with which the container would have answered the body it could not parse; 0 for none
 */
public record Reading(TokenReading token, int status) {
    /** Where no source holds anything. */
    public static final Reading ABSENT = none(Reason.TOKEN_ABSENT);

    /**
     * Without a say of the container's.
     *
     * @param token what was found
     */
    public Reading(TokenReading token) {
        this(token, 0);
    }

    /**
     * Why there is no token.
     *
     * @param reason of outcome {@code NO_TOKEN}
     * @return never null
     */
    public static Reading none(Reason reason) {
        return new Reading(new TokenReading.NoToken(reason));
    }

    /**
     * A body that cannot be parsed.
     *
     * @param status the container's own for it; 0 for none
     * @return never null
     */
    public static Reading unreadable(int status) {
        return new Reading(new TokenReading.NoToken(Reason.BODY_UNREADABLE), status);
    }

    /**
     * The values that one source carries.
     *
     * @param values blank ones count as absent
     * @param maxLength of a token in characters
     * @return the token, or why there is none
     */
    public static Reading of(List<String> values, int maxLength) {
        return new Reading(TokenShape.read(values, maxLength));
    }

    /**
     * Whether this source decides.
     *
     * @return false where the next one is to be looked into
     */
    public boolean isPresent() {
        return !(token instanceof TokenReading.NoToken none && none.reason() == Reason.TOKEN_ABSENT);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Reading that && token.equals(that.token) && status == that.status;
    }

    @Override
    public int hashCode() {
        return Objects.hash(token, status);
    }
}
