package com.playtcha.jakarta.internal.command;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.util.LogText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one answer of Playtcha means, in plain words, and the exit status. */
record VerificationAdvice(int status, String text) {
    private static final int VERIFIED = 0;
    private static final int REJECTED = 1;
    private static final int USAGE = 2;
    private static final int REFUSED = 3;
    private static final int UNREACHABLE = 4;

    static VerificationAdvice of(Verification verification) {
        Reason reason = verification.getReason();
        String words = words(verification);
        StringBuilder text = new StringBuilder(verification.getOutcome() + " (" + reason + ")");
        if (verification.getStatus() > 0) {
            text.append(", HTTP " + verification.getStatus());
        }
        text.append(" after " + verification.getDuration().toMillis() + " ms");
        UpstreamError error = verification.getError();
        if (error != null) {
            text.append(", code " + LogText.clean(error.getCode()) + ", message " + LogText.clean(error.getMessage())
                    + ", request_id " + LogText.clean(error.getRequestId()));
        }
        return new VerificationAdvice(status(reason), text + "\n" + words);
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case BAD_SECRET, UNKNOWN_PROJECT, SWITCHED_OFF -> REFUSED;
            case NO_ENVELOPE -> UNREACHABLE;
            default ->
                switch (reason.getOutcome()) {
                    case VERIFIED -> VERIFIED;
                    case REJECTED -> REJECTED;
                    case NO_TOKEN -> USAGE;
                    default -> UNREACHABLE;
                };
        };
    }

    private static String words(Verification verification) {
        return switch (verification.getReason()) {
            case SUCCESS ->
                "Playtcha verified the token: base-url and secret are right."
                        + (verification.isDegraded() ? " The project is above its quota (degraded)." : "");
            case SUCCESS_FALSE -> "base-url and secret are right, but Playtcha does not accept the visitor.";
            case TOKEN_INVALID ->
                "Playtcha was reached and did not refuse the secret, so base-url and secret are right as far as"
                        + " one call can show. It rejected the token, as it does with one that was made up. If this is a"
                        + " fresh token of your form, widget and secret belong to different environments (live and test).";
            case BAD_SECRET ->
                "The secret does not match the project of the token. Set the secret key of the project and"
                        + " environment whose widget is in your form.";
            case UNKNOWN_PROJECT -> "The project was deleted or never existed there. Check base-url and secret.";
            case ALREADY_REDEEMED ->
                "base-url and secret are right, but the token was redeemed before. A token can be verified once.";
            case TOKEN_EXPIRED ->
                "base-url and secret are right, but the token is older than five minutes. Use a fresh one.";
            case REFUSED -> "Playtcha was reached and refused the token with a code that this version does not know.";
            case NO_ENVELOPE ->
                "Something else than Playtcha refused the call, such as a gateway or a firewall. Find out what"
                        + " answers at base-url.";
            case RATE_LIMITED, THROTTLE_WINDOW ->
                "Playtcha was reached and throttles this machine's address" + after(verification.getRetryAfter()) + ".";
            case SERVER_ERROR -> "Playtcha was reached and has a problem of its own. Try again later.";
            case NOT_PLAYTCHA -> "What answers at base-url is not Playtcha. Correct base-url.";
            case PROXY -> "The proxy refused the tunnel to Playtcha. Set proxy with user and password, or to off.";
            case DNS -> "The host name of base-url cannot be resolved. Check base-url and the name server.";
            case CONNECT -> "No connection to base-url. Check base-url, firewalls for outgoing calls, and proxy.";
            case TLS -> "The TLS handshake failed. Check the certificate at base-url and this JVM's trust store.";
            case IO -> "The connection was lost, or the answer was not HTTP. Check what is between here and base-url.";
            case TIMEOUT -> "No complete answer within timeout. Check the network, or raise timeout.";
            case TOKEN_ABSENT -> "The token is blank, so nothing was sent.";
            case TOKEN_TOO_LONG -> "The token is longer than max-token-length, so nothing was sent.";
            case TOKEN_MALFORMED -> "The token has a character that no token has, so nothing was sent.";
            case SWITCHED_OFF -> "The guard is switched off by enabled = false, so nothing was sent.";
            default -> "Playtcha was not asked.";
        };
    }

    private static String after(@Nullable Duration retryAfter) {
        return retryAfter == null ? "" : "; it can be asked again in " + retryAfter.toSeconds() + " s";
    }
}
