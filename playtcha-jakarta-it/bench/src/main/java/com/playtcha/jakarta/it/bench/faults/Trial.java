package com.playtcha.jakarta.it.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one fault for one contender, by callers that begin each round together. There are as many callers as places,
 * so that a place that was not given back turns a later caller away.
 */
final class Trial {
    static final int CALLERS = 64;
    private static final int CALLS_OF_A_ROUND = 4;
    private static final int MAX_WAIT_SECONDS = 10;

    private final Fault fault;
    private final Service service;
    private final Contender.Kind kind;
    private final boolean virtual;
    private final long seed;

    private final Map<Decision, Integer> decisions = new EnumMap<>(Decision.class);
    private int runs;
    private int wrong;
    private long longest;
    private int left;
    private String example = "";

    /** What came of it; {@code left} is the number of places still taken at the end. */
    record Result(int runs, Map<Decision, Integer> decisions, int wrong, long longestNanos, int left, String example) {
        int count(Decision decision) {
            return decisions.getOrDefault(decision, 0);
        }

        /** For a parent process. */
        String toLine() {
            return runs + ";" + wrong + ";" + longestNanos + ";" + left + ";"
                    + decisions.entrySet().stream()
                            .map(each -> each.getKey() + "=" + each.getValue())
                            .collect(Collectors.joining(","))
                    + ";" + example.replaceAll("[;\r\n]", " ");
        }

        static Result ofLine(String line) {
            String[] parts = line.split(";", -1);
            Map<Decision, Integer> decisions = new EnumMap<>(Decision.class);
            for (String each : parts[4].split(",", -1)) {
                int at = each.indexOf('=');
                if (at > 0) {
                    decisions.put(Decision.valueOf(each.substring(0, at)), Integer.valueOf(each.substring(at + 1)));
                }
            }
            return new Result(
                    Integer.parseInt(parts[0]),
                    decisions,
                    Integer.parseInt(parts[1]),
                    Long.parseLong(parts[2]),
                    Integer.parseInt(parts[3]),
                    parts[5]);
        }
    }

    Trial(Fault fault, Service service, Contender.Kind kind, boolean virtual, long seed) {
        this.fault = fault;
        this.service = service;
        this.kind = kind;
        this.virtual = virtual;
        this.seed = seed;
    }

    /** Uses up what this machine has, until it is closed. */
    interface Pressure extends AutoCloseable {
        @Override
        void close();
    }

    /** Makes that many runs from the first index on, fewer if they take longer than the budget. */
    Result run(int first, int count, Duration budget) throws Exception {
        return run(first, count, budget, () -> () -> {});
    }

    /** Makes the runs under a pressure that begins when the contender is ready. */
    Result run(int first, int count, Duration budget, Supplier<Pressure> pressure) throws Exception {
        boolean disturbed =
                fault.disturbance() == Fault.Disturbance.INTERRUPT || fault.disturbance() == Fault.Disturbance.CLOSE;
        int perCaller = disturbed ? 1 : Math.min(CALLS_OF_A_ROUND, Math.max(1, count / CALLERS));
        Random random = new Random(seed);
        Contender contender = kind.open(service, fault.places(), fault.settings());
        long end = System.nanoTime() + budget.toNanos();
        try (Pressure present = pressure.get()) {
            for (int index = first; index < first + count && System.nanoTime() < end; ) {
                int calls = Math.min(first + count - index, CALLERS * perCaller);
                List<Thread> callers = begin(contender, index, calls, perCaller);
                if (disturbed) {
                    TimeUnit.MILLISECONDS.sleep(random.nextLong(Contender.TIMEOUT.toMillis() / 4));
                }
                if (fault.disturbance() == Fault.Disturbance.INTERRUPT) {
                    callers.forEach(Thread::interrupt);
                } else if (fault.disturbance() == Fault.Disturbance.CLOSE) {
                    contender.close();
                }
                for (Thread caller : callers) {
                    caller.join();
                }
                index += calls;
                left = Math.max(left, contender.active());
                if (fault.disturbance() == Fault.Disturbance.CLOSE) {
                    contender = kind.open(service, fault.places(), fault.settings());
                }
            }
        } finally {
            contender.close();
        }
        return new Result(runs, decisions, wrong, longest, left, example);
    }

    /** Starts the callers of a round, and returns when each has a thread. */
    private List<Thread> begin(Contender contender, int first, int calls, int perCaller)
            throws ReflectiveOperationException, InterruptedException {
        List<Thread> callers = new ArrayList<>();
        int count = (calls + perCaller - 1) / perCaller;
        CyclicBarrier together = new CyclicBarrier(count + 1);
        for (int i = 0; i < count; i++) {
            int from = first + i * perCaller;
            int to = Math.min(first + calls, from + perCaller);
            Runnable caller = () -> {
                try {
                    together.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    // It has been interrupted early: the call will see it.
                    Thread.currentThread().interrupt();
                } catch (BrokenBarrierException | TimeoutException e) {
                    // A caller that has no memory to begin is not waited for.
                }
                for (int index = from; index < to; index++) {
                    call(contender, new Call(seed, index));
                }
            };
            try {
                callers.add(start(caller));
            } catch (OutOfMemoryError e) {
                // Its calls are missing in the table, which shows how many there were.
            }
        }
        try {
            together.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            // The others have begun.
        }
        return callers;
    }

    /** By reflection, because the benchmarks are compiled for an older JDK. */
    private Thread start(Runnable work) throws ReflectiveOperationException {
        if (virtual) {
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
        }
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    private void call(Contender contender, Call call) {
        Decision decision;
        @Nullable Throwable escaped = null;
        long begun = System.nanoTime();
        try {
            decision = contender.decide(call.token());
        } catch (Throwable e) {
            decision = Decision.ERROR;
            escaped = e;
        }
        long took = System.nanoTime() - begun;
        record(call, decision, took, escaped);
    }

    private synchronized void record(Call call, Decision decision, long took, @Nullable Throwable escaped) {
        runs++;
        decisions.merge(decision, 1, Integer::sum);
        longest = Math.max(longest, took);
        if (!fault.expectation().isMetBy(decision, call)) {
            wrong++;
            if (example.isEmpty()) {
                example = call.token() + (call.isGood() ? " is good" : " is refused") + ", and was " + decision
                        + (escaped == null ? "" : " by " + escaped);
            }
        }
    }
}
