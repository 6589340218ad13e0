package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.it.bench.Report;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What 10,000 verifications in flight cost if each visitor has a virtual thread: platform threads and heap. */
final class VirtualVisitors {
    private static final int COUNT = 10_000;

    private VirtualVisitors() {}

    static void run() throws Exception {
        if (Runtime.version().feature() < 21) {
            throw new IllegalStateException("virtual threads need JDK 21 or later");
        }
        try (Children children = new Children()) {
            String base = "http://127.0.0.1:" + children.start(StandInService.class, List.of());
            try (StandaloneGuards guards = open(base + "/fast")) {
                verify(guards.verifier(), 100);
            }
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            StandaloneGuards guards = open(base + "/hang");
            long heapBefore = usedHeap();
            int threadsBefore = threads.getThreadCount();
            threads.resetPeakThreadCount();
            AtomicInteger ended = new AtomicInteger();
            List<Thread> visitors = begin(guards.verifier(), COUNT, ended);
            // Until all of them wait for the response: a call that is still connecting has the smaller part of its
            // heap.
            TimeUnit.SECONDS.sleep(15);
            long heap = usedHeap() - heapBefore;
            int inFlight = COUNT - ended.get();
            int platform = threads.getPeakThreadCount();
            guards.close();
            for (Thread visitor : visitors) {
                visitor.join();
            }
            new Report("bench-virtual", "Verifications in flight on virtual threads")
                    .ranOn(Map.of("max-concurrent", Integer.toString(COUNT)))
                    .table(
                            List.of("in flight", "platform threads at most", "of them before", "heap each"),
                            List.of(List.of(
                                    Report.figure(inFlight),
                                    Report.figure(platform),
                                    Report.figure(threadsBefore),
                                    Report.figure(heap / 1024.0 / inFlight) + " KB")))
                    .text(
                            "Each of them waits for the response of a service that hangs. Heap is what the JVM uses in addition,"
                                    + " divided by their number: connection, call, virtual thread and its stack.")
                    .write();
        }
    }

    private static StandaloneGuards open(String baseUrl) {
        return PlaytchaGuards.open(Map.of(
                "base-url", baseUrl,
                "secret", "bench-secret-0123456789",
                "max-concurrent", Integer.toString(COUNT),
                "timeout", "PT2M",
                "connect-timeout", "PT1M"));
    }

    private static void verify(PlaytchaVerifier verifier, int times) {
        for (int i = 0; i < times; i++) {
            if (verifier.verify("warm-" + i).getOutcome() != Outcome.VERIFIED) {
                throw new IllegalStateException("the stand-in does not verify");
            }
        }
    }

    /** By reflection, because the benchmarks are compiled for an older JDK. */
    private static List<Thread> begin(PlaytchaVerifier verifier, int count, AtomicInteger ended)
            throws ReflectiveOperationException {
        List<Thread> visitors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String token = "tok-" + i;
            Runnable visit = () -> {
                try {
                    verifier.verify(token);
                } finally {
                    ended.incrementAndGet();
                }
            };
            visitors.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, visit));
        }
        return visitors;
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
