package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.internal.gate.TestTicker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Requests of one session that has passes. */
public class SessionPassInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final SessionPasses passes = new SessionPasses(ticker);
    private final Caller caller =
            TestCaller.at(null).in(new ConcurrentHashMap<>(Map.of(Challenge.PASS_ATTRIBUTE, "id of the session")));

    @Operation
    public void grant(@Param(gen = IntGen.class, conf = "1:2") int count) {
        passes.grant(caller, "guard", count);
    }

    @Operation
    public boolean use() {
        return passes.tryUse(caller, "guard");
    }

    @Operation
    public boolean has() {
        return passes.has(caller, "guard");
    }

    @Operation
    public void passHalfOfTheTime() {
        ticker.advance(SessionPasses.VALID.dividedBy(2));
    }
}
