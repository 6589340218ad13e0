package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.engine.EngineMetrics.LateCounter;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of the store. A failure stops the work on items; a call that was not answered in time also stops the
 * calls for requests. Half open, the heartbeat alone calls the store each second, and closes the breaker. Thread-safe.
 */
final class StoreHealth {
    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    /** After so many failures in a row the store is considered down, and the rest of a batch is not tried. */
    static final int MAX_FAILURES = 3;

    private final EngineContext context;
    /** After an outage the spools of other nodes are drained first. */
    private final Pause recovery;

    private enum State {
        UNKNOWN,
        WORKING,
        FAILING,
        /** It fails, and a call was not answered in time. */
        HANGING
    }

    private State state = State.UNKNOWN;
    /** Set by each failure, until a heartbeat has tried to write: some databases that refuse writes go on answering reads. */
    private final AtomicBoolean mayRefuseWrites = new AtomicBoolean();

    StoreHealth(EngineContext context) {
        this.context = context;
        this.recovery = new Pause(context::nanoTime);
    }

    /** Records a failure, or with a {@link TimeoutException} as its cause, that there was no answer in time. */
    void failed(StoreException e) {
        context.metrics.add(LateCounter.STORE_FAILED);
        doubtWrites();
        synchronized (this) {
            if (!isFailing()) {
                context.log.reset("store");
            }
            boolean hangs = state == State.HANGING || e.getCause() instanceof TimeoutException;
            state = hangs ? State.HANGING : State.FAILING;
        }
        context.warn(
                LOG,
                "store",
                "The store of late results fails; nothing is processed until it works: {}",
                e.getMessage(),
                e);
    }

    /** Records a failure that may be about one item alone; the next heartbeat finds out whether the store refuses all writes. */
    void doubtWrites() {
        mayRefuseWrites.set(true);
    }

    /** Returns whether a heartbeat has to write too, to show that the store works; to be called by one that then does. */
    boolean takeDoubt() {
        return mayRefuseWrites.getAndSet(false);
    }

    /** Records an answer to the heartbeat; returns whether the store failed before. */
    boolean answered() {
        synchronized (this) {
            boolean failed = isFailing();
            state = State.WORKING;
            if (!failed) {
                return false;
            }
            recovery.begin(context.config.afterOutage);
        }
        LOG.warn("The store of late results works again");
        return true;
    }

    /** Returns whether the last heartbeat was answered, and nothing has failed since. */
    synchronized boolean works() {
        return state == State.WORKING;
    }

    /** Returns whether the store has failed, and has not answered since. */
    synchronized boolean isFailing() {
        return state == State.FAILING || state == State.HANGING;
    }

    /** Returns whether calls for requests would wait in vain. */
    synchronized boolean hangs() {
        return state == State.HANGING;
    }

    /** Returns whether the store has worked for long enough that other nodes have drained their spools. */
    boolean isSettled() {
        return works() && recovery.isOver();
    }
}
