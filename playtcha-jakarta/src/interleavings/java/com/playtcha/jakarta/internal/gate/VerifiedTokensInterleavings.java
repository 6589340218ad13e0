package com.playtcha.jakarta.internal.gate;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Double clicks: tokens that are verified while others ask whether they were. */
@Param(name = "token", gen = IntGen.class, conf = "1:2")
public class VerifiedTokensInterleavings {
    private final TestTicker ticker = new TestTicker();
    private final VerifiedTokens tokens = new VerifiedTokens(ticker);

    @Operation
    public void add(@Param(name = "token") int token) {
        tokens.add("token" + token);
    }

    @Operation
    public boolean contains(@Param(name = "token") int token) {
        return tokens.contains("token" + token);
    }

    @Operation
    public void passHalfOfTheTime() {
        ticker.advance(VerifiedTokens.KEPT.dividedBy(2));
    }
}
