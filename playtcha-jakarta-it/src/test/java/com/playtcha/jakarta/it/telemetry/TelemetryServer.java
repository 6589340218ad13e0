package com.playtcha.jakarta.it.telemetry;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** A server of its own with MicroProfile Telemetry and Health, which the one that Arquillian manages does not have. */
final class TelemetryServer implements AutoCloseable {
    private static final String NAME = "telemetry";

    private final Process process;
    private final int port;
    private final int healthPort;

    private TelemetryServer(Process process, int port, int healthPort) {
        this.process = process;
        this.port = port;
        this.healthPort = healthPort;
    }

    /** Starts the server that this run is about, in an empty folder, with an application at {@code /telemetry}. */
    static TelemetryServer start(WebArchive application, Path folder) throws IOException {
        int port = freePort();
        int managementPort = freePort();
        Path war = folder.resolve(NAME + ".war");
        application.as(ZipExporter.class).exportTo(war.toFile());
        boolean isWildFly = ManagedServer.current() == ManagedServer.WILDFLY;
        ProcessBuilder process = isWildFly
                ? wildFly(war, folder.resolve("standalone"), port, managementPort)
                : liberty(war, folder.resolve("usr"), port);
        process.redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.log").toFile());
        return new TelemetryServer(process.start(), port, isWildFly ? managementPort : port);
    }

    /** With the configuration that has the platform's and the subsystems for telemetry and health. */
    private static ProcessBuilder wildFly(Path war, Path base, int port, int managementPort) throws IOException {
        Path home = Path.of(ManagedServer.current().property("home"));
        Path configuration = Files.createDirectories(base.resolve("configuration"));
        try (Stream<Path> files = Files.list(home.resolve("standalone/configuration"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Files.copy(war, Files.createDirectories(base.resolve("deployments")).resolve(war.getFileName()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        for (String opened : List.of("java.lang", "java.lang.invoke", "java.io", "java.util", "java.util.concurrent")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Dlogging.configuration="
                        + configuration.resolve("logging.properties").toUri(),
                "-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"),
                "-jar",
                home.resolve("jboss-modules.jar").toString(),
                "-mp",
                home.resolve("modules").toString(),
                "org.jboss.as.standalone",
                "--server-config=standalone-microprofile.xml",
                "-Djboss.home.dir=" + home,
                "-Djboss.server.base.dir=" + base,
                "-Djboss.bind.address=127.0.0.1",
                "-Djboss.bind.address.management=127.0.0.1",
                "-Djboss.http.port=" + port,
                "-Djboss.https.port=0",
                "-Djboss.management.http.port=" + managementPort));
        return new ProcessBuilder(command);
    }

    /** Applications see the OpenTelemetry API only as a third-party one. */
    private static ProcessBuilder liberty(Path war, Path user, int port) throws IOException {
        Path server = Files.createDirectories(user.resolve("servers/" + NAME));
        Files.copy(war, Files.createDirectories(server.resolve("apps")).resolve(war.getFileName()));
        Files.writeString(server.resolve("server.xml"), """
                <server>
                  <featureManager>
                    <feature>cdi-4.0</feature>
                    <feature>jsonb-3.0</feature>
                    <feature>jsonp-2.1</feature>
                    <feature>mpConfig-3.1</feature>
                    <feature>mpHealth-4.0</feature>
                    <feature>mpTelemetry-2.0</feature>
                    <feature>restfulWS-3.1</feature>
                    <feature>servlet-6.0</feature>
                  </featureManager>
                  <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="%d" httpsPort="-1"/>
                  <webApplication location="%s" contextRoot="/%s">
                    <classloader apiTypeVisibility="+third-party"/>
                  </webApplication>
                </server>
                """.formatted(port, war.getFileName(), NAME));
        ProcessBuilder process = new ProcessBuilder(
                Path.of(System.getProperty("liberty.install"), "bin", "server").toString(), "run", NAME);
        process.environment()
                .putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "WLP_USER_DIR", user.toString()));
        process.environment().remove("WLP_OUTPUT_DIR");
        return process;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Below the application's path. */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + "/" + NAME + path);
    }

    /** The server's readiness checks. */
    URI readiness() {
        return URI.create("http://127.0.0.1:" + healthPort + "/health/ready");
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }
}
