package com.playtcha.jakarta.it.bench.faults;

import java.util.Set;

/** Which decisions are right, for a token that the service calls good and for one that it refuses. */
enum Expectation {
    VERDICT(Set.of(Decision.VERIFIED), Set.of(Decision.REFUSED)),
    /** Nothing that came was a verdict. */
    OUTAGE(Set.of(Decision.UNVERIFIED), Set.of(Decision.UNVERIFIED)),
    /** Whether the verdict was complete and in time differs from call to call. */
    VERDICT_OR_OUTAGE(Set.of(Decision.VERIFIED, Decision.UNVERIFIED), Set.of(Decision.REFUSED, Decision.UNVERIFIED)),
    /** No answer was complete. The status alone refuses, where it came. */
    OUTAGE_OR_REFUSED(Set.of(Decision.UNVERIFIED), Set.of(Decision.REFUSED, Decision.UNVERIFIED)),
    /** The service has too many requests. Whoever is kept out for that may be told so, or not. */
    THROTTLED(Set.of(Decision.TURNED_AWAY, Decision.REFUSED), Set.of(Decision.TURNED_AWAY, Decision.REFUSED)),
    /** This machine ends the call, which is never a reason to let anyone in. */
    TURNED_AWAY(Set.of(Decision.TURNED_AWAY), Set.of(Decision.TURNED_AWAY)),
    /** After the end there is an error page, for a call that had not begun. */
    ENDED(Set.of(Decision.TURNED_AWAY, Decision.ERROR), Set.of(Decision.TURNED_AWAY, Decision.ERROR)),
    VERDICT_OR_TURNED_AWAY(
            Set.of(Decision.VERIFIED, Decision.TURNED_AWAY), Set.of(Decision.REFUSED, Decision.TURNED_AWAY)),
    /** Without memory an error page is right, too. */
    NEVER_UNVERIFIED(
            Set.of(Decision.VERIFIED, Decision.TURNED_AWAY, Decision.ERROR),
            Set.of(Decision.REFUSED, Decision.TURNED_AWAY, Decision.ERROR));

    private final Set<Decision> ofGood;
    private final Set<Decision> ofRefused;

    Expectation(Set<Decision> ofGood, Set<Decision> ofRefused) {
        this.ofGood = ofGood;
        this.ofRefused = ofRefused;
    }

    boolean isMetBy(Decision decision, Call call) {
        return (call.isGood() ? ofGood : ofRefused).contains(decision);
    }
}
