package com.playtcha.example.quickstart;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;

/**
 * A verification in words.
 *
 * @param heading for the visitor who was denied
 * @param advice for the visitor who was denied
 * @param what happened, for the person who builds or runs the application
 * @param todo for the same person
 */
record Explanation(String heading, String advice, String what, String todo) {
    private static final String AGAIN = "Please go back and try once more.";
    private static final String LATER = "Nothing is wrong with what you entered. Please try again in a minute.";

    static Explanation of(Verification verification) {
        return switch (verification.getReason()) {
            case SUCCESS -> success(verification.isDegraded());
            case SUCCESS_FALSE ->
                new Explanation(
                        "That did not work",
                        AGAIN,
                        "Playtcha answered 200 with success: false.",
                        "Let the visitor solve the widget again.");
            case TOKEN_INVALID ->
                new Explanation(
                        "That did not work",
                        AGAIN,
                        "The token's signature or claims are not valid.",
                        "If every visitor sees this, the widget and the secret belong to different environments:"
                                + " live and test do not mix.");
            case ALREADY_REDEEMED ->
                new Explanation(
                        "This form was sent already",
                        "If you pressed the button twice, your first sign-up may well have worked.",
                        "The token was redeemed before. Tokens are single-use.",
                        "A double click, a reload of a POST, or a replay. Reset the widget after each attempt; many of"
                                + " these from one address are an attack.");
            case TOKEN_EXPIRED ->
                new Explanation(
                        "That took a little long",
                        "The check is good for five minutes. " + AGAIN,
                        "The token's five minutes had passed.",
                        "Run the widget when the form is sent, rather than when the page is opened.");
            case BAD_SECRET, UNKNOWN_PROJECT ->
                new Explanation(
                        "Something is wrong on our side",
                        LATER,
                        "Playtcha does not accept this application's secret or project, so every visitor is denied.",
                        "Compare playtcha.secret and playtcha.base-url with the project's page.");
            case REFUSED, NO_ENVELOPE ->
                new Explanation(
                        "That did not work",
                        AGAIN,
                        "The service refused the token for a reason that this page does not know.",
                        "Look at the status and the envelope, if there is one: none means that something other than"
                                + " Playtcha answered.");
            case RATE_LIMITED, THROTTLE_WINDOW ->
                new Explanation(
                        "Many sign-ups at once",
                        "Please try again in " + seconds(verification) + ".",
                        verification.getReason() == Reason.RATE_LIMITED
                                ? "Playtcha throttles this server's address: 429 with Retry-After."
                                : "Playtcha asked for a pause a moment ago, so no call was made.",
                        "The filter honours Retry-After for everyone on this server, and the answer carries it.");
            case MAX_CONCURRENT ->
                new Explanation(
                        "Many sign-ups at once",
                        "Please try again in " + seconds(verification) + ".",
                        "More verifications were in flight than max-concurrent allows.",
                        "Raise max-concurrent only while it stays below the server's request threads.");
            case REPEATED_UNVERIFIED ->
                new Explanation(
                        "We cannot check this just now",
                        LATER,
                        "This token was allowed unverified before, which happens once per token.",
                        "Nothing, while Playtcha is unavailable. A new token from the widget would be allowed.");
            case FAIL_OPEN_LIMIT ->
                new Explanation(
                        "We cannot check this just now",
                        LATER,
                        "Playtcha is unavailable, and fail-open-per-minute is used up.",
                        "Nothing, while Playtcha is unavailable: that is what the limit is for.");
            case TOKEN_ABSENT ->
                new Explanation(
                        "One step is missing",
                        "Please go back and let the check run before you send the form.",
                        "The form has no token, so Playtcha was not called.",
                        "Is the widget inside the form, and is its field named playtcha-response? A domain that is not"
                                + " on the project's list fails in the widget, with the same result.");
            case TOKEN_TOO_LONG, TOKEN_MALFORMED, TOKEN_AMBIGUOUS, BODY_UNREADABLE, BODY_TOO_LARGE ->
                new Explanation(
                        "The check could not be read",
                        AGAIN,
                        "The value that was sent cannot be a token ("
                                + verification.getReason().getLabel() + "), so Playtcha was not called.",
                        "Look at what the browser sends: one field playtcha-response, once.");
            case EXEMPT_ROLES, EXEMPT_ADDRESSES, AFTER_FAILURES, CHALLENGE_POLICY, SESSION_PASS ->
                new Explanation(
                        "",
                        "",
                        "No token was required (" + verification.getReason().getLabel()
                                + "), so Playtcha was not called.",
                        "Nothing. The settings exempt this visitor.");
            case SWITCHED_OFF ->
                new Explanation("", "", "The filter is switched off with enabled=false.", "Switch it on again.");
            default -> unavailable(verification);
        };
    }

    private static Explanation success(boolean degraded) {
        return degraded
                ? new Explanation(
                        "",
                        "",
                        "Playtcha answered 200 with success: true and degraded: true: the project's usage quota runs"
                                + " high. It says nothing against the visitor.",
                        "Treat it as a success, and look at the project's usage.")
                : new Explanation("", "", "Playtcha answered 200 with success: true.", "Nothing.");
    }

    private static Explanation unavailable(Verification verification) {
        String policy = verification.isAllowed()
                ? "The guard fails open, which is the default. Start with PLAYTCHA_FAIL_CLOSED=1 to see the other policy."
                : "The guard fails closed (fail-closed=true).";
        return new Explanation(
                "We cannot check this just now", LATER, "There was no verdict: " + whyNone(verification) + ".", policy);
    }

    private static String whyNone(Verification verification) {
        return switch (verification.getReason()) {
            case SERVER_ERROR -> "Playtcha answered " + verification.getStatus() + ", an error on its side";
            case TIMEOUT -> "the deadline (timeout, two seconds by default) passed without a whole answer";
            case CONNECT -> "no connection to Playtcha could be made";
            case BREAKER_OPEN -> "too many calls failed just now, so no call is made for a few seconds";
            case NOT_PLAYTCHA -> "what answered at base-url is not Playtcha";
            default -> "reason " + verification.getReason().getLabel();
        };
    }

    private static String seconds(Verification verification) {
        if (verification.getRetryAfter() == null) {
            return "a moment";
        }
        long seconds = verification.getRetryAfter().plusMillis(999).toSeconds();
        return seconds == 1 ? "1 second" : seconds + " seconds";
    }
}
