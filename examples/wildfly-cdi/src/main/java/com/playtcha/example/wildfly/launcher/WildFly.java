package com.playtcha.example.wildfly.launcher;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One WildFly in a process of its own, with its default configuration and one application at {@code /}. */
final class WildFly implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long START_SECONDS = 180;
    private static final long STOP_SECONDS = 20;

    /** What {@code bin/standalone.sh} opens of the JDK. */
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.security",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.management/javax.management",
            "java.naming/javax.naming");

    private final Process process;
    private final ServerOutput output;
    private final Path base;
    private final int port;
    // Ends the server where the caller does not close this. Of the handle: the process's own would close the output as
    // well.
    private final Thread lastResort;

    private WildFly(Process process, Path base, int port) {
        this.process = process;
        this.output = new ServerOutput(process.getInputStream());
        this.base = base;
        this.port = port;
        this.lastResort = new Thread(process.toHandle()::destroy, "wildfly-end");
    }

    /**
     * Starts WildFly and waits until the application can be visited.
     *
     * @param home where WildFly is; is read only
     * @param port 0 for any free one
     * @throws IllegalStateException with the reason, if it cannot be started
     */
    static WildFly start(Path home, Path war, int port, Map<String, String> environment, Map<String, String> properties)
            throws IOException {
        int free = free(port);
        Path base = base(home, war);
        WildFly wildfly;
        try {
            ProcessBuilder process = new ProcessBuilder(command(home, base, free, properties));
            process.environment().putAll(environment);
            wildfly = new WildFly(process.redirectErrorStream(true).start(), base, free);
        } catch (IOException e) {
            delete(base);
            throw e;
        }
        try {
            Runtime.getRuntime().addShutdownHook(wildfly.lastResort);
            wildfly.waitUntilItRuns();
            return wildfly;
        } catch (RuntimeException | Error e) {
            wildfly.close();
            throw e;
        }
    }

    /** Everything that WildFly writes is in a folder of this run's own. */
    private static Path base(Path home, Path war) throws IOException {
        Path base = Files.createTempDirectory("wildfly-cdi");
        try (Stream<Path> files = Files.list(home.resolve("standalone/configuration"))) {
            Path configuration = Files.createDirectory(base.resolve("configuration"));
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        // This name puts it at /.
        Files.copy(war, Files.createDirectory(base.resolve("deployments")).resolve("ROOT.war"));
        return base;
    }

    private static List<String> command(Path home, Path base, int port, Map<String, String> properties) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // For a quick start; a server that stays up is better off without the second and third.
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        OPENED.forEach(packages -> command.add("--add-opens=" + packages + "=ALL-UNNAMED"));
        command.add("-Dlogging.configuration="
                + base.resolve("configuration/logging.properties").toUri());
        command.add("-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"));
        command.addAll(List.of("-jar", home.resolve("jboss-modules.jar").toString()));
        command.addAll(List.of("-mp", home.resolve("modules").toString(), "org.jboss.as.standalone"));
        command.add("-Djboss.home.dir=" + home);
        command.add("-Djboss.server.base.dir=" + base);
        command.add("-Djboss.bind.address=" + HOST);
        command.add("-Djboss.bind.address.management=" + HOST);
        command.add("-Djboss.http.port=" + port);
        // Any free ones.
        command.add("-Djboss.https.port=0");
        command.add("-Djboss.management.http.port=0");
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        return command;
    }

    /** A taken port is the likeliest problem, and would be a long story if WildFly told it. */
    private static int free(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (BindException e) {
            throw taken(port, "port", e);
        }
    }

    static IllegalStateException taken(int port, String property, Exception cause) {
        return new IllegalStateException(
                "Port " + port + " of " + HOST + " is taken: choose another with -D" + property + "=", cause);
    }

    private void waitUntilItRuns() {
        try {
            if (!output.started().get(START_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The application was refused: the lines above say why");
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("WildFly did not start within " + START_SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("WildFly did not start: the lines above may say why", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while WildFly was starting", e);
        }
    }

    URI address() {
        return URI.create("http://" + HOST + ":" + port + "/");
    }

    void waitUntilItEnds() throws InterruptedException {
        process.waitFor();
    }

    /** Ends WildFly, and waits for that. */
    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException shuttingDown) {
            // It has nothing left to do.
        }
        try {
            delete(base);
        } catch (IOException e) {
            System.err.println("Left behind: " + e.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
