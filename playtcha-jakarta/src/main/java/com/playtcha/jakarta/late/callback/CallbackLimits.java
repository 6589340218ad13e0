package com.playtcha.jakarta.late.callback;

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
    /** Where more than that wait, it is a burst that passes soon, or nobody should wait. */
    static final int CROWD = 128;

    /** From how many addresses strangers have to call, at the least, to take all places that they have. */
    private static final int STRANGERS_ADDRESSES = 4;

    private static final CallbackLimits STANDARD = new CallbackLimits(
            16, Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(1));

    private final int most;
    private final Duration patience;
    private final Duration strangersPatience;
    private final Duration crowdsPatience;
    private final Duration standstill;

    private CallbackLimits(
            int most, Duration patience, Duration strangersPatience, Duration crowdsPatience, Duration standstill) {
        this.most = most;
        this.patience = patience;
        this.strangersPatience = strangersPatience;
        this.crowdsPatience = crowdsPatience;
        this.standstill = standstill;
    }

    /** Those of {@link ResultCallbackServlet}'s description. */
    static CallbackLimits standard() {
        return STANDARD;
    }

    /** The same, but for how many are worked on at once, of callers with the key and of those without, each. */
    CallbackLimits withMost(int number) {
        return new CallbackLimits(number, patience, strangersPatience, crowdsPatience, standstill);
    }

    /** The same, but for how long anybody waits. */
    CallbackLimits withPatience(Duration time) {
        return new CallbackLimits(most, time, time, time, standstill);
    }

    /** The same, but for how long strangers wait while no place of theirs comes free. */
    CallbackLimits withStandstill(Duration time) {
        return new CallbackLimits(most, patience, strangersPatience, crowdsPatience, time);
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

    /** How long a stranger waits who finds so many waiting. */
    Duration strangersPatience(int waiting) {
        return waiting < CROWD ? strangersPatience : crowdsPatience;
    }

    /** Where no stranger's place has come free for so long, none waits for one any more: those who have them are slow. */
    Duration standstill() {
        return standstill;
    }
}
