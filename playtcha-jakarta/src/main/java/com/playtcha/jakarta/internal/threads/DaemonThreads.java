package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Creates daemon threads that can be joined together. They inherit neither the context class loader nor the
 * inheritable thread-locals of the thread that starts them, which may belong to another visitor.
 */
public final class DaemonThreads {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String kind;
    private final @Nullable ClassLoader context;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Creates a group without threads; each will be named {@code playtcha-<kind>-<number>}. */
    public DaemonThreads(String kind, @Nullable ClassLoader context) {
        this.kind = kind;
        this.context = context;
    }

    /**
     * Creates a thread and starts it. Throws an {@code OutOfMemoryError} if there is no memory for one. To be called under
     * the lock that a stop takes before {@link #awaitEnd}.
     */
    public Thread start(Runnable work) {
        return start(kind, work);
    }

    /** As {@link #start(Runnable)}, for a thread of another kind. */
    public Thread start(String ofKind, Runnable work) {
        Thread thread = new LibraryThread("playtcha-" + ofKind + "-" + NUMBER.incrementAndGet(), work);
        thread.setDaemon(true);
        thread.setContextClassLoader(context);
        thread.start();
        threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
        threads.add(thread);
        return thread;
    }

    /** Resets the calling thread's context class loader, which application code may have changed. */
    void resetContextClassLoader() {
        Thread.currentThread().setContextClassLoader(context);
    }

    void interruptAll() {
        threads.forEach(Thread::interrupt);
    }

    /**
     * Joins all threads but the calling one. An interrupt does not end the wait, and is restored afterwards.
     *
     * @param limit for all of them together; zero only counts them
     * @return how many are still alive
     */
    public int awaitEnd(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        int alive = 0;
        for (Thread thread : threads) {
            boolean other = thread != Thread.currentThread();
            while (other && thread.isAlive() && end - System.nanoTime() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedJoin(thread, end - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            alive += other && thread.isAlive() ? 1 : 0;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive;
    }

    /**
     * Overrides {@code run}: the code of {@code Thread.run} is shared with the server and, once compiled, may refer to
     * the classes of its most frequent tasks (see {@link WorkerPool}).
     */
    private static final class LibraryThread extends Thread {
        private @Nullable Runnable work;

        LibraryThread(String name, Runnable work) {
            super(null, null, name, 0, false);
            this.work = work;
        }

        @Override
        public void run() {
            Runnable task = work;
            // The thread object stays reachable for longer than its task should.
            work = null;
            if (task != null) {
                task.run();
            }
        }
    }
}
