package com.playtcha.jakarta.late.callback;

import java.time.Duration;

/** How many callbacks are worked on at once, and how long others wait for their turn. */
final class CallbackLimits {
    /** From how many addresses strangers have to call, at the least, to take all places that they have. */
    private static final int STRANGERS_ADDRESSES = 4;

    private static final CallbackLimits STANDARD = new CallbackLimits(16, Duration.ofSeconds(5));

    private final int most;
    private final Duration patience;

    private CallbackLimits(int most, Duration patience) {
        this.most = most;
        this.patience = patience;
    }

    /** Those of {@link ResultCallbackServlet}'s description. */
    static CallbackLimits standard() {
        return STANDARD;
    }

    /** The same, but for how many are worked on at once, of callers with the key and of those without, each. */
    CallbackLimits withMost(int number) {
        return new CallbackLimits(number, patience);
    }

    /** The same, but for how long a caller who has shown the key waits: as long as a result may take to be stored. */
    CallbackLimits withPatience(Duration time) {
        return new CallbackLimits(most, time);
    }

    int most() {
        return most;
    }

    Duration patience() {
        return patience;
    }

    int mostOfOneStranger() {
        return Math.max(1, most / STRANGERS_ADDRESSES);
    }
}
