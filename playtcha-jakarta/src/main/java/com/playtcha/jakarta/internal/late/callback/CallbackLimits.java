package com.playtcha.jakarta.internal.late.callback;

import java.time.Duration;

/**
 * How many callbacks are worked on at once, and how long others wait for their turn. Who waits has a thread of the
 * container's, too: Tomcat and Jetty have 200.
 */
final class CallbackLimits {
    /** With the four whose bodies are read, 200 of one address: the widest burst that is taken whole. */
    static final int QUEUE_OF_ONE_ADDRESS = 196;
    /** Where one address has filled its part, others still find room. */
    static final int QUEUE = 224;

    /** From how many addresses strangers have to call, at the least, to take all places that they have. */
    private static final int STRANGERS_ADDRESSES = 4;

    private static final CallbackLimits STANDARD =
            new CallbackLimits(16, Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(1));

    private final int most;
    private final Duration patience;
    private final Duration strangersPatience;
    private final Duration standstill;

    private CallbackLimits(int most, Duration patience, Duration strangersPatience, Duration standstill) {
        this.most = most;
        this.patience = patience;
        this.strangersPatience = strangersPatience;
        this.standstill = standstill;
    }

    /** Those of {@link ResultCallbackServlet}'s description. */
    static CallbackLimits standard() {
        return STANDARD;
    }

    /** The same, but for how many are worked on at once, of callers with the key and of those without, each. */
    CallbackLimits withMost(int number) {
        return new CallbackLimits(number, patience, strangersPatience, standstill);
    }

    /** The same, but for how long anybody waits. */
    CallbackLimits withPatience(Duration time) {
        return new CallbackLimits(most, time, time, standstill);
    }

    /** The same, but for how long strangers wait while no place of theirs comes free. */
    CallbackLimits withStandstill(Duration time) {
        return new CallbackLimits(most, patience, strangersPatience, time);
    }

    /** Callers with the key at once; and, apart from them, strangers whose body is read. */
    int most() {
        return most;
    }

    /** Of these strangers, those of one address. */
    int mostOfOneAddress() {
        return Math.max(1, most / STRANGERS_ADDRESSES);
    }

    /** How long a caller with the key waits: as long as a result may take to be stored. */
    Duration patience() {
        return patience;
    }

    /** How long a stranger waits, as long as places come free. */
    Duration strangersPatience() {
        return strangersPatience;
    }

    /** Where no stranger's place has come free for so long, none waits for one any more: those who have them are slow. */
    Duration standstill() {
        return standstill;
    }
}
