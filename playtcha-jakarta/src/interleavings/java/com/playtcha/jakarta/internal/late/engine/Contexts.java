package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.late.TestClock;
import java.util.List;
import java.util.concurrent.Executor;

/** The shared state of an engine, without the engine. */
final class Contexts {
    private static final LateConfig CONFIG = new TestLateConfig();

    private Contexts() {}

    static EngineContext of(MemoryStore store, SpoolDirectory spool, TestClock clock, Executor executor) {
        return new EngineContext(CONFIG, store, spool, List.of(), clock, clock::nanoTime, executor, executor, executor);
    }
}
