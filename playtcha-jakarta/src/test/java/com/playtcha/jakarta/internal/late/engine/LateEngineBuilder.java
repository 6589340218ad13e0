package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.late.LateListener;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.TestClock;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Builds an engine with what a test needs of it. */
public final class LateEngineBuilder {
    private final LateConfig config;
    private final LateStore store;
    private final LateResultHandler handler;
    private final Clock clock;
    private final Executor executor;
    private LongSupplier nanoTime;
    private Executor handlers;
    private SpoolDirectory spool;
    private Function<String, Poll> tasks;
    private Iterable<LateListener> listeners = List.of();

    private LateEngineBuilder(
            LateConfig config, LateStore store, LateResultHandler handler, Clock clock, Executor executor) {
        this.config = config;
        this.store = store;
        this.handler = handler;
        this.clock = clock;
        this.executor = executor;
        this.handlers = executor;
        this.nanoTime = clock instanceof TestClock test ? test::nanoTime : System::nanoTime;
    }

    public static LateEngineBuilder of(
            LateConfig config, LateStore store, LateResultHandler handler, Clock clock, Executor executor) {
        return new LateEngineBuilder(config, store, handler, clock, executor);
    }

    public LateEngineBuilder spool(SpoolDirectory value) {
        spool = value;
        return this;
    }

    public LateEngineBuilder poller(Function<String, Poll> value) {
        tasks = value;
        return this;
    }

    public LateEngineBuilder listeners(Iterable<LateListener> value) {
        listeners = value;
        return this;
    }

    public LateEngineBuilder handlers(Executor value) {
        handlers = value;
        return this;
    }

    /** For a clock that runs as another one does, and shows a different time. */
    public LateEngineBuilder nanoTime(LongSupplier value) {
        nanoTime = value;
        return this;
    }

    public LateEngine build() {
        return new LateEngine(config, store, spool, handler, tasks, listeners, clock, nanoTime, executor, handlers);
    }
}
