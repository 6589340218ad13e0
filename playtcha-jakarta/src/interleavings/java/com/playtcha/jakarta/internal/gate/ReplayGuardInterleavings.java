package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Reason;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Requests with the same tokens, before and after the secret in the file of a project changed. */
@Param(name = "token", gen = IntGen.class, conf = "1:2")
@Param(name = "secret", gen = IntGen.class, conf = "1:2")
public class ReplayGuardInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final ReplayGuard guard = new ReplayGuard(ticker);

    @Operation
    public Reason add(@Param(name = "token") int token, @Param(name = "secret") int secret) {
        return guard.tryAdd(new Project("secret" + secret, "file"), "token" + token);
    }

    @Operation
    public void passHalfOfTheTime() {
        ticker.advance(ReplayGuard.KEPT.dividedBy(2));
    }
}
