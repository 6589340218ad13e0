package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import com.playtcha.jakarta.testkit.StandInProxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The stand-ins of Playtcha that the deployed applications ask. They live as long as this process: their addresses are
 * written into web.xml before a test runs. What one guard learns of a service (a throttle window, an open breaker)
 * holds for every guard that asks the same one, so tests of that sort have one of their own.
 */
public final class StandIns {
    private static final AtomicInteger TOKENS = new AtomicInteger();

    /** Asked by most guards. */
    public static final PlaytchaStandIn MAIN = PlaytchaStandIn.start();

    /** Another project at another address. */
    public static final PlaytchaStandIn OTHER =
            PlaytchaStandIn.builder().secret("other-secret").start();

    /** Healthy, slow, and asked by a guard with few places. */
    public static final PlaytchaStandIn SLOW = PlaytchaStandIn.start();

    /** Never does anything wrong: one that closes connections on us is not trusted with idle ones for a while. */
    public static final PlaytchaStandIn STEADY = PlaytchaStandIn.start();

    /** Says 429 to a guard that fails open. */
    public static final PlaytchaStandIn THROTTLING_OPEN = PlaytchaStandIn.start();

    /** Says 429 to a guard that fails closed. */
    public static final PlaytchaStandIn THROTTLING_CLOSED = PlaytchaStandIn.start();

    /** Asked by guards with a breaker. */
    public static final PlaytchaStandIn BROKEN = PlaytchaStandIn.start();

    /** Has outages, and is asked again after them. */
    public static final PlaytchaStandIn LATE = PlaytchaStandIn.start();

    /** Works on tasks for the applications, and calls back or can be polled. */
    public static final ResultServiceStandIn RESULTS = ResultServiceStandIn.start();

    /** A forward proxy that is told to refuse. */
    public static final StandInProxy PROXY = StandInProxy.start();

    /** Nobody listens there. */
    public static final PlaytchaStandIn DOWN = PlaytchaStandIn.start();

    static {
        DOWN.refuse();
    }

    private StandIns() {}

    /** A token that was never used before; what comes first decides what the stand-in says. */
    public static String token(String prefix) {
        return prefix + "-it-" + TOKENS.incrementAndGet();
    }

    /** Forgets scripts and counts, everywhere. */
    public static void reset() {
        MAIN.reset();
        OTHER.reset();
        SLOW.reset();
        STEADY.reset();
        THROTTLING_OPEN.reset();
        THROTTLING_CLOSED.reset();
        BROKEN.reset();
        LATE.reset();
        RESULTS.reset();
    }
}
