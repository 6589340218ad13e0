package com.playtcha.jakarta.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * A server with one application, which a test may kill and start again. Unlike those that Arquillian manages it is the test's
 * own, with a folder of its own.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    /** What {@code bin/standalone.sh} opens of the JDK. */
    private static final List<String> WILDFLY_OPENS = List.of(
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

    private static final String LIBERTY_XML = """
            <server>
              <featureManager>
                <feature>cdi-4.0</feature>
                <feature>concurrent-3.0</feature>
                <feature>jdbc-4.3</feature>
                <feature>jsonb-3.0</feature>
                <feature>jsonp-2.1</feature>
                <feature>persistence-3.1</feature>
                <feature>servlet-6.0</feature>
              </featureManager>
              <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="%d" httpsPort="-1"/>
              <!-- Drivers of data sources that applications declare. -->
              <library id="drivers">
                <fileset dir="%s" includes="*.jar"/>
              </library>
              <webApplication location="%s" contextRoot="/">
                <classloader commonLibraryRef="drivers"/>
              </webApplication>
            </server>
            """;

    private final Path directory;
    private final int port = freePort();
    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment;
    private Process process;

    private ServerProcess(Path directory, Map<String, String> environment, String... options) {
        this.directory = directory;
        this.environment = environment;
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
    }

    /** Starts a WildFly with its standard configuration. */
    public static ServerProcess wildFly(Path home, WebArchive war, String... options) {
        try {
            Path base = Wars.workDirectory("wildfly");
            Path configuration = Files.createDirectory(base.resolve("configuration"));
            try (Stream<Path> files = Files.list(home.resolve("standalone/configuration"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, configuration.resolve(file.getFileName()));
                }
            }
            export(war, Files.createDirectory(base.resolve("deployments")).resolve("ROOT.war"));
            ServerProcess server = new ServerProcess(base, Map.of(), options);
            WILDFLY_OPENS.forEach(packages -> server.command.add("--add-opens=" + packages + "=ALL-UNNAMED"));
            server.command.addAll(List.of(
                    "-Dlogging.configuration="
                            + configuration.resolve("logging.properties").toUri(),
                    "-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"),
                    "-jar",
                    home.resolve("jboss-modules.jar").toString(),
                    "-mp",
                    home.resolve("modules").toString(),
                    "org.jboss.as.standalone",
                    "-Djboss.home.dir=" + home,
                    "-Djboss.server.base.dir=" + base,
                    "-Djboss.http.port=" + server.port,
                    "-Djboss.https.port=0",
                    "-Djboss.management.http.port=0"));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts an Open Liberty with what the application needs. */
    public static ServerProcess liberty(Path install, WebArchive war, String... options) {
        try {
            Path user = Wars.workDirectory("liberty");
            Path home = Files.createDirectories(user.resolve("servers/it"));
            Path file = home.resolve("ROOT.war");
            export(war, file);
            ServerProcess server = new ServerProcess(home, Map.of("WLP_USER_DIR", user.toString()), options);
            Files.writeString(
                    home.resolve("server.xml"), LIBERTY_XML.formatted(server.port, System.getProperty("it.h2"), file));
            String opened = Runtime.version().feature() < 24 ? "java9.options" : "java24.options";
            server.command.addAll(List.of(
                    "@" + install.resolve("lib/platform/java").resolve(opened),
                    "-javaagent:" + install.resolve("bin/tools/ws-javaagent.jar"),
                    "-jar",
                    install.resolve("bin/tools/ws-server.jar").toString(),
                    "it"));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void export(WebArchive war, Path file) {
        war.as(ZipExporter.class).exportTo(file.toFile());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its application. */
    public DeployedApplication application() {
        return new DeployedApplication(URI.create("http://127.0.0.1:" + port), new ServerLog(output()));
    }

    private Path output() {
        return directory.resolve("output.txt");
    }

    /** Starts it with what it had before, and waits until the application answers. */
    public void start() {
        try {
            File output = output().toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boolean started = false;
        try {
            await().atMost(START)
                    .ignoreExceptions()
                    .until(
                            () -> process.isAlive()
                                    ? application().get("/counter").send().status()
                                    : -1,
                            status -> status == 200 || status == -1);
            assertThat(process.isAlive())
                    .as("the server runs; see %s", output())
                    .isTrue();
            started = true;
        } finally {
            if (!started) {
                // Nobody has it yet who would end it.
                kill();
            }
        }
    }

    /** Ends it with SIGKILL. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
