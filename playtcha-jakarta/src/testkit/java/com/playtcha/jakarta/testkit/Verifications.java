package com.playtcha.jakarta.testkit;

import java.util.List;
import java.util.OptionalInt;

/**
 * The verify requests that a {@link PlaytchaStandIn} received, as a test asserts them:
 *
 * <pre>{@code
 * playtcha.verifications().of("ok-1").once().answered(200);
 * playtcha.verifications().of("ok-2").never();
 * }</pre>
 *
 * <p>Each assertion throws an {@link AssertionError} that says what was received, and returns this object. Immutable: it
 * does not see requests that arrive later.
 *
 * @since 0.1
 */
public final class Verifications {
    private final List<ReceivedRequest> requests;
    private final List<String> malformed;
    private final String what;

    Verifications(List<ReceivedRequest> requests, List<String> malformed) {
        this(requests, malformed, "verifications");
    }

    private Verifications(List<ReceivedRequest> requests, List<String> malformed, String what) {
        this.requests = requests;
        this.malformed = malformed;
        this.what = what;
    }

    /**
     * Returns those of one token.
     *
     * @param token the whole token
     * @return the requests with this token
     */
    public Verifications of(String token) {
        List<ReceivedRequest> ofToken = requests.stream()
                .filter(request -> request.token().equals(token))
                .toList();
        return new Verifications(ofToken, malformed, "verifications of the token " + token);
    }

    /**
     * Returns how many there are.
     *
     * @return zero or more
     */
    public int count() {
        return requests.size();
    }

    /**
     * Returns the tokens in the order in which they arrived.
     *
     * @return an unmodifiable list, in which a token may be repeated
     */
    public List<String> tokens() {
        return requests.stream().map(ReceivedRequest::token).toList();
    }

    /**
     * Asserts that there is none.
     *
     * @return this
     */
    public Verifications never() {
        return times(0);
    }

    /**
     * Asserts that there is exactly one.
     *
     * @return this
     */
    public Verifications once() {
        return times(1);
    }

    /**
     * Asserts how many there are.
     *
     * @param expected the number
     * @return this
     */
    public Verifications times(int expected) {
        return require(requests.size() == expected, "Expected " + expected);
    }

    /**
     * Asserts the status of the last one's answer.
     *
     * @param status such as 200 or 409
     * @return this
     */
    public Verifications answered(int status) {
        boolean same = !requests.isEmpty() && last().equals(OptionalInt.of(status));
        return require(same, "Expected the answer " + status + " to the last one");
    }

    /**
     * Asserts that the last one was not answered.
     *
     * @return this
     */
    public Verifications unanswered() {
        return require(!requests.isEmpty() && last().isEmpty(), "Expected no answer to the last one");
    }

    private OptionalInt last() {
        return requests.get(requests.size() - 1).status();
    }

    private Verifications require(boolean condition, String expectation) {
        if (!condition) {
            throw new AssertionError(expectation + " of the " + this);
        }
        return this;
    }

    /** Names the tokens and the answers; not the secret. */
    @Override
    public String toString() {
        List<String> received = requests.stream()
                .map(request -> request.token() + " answered with "
                        + (request.status().isPresent() ? request.status().getAsInt() : "nothing"))
                .toList();
        return what + ": " + received + (malformed.isEmpty() ? "" : ", and no verify requests: " + malformed);
    }
}
