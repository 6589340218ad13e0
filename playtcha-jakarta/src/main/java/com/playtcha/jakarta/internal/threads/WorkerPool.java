package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for work, started when needed and gone when idle.
 *
 * <p>Not the JDK's {@code ThreadPoolExecutor}: every pool of a server runs the same method of that class to get its next
 * task. Once it is hot, its compiled code names the classes of the tasks that it saw most, which under load are this
 * library's; and idle threads of whatever pool, which sit in that code until their next task, then keep the class loader
 * of an application that was undeployed long ago. This one's loop is the application's own class, and nobody is in it
 * once it was stopped.
 */
public final class WorkerPool implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final long SHORTLY = 1_000_000;

    private final DaemonThreads threads;
    private final int most;
    private final int room;
    private final long idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> waiting;
    /** The last in, which is the first out: what the others are not needed for, they end. */
    private @Nullable Seat idle;

    private int alive;
    private volatile boolean stopped;
    private volatile boolean interrupting;

    /** What a thread does next, and where it waits for that. Whoever takes it from the others gives it some. */
    private static final class Seat {
        private volatile @Nullable Thread thread;
        private volatile @Nullable Runnable work;
        /** Guarded by the lock. */
        private @Nullable Seat below;

        void give(Runnable next) {
            work = next;
            LockSupport.unpark(thread);
        }

        @Nullable
        Runnable take() {
            Runnable mine = work;
            if (mine != null) {
                // Only then: some may come this moment, and none does while there is some.
                work = null;
            }
            return mine;
        }
    }

    /**
     * Starts no thread yet.
     *
     * @param threads its own, not another's as well
     * @param most threads at once, at least 1
     * @param room for work that waits for a thread while all are busy; may be 0
     * @param idle after which a thread without work ends
     */
    public WorkerPool(DaemonThreads threads, int most, int room, Duration idle) {
        this.threads = threads;
        this.most = most;
        this.room = room;
        this.idleNanos = idle.toNanos();
        // As much as there will be: one that cannot grow for want of memory is broken.
        this.waiting = new ArrayDeque<>(room);
    }

    /**
     * Has it run as soon as there is a thread. Throws for want of memory for one only; it is not run then.
     *
     * @param work what it throws is logged
     * @return false, and it is never run, when all threads are busy and there is no room, or after the stop
     */
    public boolean tryRun(Runnable work) {
        Seat seat;
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            seat = pop();
            if (seat == null) {
                if (alive < most) {
                    // With the lock held: none is on its way when they are waited for after the stop.
                    start(work);
                    return true;
                }
                return waiting.size() < room && waiting.add(work);
            }
        } finally {
            lock.unlock();
        }
        // Without the lock: the thread that wakes up needs it for nothing.
        seat.give(work);
        return true;
    }

    /**
     * The same, for those who expect an executor.
     *
     * @throws RejectedExecutionException instead of false
     */
    @Override
    public void execute(Runnable work) {
        if (!tryRun(work)) {
            throw new RejectedExecutionException("all " + most + " threads are busy, or there are to be none any more");
        }
    }

    private void start(Runnable first) {
        // What there is no memory for, the caller hears of.
        Seat seat = new Seat();
        seat.work = first;
        threads.start(() -> serve(seat));
        alive++;
    }

    private void serve(Seat seat) {
        seat.thread = Thread.currentThread();
        boolean left = false;
        try {
            while (work(seat)) {
                // The next one.
            }
            left = true;
        } finally {
            if (!left) {
                // For want of memory to wait with.
                lock.lock();
                alive--;
                lock.unlock();
            }
        }
    }

    /** Nothing of it stays on this thread's stack, which may wait for long after it; false when the thread is to end. */
    private boolean work(Seat seat) {
        Runnable work = next(seat);
        if (work == null) {
            return false;
        }
        run(work);
        return true;
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            report(e);
        } finally {
            // Somebody's code may have left another one.
            threads.restoreContext();
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.error("Work on a thread of its own failed", failure);
        } catch (RuntimeException | Error e) {
            // Not even the log is there, as when the application is being taken down.
        }
    }

    /** Null when the thread is to end; it does not count any more then. */
    private @Nullable Runnable next(Seat seat) {
        Runnable work = seat.take();
        if (work != null) {
            return work;
        }
        lock.lock();
        try {
            if (!interrupting) {
                // What one task was interrupted with is not the next one's.
                Thread.interrupted();
            }
            work = waiting.pollFirst();
            if (work == null) {
                if (stopped) {
                    alive--;
                    return null;
                }
                seat.below = idle;
                idle = seat;
            }
        } finally {
            lock.unlock();
        }
        if (work == null) {
            work = await(seat);
        }
        if (work != null && interrupting) {
            // This may have ended the wait.
            Thread.currentThread().interrupt();
        }
        return work;
    }

    private @Nullable Runnable await(Seat seat) {
        long end = System.nanoTime() + idleNanos;
        while (true) {
            Runnable work = seat.take();
            if (work != null) {
                return work;
            }
            long left = end - System.nanoTime();
            if (left <= 0 || stopped) {
                if (leave(seat)) {
                    return null;
                }
                // Somebody has it, and is about to give it something.
                left = SHORTLY;
            }
            LockSupport.parkNanos(this, left);
            // Nobody is to interrupt it here but the stop; else it would not wait any more.
            Thread.interrupted();
        }
    }

    private boolean leave(Seat seat) {
        lock.lock();
        try {
            boolean left = remove(seat);
            if (left) {
                alive--;
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Seat pop() {
        Seat top = idle;
        if (top != null) {
            idle = top.below;
            top.below = null;
        }
        return top;
    }

    /** False where it was popped. */
    private boolean remove(Seat seat) {
        if (idle == seat) {
            pop();
            return true;
        }
        for (Seat above = idle; above != null; above = above.below) {
            if (above.below == seat) {
                above.below = seat.below;
                seat.below = null;
                return true;
            }
        }
        return false;
    }

    /** Takes no more work; what it has taken is done. Returns at once. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            for (Seat seat = idle; seat != null; seat = seat.below) {
                LockSupport.unpark(seat.thread);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same, but interrupts what is under way, and does not begin what waits. Returns at once. */
    public void stopNow() {
        lock.lock();
        try {
            stop();
            interrupting = true;
            waiting.clear();
            threads.interruptAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until its threads have ended, the calling one apart. To be called after a stop.
     *
     * @param limit zero: they are only counted
     * @return how many have not, by then
     * @throws InterruptedException when the calling thread is interrupted meanwhile, or was before
     */
    public int awaitEnd(Duration limit) throws InterruptedException {
        return threads.awaitEnd(limit);
    }

    /**
     * The same, and an interrupt is kept for later.
     *
     * @param limit zero: they are only counted
     * @return how many have not, by then
     */
    public int awaitEndUninterruptibly(Duration limit) {
        return threads.awaitEndUninterruptibly(limit);
    }
}
