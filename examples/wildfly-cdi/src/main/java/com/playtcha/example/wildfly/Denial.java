package com.playtcha.example.wildfly;

import com.playtcha.jakarta.Verification;

/** What a visitor is told, in words of the visitor's. Nobody is accused of anything that is our mistake. */
enum Denial {
    OUR_MISTAKE(500, "Something is wrong on our side. Nothing is wrong with what you entered. Please try again later."),
    NO_TOKEN(400, "One step is missing. Please let the check run before you send the form."),
    UNREADABLE(400, "The check could not be read. Please reload the page and try once more."),
    REDEEMED(403, "This form was sent already. If you pressed the button twice, the first time may well have worked."),
    EXPIRED(403, "That took a little long. The check is good for five minutes. Please try once more."),
    REJECTED(403, "That did not work. Please try once more."),
    BUSY(503, "Many visitors at once. Nothing is wrong with what you entered. Please try again in a moment."),
    UNAVAILABLE(503, "We cannot check this just now. Nothing is wrong with what you entered. Please try again soon.");

    private final int status;
    private final String text;

    Denial(int status, String text) {
        this.status = status;
        this.text = text;
    }

    static Denial of(Verification verification) {
        return switch (verification.getReason()) {
            case BAD_SECRET, UNKNOWN_PROJECT -> OUR_MISTAKE;
            case TOKEN_ABSENT -> NO_TOKEN;
            case ALREADY_REDEEMED -> REDEEMED;
            case TOKEN_EXPIRED -> EXPIRED;
            default ->
                switch (verification.getOutcome()) {
                    case NO_TOKEN -> UNREADABLE;
                    case THROTTLED, OVERLOADED -> BUSY;
                    case UNAVAILABLE -> UNAVAILABLE;
                    default -> REJECTED;
                };
        };
    }

    int status() {
        return status;
    }

    String text() {
        return text;
    }
}
