package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.late.TestClock;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Operators who pause and resume handlers, by this node and by another, while this node's heartbeats read the store. */
public class PauseOrderInterleavings {
    private final MemoryStore store = new MemoryStore();
    private final EngineContext context = Contexts.of(store, null, new TestClock(), Runnable::run);

    /** One operator at a time, as with the other node: their orders are not ordered among each other. */
    @Operation(nonParallelGroup = "operator")
    public boolean order(@Param(gen = BooleanGen.class) boolean paused) {
        store.setPaused(paused);
        context.setPaused(paused);
        return context.isPaused();
    }

    @Operation(nonParallelGroup = "operator")
    public void orderByAnotherNode(@Param(gen = BooleanGen.class) boolean paused) {
        store.setPaused(paused);
    }

    @Operation
    public void beat() {
        context.beat();
    }

    /** After a heartbeat, since what another node ordered is not known before. */
    @Operation
    public boolean isPaused() {
        context.beat();
        return context.isPaused();
    }
}
