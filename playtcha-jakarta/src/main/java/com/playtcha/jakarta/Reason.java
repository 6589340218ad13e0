package com.playtcha.jakarta;

import java.util.Locale;

/**
 * The reason of a verification's outcome. Each reason belongs to one {@link Outcome}; later versions may add reasons.
 * {@link #getLabel()} returns the form that logs and metrics show, such as {@code not-playtcha}.
 *
 * @since 0.1
 */
public enum Reason {
    /** 2xx with {@code success: true}. */
    SUCCESS(Outcome.VERIFIED),
    /** No token was read: an earlier one of the same session was verified, and {@code session-pass} allows more. */
    SESSION_PASS(Outcome.VERIFIED),

    /** 2xx with {@code success: false}. */
    SUCCESS_FALSE(Outcome.REJECTED),
    /** {@code token_invalid}: bad signature or claims, often the wrong environment. */
    TOKEN_INVALID(Outcome.REJECTED),
    /** {@code bad_secret}: the secret does not match the project; a configuration error. */
    BAD_SECRET(Outcome.REJECTED),
    /** {@code unknown_project}: the project was deleted or never existed; a configuration error. */
    UNKNOWN_PROJECT(Outcome.REJECTED),
    /** {@code already_redeemed}: a replay, a stuck retry or a duplicate POST. */
    ALREADY_REDEEMED(Outcome.REJECTED),
    /** {@code token_expired}: the token's five minutes have passed. */
    TOKEN_EXPIRED(Outcome.REJECTED),
    /** Another 4xx with Playtcha's envelope. */
    REFUSED(Outcome.REJECTED),
    /** A 4xx without a readable envelope, for example from a proxy or a web application firewall. */
    NO_ENVELOPE(Outcome.REJECTED),

    /** Playtcha answered 429. */
    RATE_LIMITED(Outcome.THROTTLED),
    /** Playtcha was not called, since the {@code Retry-After} of an earlier 429 has not passed yet. */
    THROTTLE_WINDOW(Outcome.THROTTLED),

    /** Playtcha answered 5xx. */
    SERVER_ERROR(Outcome.UNAVAILABLE),
    /** A response that is not Playtcha's: 1xx or 3xx, or 2xx without exactly one boolean {@code success}. */
    NOT_PLAYTCHA(Outcome.UNAVAILABLE),
    /** The proxy refused the tunnel to Playtcha. */
    PROXY(Outcome.UNAVAILABLE),
    /** The host name of the service could not be resolved. */
    DNS(Outcome.UNAVAILABLE),
    /** The connection could not be established. */
    CONNECT(Outcome.UNAVAILABLE),
    /** The TLS handshake failed: an untrusted certificate, a wrong name, a protocol error. */
    TLS(Outcome.UNAVAILABLE),
    /** The connection was lost or reset, or the response was truncated or not HTTP. */
    IO(Outcome.UNAVAILABLE),
    /** The guard's {@code timeout} elapsed. */
    TIMEOUT(Outcome.UNAVAILABLE),
    /** Playtcha was not called, since the breaker is open. */
    BREAKER_OPEN(Outcome.UNAVAILABLE),
    /** The thread was interrupted, or the verifier was closed, during the call. Never allowed. */
    INTERRUPTED(Outcome.UNAVAILABLE),
    /** Denied: {@code fail-open-per-minute} requests were allowed without a verdict within the last minute already. */
    FAIL_OPEN_LIMIT(Outcome.UNAVAILABLE),
    /** Denied: a request with this token was allowed without a verdict within the last five minutes. */
    REPEATED_UNVERIFIED(Outcome.UNAVAILABLE),
    /**
     * Denied: so many requests were allowed without a verdict within the last five minutes that no further token can be
     * kept, without which it could be used again. {@code fail-open-per-minute} sets a lower limit.
     */
    REPLAY_GUARD_FULL(Outcome.UNAVAILABLE),

    /** No token source of the request has a token. */
    TOKEN_ABSENT(Outcome.NO_TOKEN),
    /** The token is longer than {@code max-token-length}. */
    TOKEN_TOO_LONG(Outcome.NO_TOKEN),
    /** The token has a character outside visible ASCII. */
    TOKEN_MALFORMED(Outcome.NO_TOKEN),
    /** One source has two different tokens. */
    TOKEN_AMBIGUOUS(Outcome.NO_TOKEN),
    /** The request body could not be read or parsed. */
    BODY_UNREADABLE(Outcome.NO_TOKEN),
    /** The JSON body is larger than {@code max-body}. */
    BODY_TOO_LARGE(Outcome.NO_TOKEN),

    /** The guard's {@code max-concurrent} verifications are in progress already. */
    MAX_CONCURRENT(Outcome.OVERLOADED),
    /** This machine has no file descriptor, port, thread or memory left for the verification. */
    LOCAL_RESOURCES(Outcome.OVERLOADED),

    /** {@code enabled=false}. */
    SWITCHED_OFF(Outcome.DISABLED),

    /** The user has one of {@code exempt-roles}. */
    EXEMPT_ROLES(Outcome.EXEMPT),
    /** The remote address is one of {@code exempt-addresses}. */
    EXEMPT_ADDRESSES(Outcome.EXEMPT),
    /** There were fewer than {@code after-failures} failures. */
    AFTER_FAILURES(Outcome.EXEMPT),
    /** The application's {@link ChallengePolicy} requires no token. */
    CHALLENGE_POLICY(Outcome.EXEMPT);

    private final Outcome outcome;
    private final String label;

    Reason(Outcome outcome) {
        this.outcome = outcome;
        this.label = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the outcome that this reason belongs to.
     *
     * @return the outcome; never null
     */
    public Outcome getOutcome() {
        return outcome;
    }

    /**
     * Returns the form that logs and metrics show: the name in lower case with hyphens, such as {@code not-playtcha}.
     *
     * @return the label; never null
     */
    public String getLabel() {
        return label;
    }
}
