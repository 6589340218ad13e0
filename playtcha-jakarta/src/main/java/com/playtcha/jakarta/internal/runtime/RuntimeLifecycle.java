package com.playtcha.jakarta.internal.runtime;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When what runs in an application starts and is closed: it starts as it is first asked for, and ends after the last of
 * those who are counted, at the end of the application at the latest. One run starts only when the one before it is
 * closed, for both would work on one store. Thread-safe.
 */
final class RuntimeLifecycle {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Object lock;
    private final Duration patience;
    private @Nullable PlaytchaRuntime running;
    private int users;
    /** Work that is under way still while all of it is closed must not start it anew: nobody would close that. */
    private boolean left;

    private boolean ended;
    /** Runs that were taken out and are not closed yet. */
    private int closing;

    /**
     * Nothing runs yet.
     *
     * @param lock guards this, and what is asked for to start it
     */
    RuntimeLifecycle(Object lock) {
        this(lock, PATIENCE);
    }

    /** The same, for who waits for another time. */
    RuntimeLifecycle(Object lock, Duration patience) {
        this.lock = lock;
        this.patience = patience;
    }

    /**
     * Starts it unless it runs. Waits for nothing: whoever asks may be at work for what is being closed, which waits for
     * them.
     *
     * @param starter makes what runs
     * @throws IllegalStateException after the last user left, after the end, and while the run before is being closed
     */
    PlaytchaRuntime start(Supplier<PlaytchaRuntime> starter) {
        synchronized (lock) {
            if (ended || left) {
                throw new IllegalStateException("the application has ended, and its verifiers are closed");
            }
            PlaytchaRuntime known = running;
            if (known == null) {
                if (closing > 0) {
                    throw new IllegalStateException(
                            "the application's verifiers are being closed, and may start anew after that");
                }
                known = starter.get();
                running = known;
            }
            return known;
        }
    }

    /**
     * Starts it unless it runs, and counts one more user, unless they fail: then all is as it was before. Waits until the
     * run before is closed, so not for who works in it.
     *
     * @param starter makes what runs
     * @param user is given what is running until {@link #release()} was called as often
     * @return what the user makes of it
     * @throws IllegalStateException after the end, and where the run before is not closed in time
     */
    <T> T acquire(Supplier<PlaytchaRuntime> starter, Function<PlaytchaRuntime, T> user) {
        PlaytchaRuntime guards;
        boolean wasLeft;
        boolean wasPlaytchaRuntime;
        synchronized (lock) {
            awaitClosed();
            wasLeft = left;
            wasPlaytchaRuntime = running != null;
            left = false;
            boolean started = false;
            try {
                guards = start(starter);
                users++;
                started = true;
            } finally {
                left = wasLeft && !started;
            }
        }
        boolean taken = false;
        try {
            T made = user.apply(guards);
            taken = true;
            return made;
        } finally {
            if (!taken) {
                giveUp(guards, wasPlaytchaRuntime, wasLeft);
            }
        }
    }

    /**
     * Waits until what ran before is closed, at most a minute: whoever starts next is refused after that. Gives the lock
     * back meanwhile, so nothing that was read under it before holds after this.
     */
    void awaitClosed() {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (lock) {
            while (closing > 0 && !ended) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                try {
                    lock.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void giveUp(PlaytchaRuntime guards, boolean wasPlaytchaRuntime, boolean wasLeft) {
        PlaytchaRuntime last = null;
        synchronized (lock) {
            if (running == guards) {
                users--;
                if (users == 0 && !wasPlaytchaRuntime) {
                    last = detach();
                    left = wasLeft;
                }
            }
        }
        close(last);
    }

    /** Counts one user less. After the last one everything is closed before this returns. */
    void release() {
        PlaytchaRuntime last = null;
        synchronized (lock) {
            // Else it was started anew meanwhile, and whoever is counted now has not released it.
            if (users > 0) {
                users--;
                if (users == 0) {
                    last = detach();
                    left = true;
                }
            }
        }
        close(last);
    }

    /**
     * Ends what runs, to be started with other settings. To be closed by the caller with {@link #close}, outside of its
     * locks.
     */
    @Nullable
    PlaytchaRuntime reset() {
        synchronized (lock) {
            left = false;
            return detach();
        }
    }

    /** Ends what runs, for good. To be closed by the caller with {@link #close}, outside of its locks. */
    @Nullable
    PlaytchaRuntime end() {
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
            return detach();
        }
    }

    private @Nullable PlaytchaRuntime detach() {
        users = 0;
        PlaytchaRuntime last = running;
        running = null;
        if (last != null) {
            closing++;
        }
        return last;
    }

    /** Not under a lock: closing waits for threads, and one of them may be about to ask for a guard. */
    void close(@Nullable PlaytchaRuntime last) {
        if (last == null) {
            return;
        }
        try {
            last.close();
        } finally {
            synchronized (lock) {
                closing--;
                lock.notifyAll();
            }
        }
    }
}
