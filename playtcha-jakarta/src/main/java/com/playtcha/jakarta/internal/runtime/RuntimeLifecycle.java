package com.playtcha.jakarta.internal.runtime;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an application's runtime. What an entry point does depends on the state alone:
 *
 * <pre>
 *            start()                  stop()                fail(cause)             end()
 * IDLE       → STARTING → RUNNING     nothing               → FAILED                → ENDED
 * STARTING   waits for it             waits, then RUNNING   → STOPPING → FAILED     → STOPPING → ENDED
 * RUNNING    returns the runtime      → STOPPING → IDLE     → STOPPING → FAILED     → STOPPING → ENDED
 * STOPPING   throws                   waits                 waits → FAILED          waits → ENDED
 * FAILED     throws the first cause   nothing               nothing                 → ENDED
 * ENDED      throws                   nothing               nothing                 nothing
 * </pre>
 *
 * <p>A start that throws ends in IDLE. The thread that starts or stops the runtime holds no lock, because it may wait for a
 * database, a volume, or for threads that use this object. Thread-safe.
 */
final class RuntimeLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeLifecycle.class);

    /** Ordered: where several entry points ask for a state while another thread starts or stops, the last is reached. */
    private enum State {
        STARTING,
        STOPPING,
        RUNNING,
        /** Nothing has used a guard yet, or the last user has released the runtime. */
        IDLE,
        /** The application is not served, since it would be unguarded. */
        FAILED,
        ENDED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    /** For how long an end waits for another thread that starts or stops the runtime. */
    private final Duration closeTimeout;

    private volatile State state = State.IDLE;
    /** Where the present start or stop ends. */
    private State next = State.IDLE;

    private @Nullable Thread mover;
    private volatile @Nullable PlaytchaRuntime runtime;
    private volatile @Nullable RuntimeException failure;

    RuntimeLifecycle(Duration closeTimeout) {
        this.closeTimeout = closeTimeout;
    }

    /** Returns the runtime, or null in every state but RUNNING. */
    @Nullable
    PlaytchaRuntime runtime() {
        return runtime;
    }

    /** Returns the first cause of a failure, or null. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** Starts the runtime unless it runs. Throws what the builder throws, and in the states that the table names. */
    PlaytchaRuntime start(Supplier<PlaytchaRuntime> builder) {
        lock.lock();
        try {
            while (state == State.STARTING && mover != Thread.currentThread()) {
                settled.awaitUninterruptibly();
            }
            if (runtime != null) {
                return runtime;
            }
            requireStartable();
            if (state == State.STARTING) {
                throw new IllegalStateException("a guard was used by code that is called to start the guards");
            }
            move(State.STARTING, State.RUNNING);
        } finally {
            lock.unlock();
        }
        PlaytchaRuntime built = null;
        try {
            built = builder.get();
        } finally {
            finishStart(built);
        }
        return built;
    }

    private void finishStart(@Nullable PlaytchaRuntime built) {
        lock.lock();
        try {
            if (built == null) {
                settle(next == State.RUNNING ? State.IDLE : next);
                return;
            }
            if (next == State.RUNNING) {
                runtime = built;
                settle(State.RUNNING);
                return;
            }
            move(State.STOPPING, next);
        } finally {
            lock.unlock();
        }
        close(built);
        requireNotEnded();
        throw new IllegalStateException("the application's verifiers were closed while they were being started");
    }

    /** Throws after a failure, and after the end. */
    void requireNotEnded() {
        RuntimeException cause = failure;
        if (state == State.ENDED) {
            throw new IllegalStateException("the application has ended, and its verifiers are closed");
        }
        if (cause != null) {
            throw cause;
        }
    }

    /** Throws where a start would throw, and not wait. */
    void requireStartable() {
        requireNotEnded();
        if (state == State.STOPPING) {
            throw new IllegalStateException(
                    "the application's verifiers are being closed; they may be started again after that");
        }
    }

    /** Stops the runtime, if it runs, before this returns; it can be started again. */
    void stop() {
        stop(State.IDLE);
    }

    /** Stops the runtime for good before this returns; later starts throw the cause. */
    void fail(RuntimeException cause) {
        lock.lock();
        try {
            failure = failure == null ? cause : failure;
        } finally {
            lock.unlock();
        }
        stop(State.FAILED);
    }

    /** Stops the runtime for good before this returns. */
    void end() {
        stop(State.ENDED);
    }

    private void stop(State target) {
        PlaytchaRuntime last;
        lock.lock();
        try {
            if (target == State.IDLE && state == State.STARTING) {
                awaitSettled();
            }
            last = runtime;
            if (last == null) {
                boolean isMoving = state == State.STARTING || state == State.STOPPING;
                if (!isMoving) {
                    state = later(state, target);
                } else {
                    next = later(next, target);
                    awaitSettled();
                }
                return;
            }
            runtime = null;
            move(State.STOPPING, target);
        } finally {
            lock.unlock();
        }
        close(last);
    }

    private static State later(State one, State other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void close(PlaytchaRuntime last) {
        try {
            last.close();
        } finally {
            lock.lock();
            try {
                settle(next);
            } finally {
                lock.unlock();
            }
        }
    }

    private void move(State transition, State target) {
        state = transition;
        next = target;
        mover = Thread.currentThread();
    }

    private void settle(State reached) {
        state = reached;
        mover = null;
        settled.signalAll();
    }

    /** Waits for the thread that starts or stops the runtime; an interrupt ends the wait. */
    private void awaitSettled() {
        long left = closeTimeout.toNanos();
        try {
            while ((state == State.STARTING || state == State.STOPPING)
                    && mover != Thread.currentThread()
                    && left > 0) {
                left = settled.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (left <= 0) {
            LOG.warn(
                    "The guards are still {} by {} after {} s; they are closed when that thread is done",
                    state == State.STARTING ? "being started" : "being closed",
                    mover == null ? "another thread" : mover.getName(),
                    closeTimeout.toSeconds());
        }
    }
}
