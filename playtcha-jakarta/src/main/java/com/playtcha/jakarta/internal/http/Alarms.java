package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends calls at their deadline where no thread waits for them: one daemon thread, there only while it is needed. */
final class Alarms {
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final DaemonThreads threads = new DaemonThreads("timer", Alarms.class.getClassLoader());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);

    /** Starts no thread yet. */
    Alarms() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /**
     * Ends the call at its deadline.
     *
     * @return to be cancelled when it ends before
     * @throws java.util.concurrent.RejectedExecutionException when closed
     */
    Future<?> set(Exchange exchange) {
        return timer.schedule(exchange::timeOut, Math.max(0, exchange.deadline().nanosLeft()), TimeUnit.NANOSECONDS);
    }

    /** Ends the thread, and with it all alarms that are set. */
    void close(Deadline patience) {
        timer.shutdownNow();
        threads.awaitEndUninterruptibly(patience.left());
    }
}
