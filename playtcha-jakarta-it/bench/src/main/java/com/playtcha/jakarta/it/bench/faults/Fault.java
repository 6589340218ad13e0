package com.playtcha.jakarta.it.bench.faults;

import java.util.Map;

/**
 * A row of the matrix.
 *
 * @param places the number of calls at once that are allowed
 * @param settings of the library, beyond those of all rows
 * @param isForBoth false for what would end the process of a filter without limits
 * @param isHeld false for what HTTP/1.1 leaves nobody a means against: it is shown, and fails nothing
 */
record Fault(
        String group,
        String name,
        Expectation expectation,
        Opening opening,
        Disturbance disturbance,
        int places,
        Map<String, String> settings,
        boolean isHeld,
        boolean isForBoth) {

    /** Starts the service. */
    interface Opening {
        Service open(Requests requests) throws Exception;
    }

    /** What happens to the callers while the calls of a round run. */
    enum Disturbance {
        NONE,
        INTERRUPT,
        CLOSE,
        /** They are in a process of their own, without a file descriptor. */
        NO_DESCRIPTORS,
        /** They are in a process of their own, whose heap is full. */
        FULL_HEAP;

        boolean needsProcess() {
            return this == NO_DESCRIPTORS || this == FULL_HEAP;
        }
    }

    static Fault of(String group, String name, Expectation expectation, Opening opening) {
        return new Fault(group, name, expectation, opening, Disturbance.NONE, Trial.CALLERS, Map.of(), true, true);
    }

    Fault with(Disturbance other) {
        return new Fault(group, name, expectation, opening, other, places, settings, isHeld, isForBoth);
    }

    Fault withPlaces(int other) {
        return new Fault(group, name, expectation, opening, disturbance, other, settings, isHeld, isForBoth);
    }

    Fault with(Map<String, String> others) {
        return new Fault(group, name, expectation, opening, disturbance, places, others, isHeld, isForBoth);
    }

    Fault notHeld() {
        return new Fault(group, name, expectation, opening, disturbance, places, settings, false, isForBoth);
    }

    Fault forPlaytchaAlone() {
        return new Fault(group, name, expectation, opening, disturbance, places, settings, isHeld, false);
    }
}
