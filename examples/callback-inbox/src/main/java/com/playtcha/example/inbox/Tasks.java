package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.LateTasks;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sends tasks to the service, and tells the library that their results are to come. */
final class Tasks implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Tasks.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final URI service;
    private final LateTasks late;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    /** Sent, and not tracked yet, for want of a database. A callback for one of them is kept all the same. */
    private final Queue<String> untracked = new ConcurrentLinkedQueue<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "inbox-tasks");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean trickles;

    /**
     * For one service.
     *
     * @param service where a POST makes a task, and is answered with its id
     */
    Tasks(URI service, LateTasks late) {
        this.service = service;
        this.late = late;
    }

    void start(boolean trickling) {
        trickles = trickling;
        every(1, this::trackWhatIsNot);
        every(2, this::trickle);
    }

    /** Sends tasks. */
    void send(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String id = create();
            try {
                late.track(id);
            } catch (LateUnavailableException e) {
                untracked.add(id);
            }
        }
    }

    private String create() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(service)
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("The service answered with HTTP " + response.statusCode());
            }
            return response.body().strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the service was asked", e);
        }
    }

    private void trackWhatIsNot() {
        for (Iterator<String> each = untracked.iterator(); each.hasNext(); ) {
            try {
                late.track(each.next());
            } catch (LateUnavailableException e) {
                return;
            }
            each.remove();
        }
    }

    private void trickle() throws IOException {
        if (trickles) {
            send(1);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** A step that throws would be the last one. */
    private void every(int seconds, Step step) {
        Runnable guarded = () -> {
            try {
                step.run();
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "No task could be sent", e);
            }
        };
        var unused = timer.scheduleWithFixedDelay(guarded, 1, seconds, TimeUnit.SECONDS);
    }

    void setTrickling(boolean on) {
        trickles = on;
    }

    boolean isTrickling() {
        return trickles;
    }

    /** How many were sent that the library could not be told of yet. */
    int untracked() {
        return untracked.size();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            timer.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
