package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The replies without a script: the prefix of the token decides. */
final class TokenReplies {
    static final Duration SLOW = Duration.ofMillis(1_500);
    static final int RETRY_AFTER = 30;

    private static final Pattern SLOW_TIME = Pattern.compile("slow-(\\d{1,6})(ms|s)(?:-.*)?", Pattern.DOTALL);
    private static final Pattern RETRY_TIME = Pattern.compile("rate-limited-(\\d{1,6})(?:-.*)?", Pattern.DOTALL);

    private TokenReplies() {}

    /**
     * Returns the reply to a token.
     *
     * @param redeem marks a token as redeemed; false if it was already
     */
    static Reply reply(String token, Predicate<String> redeem) {
        if (token.startsWith("ok-degraded")) {
            return redeemed(token, redeem, Reply.okDegraded());
        }
        if (token.startsWith("ok")) {
            return redeemed(token, redeem, Reply.ok());
        }
        if (token.startsWith("success-false")) {
            return redeemed(token, redeem, Reply.successFalse());
        }
        if (token.startsWith("slow")) {
            return redeemed(token, redeem, Reply.ok().delay(slowness(token)));
        }
        if (token.startsWith("hang")) {
            return Reply.hang();
        }
        if (token.startsWith("bad-secret")) {
            return badSecret();
        }
        if (token.startsWith("unknown-project")) {
            return Reply.error(404, "unknown_project", "No project belongs to this secret.");
        }
        if (token.startsWith("redeemed")) {
            return alreadyRedeemed();
        }
        if (token.startsWith("expired")) {
            return Reply.error(410, "token_expired", "The token is older than five minutes.");
        }
        if (token.startsWith("rate-limited")) {
            return Reply.error(429, "rate_limited_ip", "Too many requests from this address.")
                    .header("Retry-After", Integer.toString(retryAfter(token)));
        }
        if (token.startsWith("db-error")) {
            return Reply.error(500, "db_error", "The token could not be looked up.");
        }
        return Reply.error(401, "token_invalid", "The token's signature or claims are not valid.");
    }

    static Reply badSecret() {
        return Reply.error(401, "bad_secret", "The secret does not match the project.");
    }

    private static Reply alreadyRedeemed() {
        return Reply.error(409, "already_redeemed", "The token has been redeemed before.");
    }

    private static Reply redeemed(String token, Predicate<String> redeem, Reply first) {
        return redeem.test(token) ? first : alreadyRedeemed();
    }

    private static Duration slowness(String token) {
        Matcher time = SLOW_TIME.matcher(token);
        if (!time.matches()) {
            return SLOW;
        }
        int number = Integer.parseInt(time.group(1));
        return time.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
    }

    private static int retryAfter(String token) {
        Matcher time = RETRY_TIME.matcher(token);
        return time.matches() ? Integer.parseInt(time.group(1)) : RETRY_AFTER;
    }

    /** The page that a browser shows. */
    static String page(String verifyUrl) {
        return """
                This is a stand-in for Playtcha. It verifies nothing.

                POST %s with {"secret": "...", "token": "..."}
                A token means what it begins with:

                ok               200, success; the same token again: 409 already_redeemed
                ok-degraded      200, success, degraded
                success-false    200, no success
                invalid          401 token_invalid (so does any other token)
                bad-secret       401 bad_secret (so does a wrong secret)
                unknown-project  404 unknown_project
                redeemed         409 already_redeemed
                expired          410 token_expired
                rate-limited     429 rate_limited_ip, Retry-After 30; rate-limited-5: 5
                db-error         500 db_error
                slow             success after 1.5 s; slow-700ms-1: after 700 ms
                hang             no answer
                """.formatted(verifyUrl);
    }
}
