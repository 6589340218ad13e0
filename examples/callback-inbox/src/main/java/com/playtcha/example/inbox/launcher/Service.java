package com.playtcha.example.inbox.launcher;

import com.playtcha.jakarta.testkit.CallbackBehavior;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import com.playtcha.jakarta.testkit.SentCallback;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A service that works on tasks for a second or two and then calls back, more or less. What it does to which task is
 * random, from a seed, so that two runs with one order of tasks are alike. Thread-safe.
 */
final class Service implements AutoCloseable {
    private static final int SHORTEST = 300;
    private static final int LONGEST = 2_500;

    private final ResultServiceStandIn standIn;
    private final Random random;
    private final Map<Fault, Integer> rates = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private int tasks;
    private final ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "service-work");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts one.
     *
     * @param port that it is polled at, 0 for any free one
     * @param key that its callbacks carry
     * @param seed of all that is random
     */
    Service(int port, String key, long seed) {
        this.standIn =
                ResultServiceStandIn.builder().port(port).callbackKey(key).start();
        this.random = new Random(seed);
        for (Fault fault : Fault.values()) {
            rates.put(fault, fault.usual);
            done.put(fault, 0);
        }
        standIn.plan(id -> plan());
    }

    void callBackTo(URI url) {
        standIn.callBackTo(url);
    }

    URI pollUrl() {
        return standIn.pollUrl();
    }

    ResultServiceStandIn standIn() {
        return standIn;
    }

    /**
     * Takes a task, and works on it.
     *
     * @return its id
     */
    synchronized String create() {
        String id = standIn.createTask();
        tasks++;
        if (!happens(Fault.FORGET)) {
            boolean fails = happens(Fault.FAIL);
            later(() -> end(id, fails), SHORTEST + random.nextInt(LONGEST - SHORTEST));
        }
        return id;
    }

    private void later(Runnable step, long millis) {
        try {
            var unused = work.schedule(step, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // It is being closed, and nothing will come of the task.
        }
    }

    private void end(String id, boolean fails) {
        if (fails) {
            standIn.fail(id, "ERROR_TASK_FAILED");
        } else {
            standIn.complete(id, "result of " + id);
        }
    }

    private synchronized CallbackBehavior plan() {
        if (happens(Fault.LOSE)) {
            return CallbackBehavior.lost();
        }
        int copies = happens(Fault.REPEAT) ? 2 + random.nextInt(2) : 1;
        int wait = happens(Fault.REORDER) ? random.nextInt(2_000) : 0;
        wait += happens(Fault.DELAY) ? 4_000 + random.nextInt(5_000) : 0;
        return CallbackBehavior.once().times(copies).after(Duration.ofMillis(wait));
    }

    private boolean happens(Fault fault) {
        boolean happens = random.nextInt(100) < rates.get(fault);
        if (happens) {
            done.merge(fault, 1, Integer::sum);
        }
        return happens;
    }

    synchronized int rate(Fault fault) {
        return rates.get(fault);
    }

    /**
     * How often it happens from now on.
     *
     * @param percent of all
     */
    synchronized void setRate(Fault fault, int percent) {
        rates.put(fault, percent);
    }

    /** What it did since the start, by name. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        synchronized (this) {
            counts.put("tasks", tasks);
            done.forEach((fault, times) -> counts.put(fault.word, times));
        }
        int acknowledged = 0;
        int refused = 0;
        for (SentCallback callback : standIn.callbacks()) {
            acknowledged += callback.isAcknowledged() ? 1 : 0;
            refused += callback.status().orElse(200) != 200 ? 1 : 0;
        }
        counts.put("acknowledged", acknowledged);
        counts.put("refused", refused);
        counts.put("polls answered", standIn.pollCount());
        return counts;
    }

    @Override
    public void close() {
        work.shutdownNow();
        standIn.close();
    }
}
