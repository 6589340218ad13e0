package com.playtcha.jakarta.internal.threads;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Has a pool run enough for the just-in-time compiler to take an interest. Made by an application's class loader. */
public final class Load implements Runnable {
    private static final int TASKS = 20_000;

    private final Runnable meanwhile;
    private final Runnable atTheEnd;

    /**
     * Runs nothing yet.
     *
     * @param meanwhile run now and then
     * @param atTheEnd run before the pool is stopped
     */
    public Load(Runnable meanwhile, Runnable atTheEnd) {
        this.meanwhile = meanwhile;
        this.atTheEnd = atTheEnd;
    }

    @Override
    public void run() {
        Semaphore done = new Semaphore(0);
        WorkerPool pool = new WorkerPool(
                new DaemonThreads("load", Load.class.getClassLoader()), Integer.MAX_VALUE, 0, Duration.ofMinutes(5));
        for (int i = 0; i < TASKS; i++) {
            pool.execute(() -> done.release());
            done.acquireUninterruptibly();
            if (i % 100 == 0) {
                meanwhile.run();
            }
        }
        atTheEnd.run();
        pool.stop();
        pool.awaitEnd(Duration.ofMinutes(1));
    }
}
