package com.playtcha.jakarta;

import java.util.Locale;

/**
 * Why a verification ended as it did (contract, section 2). A closed set; each belongs to one {@link Outcome}.
 * {@link #toString()} gives the form used in logs and documents, such as {@code not-playtcha}.
 *
 * @since 0.1
 */
public enum Reason {
    /** 2xx with {@code success: true}. */
    SUCCESS(Outcome.VERIFIED),

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
    /** A 4xx without a readable envelope, such as a proxy or a web application firewall sends. */
    NO_ENVELOPE(Outcome.REJECTED),

    /** Playtcha answered 429. */
    RATE_LIMITED(Outcome.THROTTLED),
    /** Not asked: an earlier 429's {@code Retry-After} has not passed yet. */
    THROTTLE_WINDOW(Outcome.THROTTLED),

    /** Playtcha answered 5xx. */
    SERVER_ERROR(Outcome.UNAVAILABLE),
    /** An answer that Playtcha does not give: 1xx or 3xx, or 2xx without one boolean {@code success}. */
    NOT_PLAYTCHA(Outcome.UNAVAILABLE),
    /** The proxy refused the way to Playtcha. */
    PROXY(Outcome.UNAVAILABLE),
    /** The name of the service could not be resolved. */
    DNS(Outcome.UNAVAILABLE),
    /** No connection could be made. */
    CONNECT(Outcome.UNAVAILABLE),
    /** The TLS handshake failed: an untrusted certificate, a wrong name, a protocol error. */
    TLS(Outcome.UNAVAILABLE),
    /** The connection broke, was reset, or the answer was cut short or was not HTTP. */
    IO(Outcome.UNAVAILABLE),
    /** The deadline passed. */
    TIMEOUT(Outcome.UNAVAILABLE),
    /** Not asked: the breaker is open. */
    BREAKER_OPEN(Outcome.UNAVAILABLE),
    /** Not asked: too many earlier calls are stuck where they cannot be interrupted, in a name look-up say. */
    EXHAUSTED(Outcome.UNAVAILABLE),
    /** This thread was interrupted, or the verifier closed, while it waited. Never let through unverified. */
    INTERRUPTED(Outcome.UNAVAILABLE),
    /** Denied: more unverified passes within a minute than {@code fail-open-per-minute} allows. */
    FAIL_OPEN_LIMIT(Outcome.UNAVAILABLE),
    /** Denied: this token was let through unverified before, within five minutes. */
    REPEATED_UNVERIFIED(Outcome.UNAVAILABLE),

    /** No source held a token. */
    TOKEN_ABSENT(Outcome.NO_TOKEN),
    /** The token is longer than {@code max-token-length}. */
    TOKEN_TOO_LONG(Outcome.NO_TOKEN),
    /** The token has a character outside visible ASCII. */
    TOKEN_MALFORMED(Outcome.NO_TOKEN),
    /** One source held two different tokens. */
    TOKEN_AMBIGUOUS(Outcome.NO_TOKEN),
    /** The body could not be parsed, so that no token could be read from it. */
    BODY_UNREADABLE(Outcome.NO_TOKEN),
    /** The JSON body is larger than {@code max-body}. */
    BODY_TOO_LARGE(Outcome.NO_TOKEN),

    /** More verifications in flight than {@code max-concurrent}. */
    MAX_CONCURRENT(Outcome.OVERLOADED),

    /** {@code enabled=false}. */
    SWITCHED_OFF(Outcome.DISABLED);

    private final Outcome outcome;
    private final String text;

    Reason(Outcome outcome) {
        this.outcome = outcome;
        this.text = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The outcome this reason belongs to.
     *
     * @return never null
     */
    public Outcome getOutcome() {
        return outcome;
    }

    @Override
    public String toString() {
        return text;
    }
}
