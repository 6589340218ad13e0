package com.playtcha.jakarta.it.bench.guard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of a benchmark; they end with it, even if it is killed, because their standard input ends then. */
public final class Children implements AutoCloseable {
    /** The JVM prints lines of its own. */
    private static final String RESULT = "bench: ";

    private final Path log;
    private final List<Process> processes = new ArrayList<>();

    public Children() {
        this(Path.of("target", "bench-guard.log"));
    }

    /** Appends what the processes log to a file: it would run over the table. */
    public Children(Path log) {
        this.log = log;
    }

    /** Starts the main class with this class path, and returns what it {@link #print}s first. */
    String start(Class<?> main, List<String> options, String... args) throws IOException {
        return start(List.of(), main, options, args);
    }

    /** Does the same with a command before that of the JVM, such as a shell that sets a limit. */
    public String start(List<String> shell, Class<?> main, List<String> options, String... args) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        List<String> command = new ArrayList<>(shell);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "-XX:+UseSerialGC", "-Xms512m", "-Xmx512m"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        processes.add(process);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith(RESULT)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException(main.getName() + " did not start; see " + log.toAbsolutePath());
        }
        return line.substring(RESULT.length());
    }

    /** For a child: ends the process when its parent does. */
    public static void endWithInput() {
        Thread watch = new Thread(() -> {
            try (InputStream in = System.in) {
                while (in.read() >= 0) {
                    // Nothing is sent; only the end counts.
                }
            } catch (IOException e) {
                // The parent is gone.
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
    }

    /** For a child: prints the line that its parent waits for. */
    public static void print(Object line) {
        System.out.println(RESULT + line);
        System.out.flush();
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
