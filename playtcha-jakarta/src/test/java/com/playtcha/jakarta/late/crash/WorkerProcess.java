package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A {@link CrashWorker} and what it said. */
final class WorkerProcess {
    private static final Set<WorkerProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final Path out;
    private final Path err;
    private final Process process;

    private WorkerProcess(String name, Path out, Path err, Process process) {
        this.name = name;
        this.out = out;
        this.err = err;
        this.process = process;
    }

    /** Starts one; its errors are in a file beside what it says. */
    static WorkerProcess start(Path directory, String database, String spool, String name, String mode)
            throws IOException {
        Path out = directory.resolve(name + ".out");
        Path err = directory.resolve(name + ".err");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashWorker.class.getName(),
                        directory.toString(),
                        database,
                        spool,
                        name,
                        mode))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        WorkerProcess worker = new WorkerProcess(name, out, err, process);
        RUNNING.add(worker);
        return worker;
    }

    /** The end of the name that its engine has in the store. */
    String node() {
        return "pid " + process.pid();
    }

    /** Waits until it has acknowledged something. */
    void awaitBegun() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.size(out) == 0) {
            requireAlive();
            if (System.nanoTime() > end) {
                throw new IOException("worker " + name + " does not begin: " + errors());
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    /** Waits until its database is taken away once more. */
    void awaitOutage() throws IOException, InterruptedException {
        long before = outages();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (outages() == before) {
            requireAlive();
            if (System.nanoTime() > end) {
                throw new IOException("worker " + name + " has no outage: " + errors());
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    private long outages() throws IOException {
        return lines().stream().filter(Outages.DOWN::equals).count();
    }

    void pause(long millis) throws InterruptedException {
        process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("worker " + name + " ended by itself: " + errors());
        }
    }

    /** SIGKILL. */
    void kill() throws IOException, InterruptedException {
        requireAlive();
        end();
    }

    private void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
        RUNNING.remove(this);
    }

    /** SIGSTOP, or SIGCONT: everything in the process stands still, and goes on as if no time had passed. */
    void signal(String signal) throws IOException, InterruptedException {
        Process sent = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        if (sent.waitFor() != 0) {
            throw new IOException("could not send " + signal + " to worker " + name);
        }
    }

    /** Waits until it has worked everything off. */
    void awaitDone(Duration limit) throws IOException, InterruptedException {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended || process.exitValue() != 0) {
            throw new IOException("what was left could not be worked off by " + name + ": " + errors());
        }
        RUNNING.remove(this);
    }

    /** What it said; a line that was cut off is left out. */
    List<String> lines() throws IOException {
        return Files.readString(out, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.endsWith(Said.STOP))
                .map(line -> line.substring(0, line.length() - Said.STOP.length()))
                .toList();
    }

    /** Removes what it said. */
    void deleteOutput() throws IOException {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }

    private String errors() throws IOException {
        List<String> lines = Files.readAllLines(err, StandardCharsets.UTF_8);
        return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    static void endAll() {
        for (WorkerProcess worker : RUNNING) {
            try {
                worker.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
