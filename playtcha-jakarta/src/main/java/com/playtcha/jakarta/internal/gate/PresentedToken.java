package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The token of a request: a value of the right format, or the reason why there is none (docs/contract.md, sections 2 and 11).
 * The format is checked before the call, because a malformed token could make the service fail, and a failure may fail
 * open.
 *
 * @param value null exactly where there is no usable token
 * @param problem null exactly where there is one
 * @param containerStatus the status with which the container answers a body that it cannot parse; 0 for none
 * @param searched the sources that were read, for the log; empty where the caller passed the token
 */
public record PresentedToken(
        @Nullable String value, @Nullable Reason problem, int containerStatus, String searched) {

    /** No source has a token. */
    public static final PresentedToken ABSENT = missing(Reason.TOKEN_ABSENT);

    /** Checks the values that one source carries; blank ones count as absent. */
    public static PresentedToken of(List<String> values, int maxLength) {
        String token = null;
        for (String value : values) {
            if (!value.isBlank()) {
                if (token != null && !token.equals(value)) {
                    return missing(Reason.TOKEN_AMBIGUOUS);
                }
                token = value;
            }
        }
        if (token == null) {
            return ABSENT;
        }
        if (token.length() > maxLength) {
            return missing(Reason.TOKEN_TOO_LONG);
        }
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) < 0x21 || token.charAt(i) > 0x7e) {
                return missing(Reason.TOKEN_MALFORMED);
            }
        }
        return new PresentedToken(token, null, 0, "");
    }

    /** Returns a failed token lookup, for a reason of outcome {@code NO_TOKEN} or {@code OVERLOADED}. */
    public static PresentedToken missing(Reason reason) {
        return new PresentedToken(null, reason, 0, "");
    }

    /** Returns that no token was read, because none is required; the reason is of outcome {@code EXEMPT} or VERIFIED. */
    public static PresentedToken notRequired(Reason reason) {
        return missing(reason);
    }

    /** Returns a failed lookup in a body that cannot be parsed, and the status with which the container answers it, or 0. */
    public static PresentedToken unreadable(int containerStatus) {
        return new PresentedToken(null, Reason.BODY_UNREADABLE, containerStatus, "");
    }

    /** Adds the sources that were read to a failed lookup. */
    public PresentedToken searchedIn(String sources) {
        return new PresentedToken(value, problem, containerStatus, sources);
    }

    /** Whether the guard requires a token. */
    boolean isRequired() {
        return problem == null || problem.getOutcome() != Outcome.EXEMPT && problem != Reason.SESSION_PASS;
    }

    /** Whether no token was found, so that the next source is read. */
    public boolean isAbsent() {
        return problem == Reason.TOKEN_ABSENT;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PresentedToken that && Objects.equals(value, that.value) && problem == that.problem;
    }

    @Override
    public int hashCode() {
        return Objects.hash(value, problem);
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return problem == null ? "PresentedToken" : "PresentedToken[" + problem + "]";
    }
}
