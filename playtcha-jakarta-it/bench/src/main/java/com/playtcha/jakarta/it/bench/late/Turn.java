package com.playtcha.jakarta.it.bench.late;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One contender's turn: items from the first arrival to the last that is recorded as handled. */
record Turn(
        double acceptedPerSecond,
        double itemsPerSecond,
        double medianMillis,
        double p99Millis,
        double cpuMicros,
        double callersMicros,
        double databaseMicros,
        String work) {
    private static final String CODE = "0123456789".repeat(10);
    private static final AtomicInteger TURNS = new AtomicInteger();
    private static final long LIMIT_SECONDS = 240;

    static Turn run(Contender contender, Postgres postgres, int items, int producers) throws Exception {
        String prefix = "item-" + ProcessHandle.current().pid() + "-" + TURNS.incrementAndGet() + "-";
        ConcurrentHashMap<String, Long> arrivals = new ConcurrentHashMap<>(items * 2);
        long[] waits = new long[items];
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(items);
        contender.start(id -> {
            Long arrived = arrivals.remove(id);
            // A second call of an id is not counted; none is expected here.
            if (arrived != null) {
                waits[handled.getAndIncrement()] = System.nanoTime() - arrived;
                all.countDown();
            }
        });
        try {
            Duration database = postgres.processorTime();
            Postgres.Work work = postgres.work();
            long cpu = cpu();
            long begin = System.nanoTime();
            long callers =
                    produce(contender::accept, items, producers, prefix, id -> arrivals.put(id, System.nanoTime()));
            long accepted = System.nanoTime();
            if (!all.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new TimeoutException(all.getCount() + " of " + items + " items were not handled");
            }
            while (contender.remaining() > 0) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
            long end = System.nanoTime();
            Arrays.sort(waits);
            return new Turn(
                    items * 1e9 / (accepted - begin),
                    items * 1e9 / (end - begin),
                    waits[items / 2] / 1e6,
                    waits[items * 99 / 100] / 1e6,
                    (cpu() - cpu) / 1e3 / items,
                    callers / 1e3 / items,
                    postgres.processorTime().minus(database).toNanos() / 1e3 / items,
                    postgres.work().since(work).perItem(items));
        } finally {
            contender.close();
        }
    }

    /** Where items arrive; returns once one will be handled, whatever happens to the process. */
    @FunctionalInterface
    interface Inbox {
        void accept(String id, String code) throws Exception;
    }

    /**
     * Brings items to an inbox, and returns once all are accepted; {@code before} is called ahead of each. Returns the
     * processor time of the threads that bring them, in nanoseconds.
     */
    static long produce(Inbox inbox, int items, int producers, String prefix, Consumer<String> before)
            throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(producers);
        AtomicInteger next = new AtomicInteger();
        try {
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                all.add(pool.submit(() -> {
                    for (int item = next.getAndIncrement(); item < items; item = next.getAndIncrement()) {
                        String id = prefix + item;
                        before.accept(id);
                        inbox.accept(id, CODE);
                    }
                    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                }));
            }
            long nanos = 0;
            for (Future<Long> each : all) {
                nanos += each.get();
            }
            return nanos;
        } finally {
            pool.shutdown();
        }
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
