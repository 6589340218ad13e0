package com.playtcha.jakarta.threads;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
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

    private final DaemonThreads threads;
    private final int most;
    private final int room;
    private final long idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    /** Last in, first out: what the others are not needed for, they end. */
    private final Deque<Seat> idle = new ArrayDeque<>();

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int alive;
    private boolean stopped;
    private boolean interrupting;

    /** Where a thread waits for its next work. */
    private static final class Seat {
        private final Condition called;
        private @Nullable Runnable work;

        Seat(Condition called) {
            this.called = called;
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
    }

    /**
     * Has it run as soon as there is a thread. Throws for want of memory for one only; it is not run then.
     *
     * @param work what it throws is logged
     * @return false, and it is never run, when all threads are busy and there is no room, or after the stop
     */
    public boolean tryRun(Runnable work) {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            Seat seat = idle.pollFirst();
            if (seat != null) {
                seat.work = work;
                seat.called.signal();
                return true;
            }
            if (alive < most) {
                // With the lock held: none is on its way when they are waited for after the stop.
                start(work);
                return true;
            }
            return waiting.size() < room && waiting.add(work);
        } finally {
            lock.unlock();
        }
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
        Thread thread = threads.newThread(() -> serve(first));
        boolean started = false;
        try {
            thread.start();
            started = true;
            alive++;
        } finally {
            if (!started) {
                threads.forget(thread);
            }
        }
    }

    private void serve(Runnable first) {
        Seat seat = new Seat(lock.newCondition());
        Runnable work = first;
        try {
            while (work != null) {
                run(work);
                work = next(seat);
            }
        } finally {
            if (work != null) {
                // For want of memory to wait with.
                lock.lock();
                alive--;
                lock.unlock();
            }
        }
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
        lock.lock();
        try {
            if (!interrupting) {
                // What one task was interrupted with is not the next one's.
                Thread.interrupted();
            }
            Runnable work = waiting.pollFirst();
            if (work == null && !stopped) {
                work = await(seat);
            }
            if (work == null) {
                alive--;
            } else if (interrupting) {
                Thread.currentThread().interrupt();
            }
            return work;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable await(Seat seat) {
        idle.addFirst(seat);
        long end = System.nanoTime() + idleNanos;
        long left = idleNanos;
        try {
            while (seat.work == null && !stopped && left > 0) {
                try {
                    left = seat.called.awaitNanos(left);
                } catch (InterruptedException e) {
                    LOG.debug("Interrupted while there was nothing to interrupt", e);
                    left = end - System.nanoTime();
                }
            }
        } finally {
            if (seat.work == null) {
                idle.remove(seat);
            }
        }
        Runnable work = seat.work;
        seat.work = null;
        return work;
    }

    /** Takes no more work; what it has taken is done. Returns at once. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            idle.forEach(seat -> seat.called.signal());
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
