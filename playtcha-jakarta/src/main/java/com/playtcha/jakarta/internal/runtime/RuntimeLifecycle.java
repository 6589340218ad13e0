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
    /** Set once the last user left: calls still under way must not start a runtime that nothing would close. */
    private boolean left;

    private boolean ended;
    private int closing;

    /** The starter's state is guarded by the same lock. */
    RuntimeLifecycle(Object lock) {
        this.lock = lock;
    }

    /**
     * Starts the runtime unless it runs. Does not wait for one that is being closed, which may wait for the caller.
     *
     * @throws IllegalStateException after the last user left, after the end, and while the previous one is being closed
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

    /** Starts the runtime unless it runs, and counts a user; one that throws is not counted. */
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

    /** Counts one user less. After the last one everything is closed before this returns. */
    void release() {
        PlaytchaRuntime last = null;
        synchronized (lock) {
            // Zero where the runtime was started anew meanwhile: its users have not released it.
            if (users > 0 && --users == 0) {
                last = detach();
                left = true;
            }
        }
        close(last);
    }

    /** Detaches the runtime, to be started with other settings. The caller closes it outside of its locks. */
    @Nullable
    PlaytchaRuntime reset() {
        synchronized (lock) {
            left = false;
            return detach();
        }
    }

    /** Detaches the runtime for good. The caller closes it outside of its locks. */
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

    /** Closes a detached runtime. Not under a lock: this waits for threads, one of which may be about to start it. */
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
