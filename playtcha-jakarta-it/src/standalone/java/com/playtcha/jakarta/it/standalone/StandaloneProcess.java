package com.playtcha.jakarta.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.standalone.app.Threads;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An application in a process of its own, with an environment that the test chose. */
public final class StandaloneProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final ServerLog log;

    private StandaloneProcess(Process process, ServerLog log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Begins to start one.
     *
     * @param environment of the process, to which nothing of this one's with our prefix is added
     * @param arguments of the Java command
     */
    public static StandaloneProcess start(Map<String, String> environment, List<String> arguments) throws IOException {
        Path work = Files.createDirectories(Path.of(System.getProperty("it.work")));
        Path log = Files.createTempFile(work, "process-", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PLAYTCHA_"));
        builder.environment().putAll(environment);
        return new StandaloneProcess(builder.start(), new ServerLog(log));
    }

    /** Waits until it serves. */
    public DeployedApplication application() {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || address().find());
        assertThat(process.isAlive()).as("%s", log.all()).isTrue();
        Matcher address = address();
        assertThat(address.find()).isTrue();
        return new DeployedApplication(URI.create(address.group()), log);
    }

    private Matcher address() {
        return ADDRESS.matcher(log.all()
                .lines()
                .filter(StandaloneProcess::tellsAddress)
                .findFirst()
                .orElse(""));
    }

    /** Quarkus says it one way, Helidon another. */
    private static boolean tellsAddress(String line) {
        return line.contains("Listening on:") || line.contains(" bound for socket ");
    }

    /** Waits until it has ended by itself, which a test expects of it. */
    public int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s", log.all())
                .isTrue();
        return process.exitValue();
    }

    /**
     * Has the application stop, and the process end.
     *
     * @return the library's threads that were left when the application had stopped
     */
    public String stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        awaitEnd();
        String all = log.all();
        int told = all.lastIndexOf(Threads.LEFT);
        assertThat(told).as("%s", all).isNotNegative();
        return all.substring(told + Threads.LEFT.length()).lines().findFirst().orElse("");
    }

    /** Everything that it said. */
    public ServerLog log() {
        return log;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
