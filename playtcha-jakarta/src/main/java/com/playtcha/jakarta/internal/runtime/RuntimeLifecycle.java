package com.playtcha.jakarta.internal.runtime;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts an application's runtime when it is first used and closes it after its last counted user. A runtime starts only
 * after the previous one is closed, since both would work on one store. Thread-safe.
 */
final class RuntimeLifecycle {
    private final Object lock;
    private @Nullable PlaytchaRuntime running;
    private int users;
    /** True after the last release: a call that is still running must not start a runtime that nothing closes. */
    private boolean left;

    private boolean ended;
    private int closing;

    /** The lock also guards the state that starters read. */
    RuntimeLifecycle(Object lock) {
        this.lock = lock;
    }

    /**
     * Starts the runtime unless it runs.
     *
     * @throws IllegalStateException after the last release, after the end, and while the previous runtime is being closed,
     *     which may wait for the caller
     */
    PlaytchaRuntime start(Supplier<PlaytchaRuntime> starter) {
        synchronized (lock) {
            if (ended || left) {
                throw new IllegalStateException("the application has ended, and its verifiers are closed");
            }
            if (running == null) {
                if (closing > 0) {
                    throw new IllegalStateException(
                            "the application's verifiers are being closed; they may be started again after that");
                }
                running = starter.get();
            }
            return running;
        }
    }

    /** Starts the runtime unless it runs, and counts a user unless it throws. */
    <T> T acquire(Supplier<PlaytchaRuntime> starter, Function<PlaytchaRuntime, T> user) {
        PlaytchaRuntime unused = null;
        try {
            synchronized (lock) {
                boolean wasLeft = left;
                boolean wasRunning = running != null;
                boolean acquired = false;
                left = false;
                try {
                    T made = user.apply(start(starter));
                    users++;
                    acquired = true;
                    return made;
                } finally {
                    if (!acquired) {
                        left = wasLeft;
                        unused = wasRunning ? null : detach();
                    }
                }
            }
        } finally {
            close(unused);
        }
    }

    boolean isRunning() {
        synchronized (lock) {
            return running != null;
        }
    }

    /** Releases one user. The last release closes the runtime before it returns. */
    void release() {
        PlaytchaRuntime last = null;
        synchronized (lock) {
            // Zero if the runtime was reset meanwhile: the users of the previous one are not counted.
            if (users > 0 && --users == 0) {
                last = detach();
                left = true;
            }
        }
        close(last);
    }

    /** Detaches the runtime, which may be started again. The caller closes it without holding a lock. */
    @Nullable
    PlaytchaRuntime reset() {
        synchronized (lock) {
            left = false;
            return detach();
        }
    }

    /** Detaches the runtime for good. The caller closes it without holding a lock. */
    @Nullable
    PlaytchaRuntime end() {
        synchronized (lock) {
            ended = true;
            return detach();
        }
    }

    private @Nullable PlaytchaRuntime detach() {
        users = 0;
        PlaytchaRuntime last = running;
        running = null;
        closing += last == null ? 0 : 1;
        return last;
    }

    /** Closes a detached runtime. Must not hold a lock: this waits for threads, which may be about to start a runtime. */
    void close(@Nullable PlaytchaRuntime last) {
        if (last != null) {
            try {
                last.close();
            } finally {
                synchronized (lock) {
                    closing--;
                }
            }
        }
    }
}
