package com.playtcha.example.microprofile.launcher;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An Open Liberty process with the application in it. It ends with this process at the latest. */
final class Liberty implements AutoCloseable {
    private static final String SERVER = "microprofile";
    private static final int START_MINUTES = 3;
    /** Liberty waits up to 30 s for requests that are under way. */
    private static final int STOP_SECONDS = 40;

    private static final Pattern LISTENS =
            Pattern.compile("CWWKO0219I: .* defaultHttpEndpoint .* port (\\d+)\\.?\\s*$");
    private static final Pattern PORT_TAKEN = Pattern.compile("CWWKO0221E: ");
    private static final Pattern READY = Pattern.compile("CWWKF0011I: ");
    /** Started, refused, or not started for another reason. */
    private static final Pattern APPLICATION = Pattern.compile("CWWKZ000[1-4][IE]: ");
    /** What Liberty tells of itself when all is well; and, with a long trace, that the filter refuses its settings. */
    private static final Pattern ROUTINE = Pattern.compile(
            "\\[(AUDIT|INFO) *] [A-Z]{4,5}\\d{4}[AI]: .*|\\[WARNING ] CWWWC0001W: .*PlaytchaInitializer.*|Launching .*");

    private final Process process;
    private final Path log;
    private final Consumer<String> screen;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<Void> application = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private boolean shown = true;
    private final Thread reader = new Thread(this::read, "liberty-output");

    private Liberty(Process process, Path log, Consumer<String> screen) {
        this.process = process;
        this.log = log;
        this.screen = screen;
    }

    /**
     * Starts a server, and returns once it serves; whether it accepted the application or not.
     *
     * @param install where Liberty was unpacked to
     * @param config the folder of its server.xml
     * @param servers a folder for what the server writes, shared by all that run one after the other
     * @param httpPort 0 for any free one
     * @param environment goes before this process's own
     * @param screen gets what Liberty writes, but for its routine
     * @throws IllegalStateException if it does not come to serve
     */
    static Liberty start(
            Path install,
            Path config,
            Path war,
            Path servers,
            int httpPort,
            Map<String, String> environment,
            Consumer<String> screen) {
        Liberty liberty;
        try {
            Path server = prepare(config, war, servers);
            liberty = new Liberty(
                    launch(install, servers, httpPort, environment), server.resolve("logs/console.log"), screen);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(liberty::close, "liberty-shutdown"));
        liberty.reader.setDaemon(true);
        liberty.reader.start();
        liberty.awaitReady();
        return liberty;
    }

    private static Path prepare(Path config, Path war, Path servers) throws IOException {
        Path server = servers.toAbsolutePath().resolve("servers").resolve(SERVER);
        Files.createDirectories(server.resolve("apps"));
        Files.createDirectories(server.resolve("logs"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(config)) {
            for (Path file : files) {
                Files.copy(file, server.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.copy(war, server.resolve("apps").resolve(war.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        return server;
    }

    private static Process launch(Path install, Path servers, int port, Map<String, String> environment)
            throws IOException {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        Path script = install.toAbsolutePath().resolve("bin").resolve(windows ? "server.bat" : "server");
        // `run`, not `start`: no process that outlives this one.
        List<String> command = List.of(script.toString(), "run", SERVER);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> variables = builder.environment();
        variables.putAll(environment);
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.put("WLP_USER_DIR", servers.toAbsolutePath().toString());
        variables.remove("WLP_OUTPUT_DIR");
        variables.remove("HTTP_HOST");
        variables.put("HTTP_PORT", Integer.toString(port));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private void read() {
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter file = Files.newBufferedWriter(log)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                line(line);
            }
        } catch (IOException e) {
            screen.accept("Liberty's output cannot be read any more: " + e);
        } finally {
            IllegalStateException ended = new IllegalStateException("Liberty ended; its output is in " + log);
            port.completeExceptionally(ended);
            application.completeExceptionally(ended);
            ready.completeExceptionally(ended);
        }
    }

    private void line(String line) {
        lines.add(line);
        // The lines of one message are shown or left out together.
        if (line.startsWith("[") || line.startsWith("Launching")) {
            shown = !ROUTINE.matcher(line).matches();
        }
        if (shown && !line.isBlank()) {
            screen.accept(line);
        }
        Matcher listens = LISTENS.matcher(line);
        if (listens.find()) {
            port.complete(Integer.valueOf(listens.group(1)));
        } else if (PORT_TAKEN.matcher(line).find()) {
            port.completeExceptionally(new IllegalStateException("Liberty could not have its port: " + line));
        } else if (APPLICATION.matcher(line).find()) {
            application.complete(null);
        } else if (READY.matcher(line).find()) {
            ready.complete(null);
        }
    }

    private void awaitReady() {
        try {
            port.thenCombine(application, (number, nothing) -> number)
                    .thenCombine(ready, (number, nothing) -> number)
                    .get(START_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            close();
            throw new IllegalStateException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            close();
            throw new IllegalStateException("Liberty did not start within minutes; its output is in " + log, e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Liberty was starting", e);
        }
    }

    /** What it listens on. */
    int port() {
        return port.join();
    }

    /** Whether it serves nothing but 500, because the filter's settings are wrong. */
    boolean refused() {
        return lines.stream().anyMatch(line -> line.contains("Playtcha cannot guard this application"));
    }

    /** What it has written so far. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Ends the process, and returns when it has ended. */
    @Override
    public void close() {
        // Process.destroy() would close its output, and with it the end of the log.
        process.descendants().forEach(ProcessHandle::destroy);
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
