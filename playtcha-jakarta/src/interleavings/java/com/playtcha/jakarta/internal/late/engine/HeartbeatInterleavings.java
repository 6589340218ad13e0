package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.late.TestClock;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Heartbeats of which one hangs while the next is answered, and an operator who pauses handlers by another node. */
public class HeartbeatInterleavings {
    private final MemoryStore store = new MemoryStore();
    private final EngineContext context = Contexts.of(store, null, new TestClock(), Runnable::run);

    @Operation
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
