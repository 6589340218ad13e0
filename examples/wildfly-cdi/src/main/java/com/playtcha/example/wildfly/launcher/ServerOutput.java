package com.playtcha.example.wildfly.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what WildFly writes: shows errors and all that Playtcha's guards log, without stack traces, and knows when it has
 * started.
 */
final class ServerOutput {
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[;\\d]*m");
    private static final Pattern LINE =
            Pattern.compile("(\\d\\d:\\d\\d:\\d\\d),\\d{3} (\\w+) +\\[([^]]+)] \\([^)]*\\) (.*)");
    private static final String STARTED = "WFLYSRV0025:";
    private static final String STARTED_WITH_ERRORS = "WFLYSRV0026:";

    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private boolean showing = true;

    ServerOutput(InputStream output) {
        Thread reader = new Thread(() -> read(output), "wildfly-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** True once it runs, false if it runs without the application, an exception if it ended before. */
    Future<Boolean> started() {
        return started;
    }

    private void read(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, Charset.defaultCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read(COLOUR.matcher(line).replaceAll(""));
            }
        } catch (IOException e) {
            System.err.println("WildFly's output ended: " + e);
        }
        started.completeExceptionally(new IllegalStateException("WildFly has ended"));
    }

    private void read(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            if (showing && !text.isBlank() && !text.startsWith("\t") && !text.startsWith("Caused by:")) {
                System.out.println(text);
            }
            return;
        }
        String level = line.group(2);
        String category = line.group(3);
        String message = line.group(4);
        showing = level.equals("ERROR") || category.startsWith("com.playtcha");
        if (showing) {
            System.out.println(line.group(1) + " " + level + " " + message);
        }
        if (message.startsWith(STARTED)) {
            started.complete(true);
        } else if (message.startsWith(STARTED_WITH_ERRORS)) {
            started.complete(false);
        }
    }
}
