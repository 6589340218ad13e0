package com.playtcha.jakarta.it.bench.late;

import com.playtcha.jakarta.it.bench.War;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A WildFly in a process of its own, with an application that has {@link LoadServlet} and a database, or without one. */
public final class WildFlyServer implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("bench.wildfly"));
    private static final String LIBRARIES = "(playtcha-jakarta-[0-9.]+(-SNAPSHOT)?|httpc.*|postgresql-.*)\\.jar";
    private static final long START_SECONDS = 120;

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
    private final int port;
    private final Path base;

    private WildFlyServer(Process process, int port, Path base) {
        this.process = process;
        this.port = port;
        this.base = base;
    }

    /** Changes WildFly's own configuration. */
    private interface Configurer {
        String configure(String xml);
    }

    /** Starts one with WildFly's own configuration; without {@code managed}, applications find no managed executor. */
    static WildFlyServer start(String database, boolean managed, int pool, int concurrency) throws Exception {
        WildFlyServer server = launch(xml -> managed
                ? xml
                : xml.replaceFirst("(<default-bindings [^>]*?)context-service=\"[^\"]*\" ", "$1")
                        .replaceFirst("(<default-bindings [^>]*?)managed-executor-service=\"[^\"]*\" ", "$1"));
        Path war = server.base.resolve("ROOT.war");
        War.write(
                war,
                // For the processor time.
                "Dependencies: jdk.management\n",
                webXml(database, pool, concurrency, server.base.resolve("late")),
                List.of(LoadServlet.class, Turn.class, Turn.Inbox.class),
                LIBRARIES);
        Files.move(war, server.deployments().resolve("ROOT.war"), StandardCopyOption.ATOMIC_MOVE);
        server.awaitFile(server.deployments().resolve("ROOT.war.deployed"));
        return server;
    }

    /** Starts one without an application, which looks at its {@link #deployments} every second. */
    public static WildFlyServer start() throws Exception {
        WildFlyServer server = launch(xml -> xml.replaceFirst("scan-interval=\"[0-9]+\"", "scan-interval=\"1000\""));
        long begin = System.nanoTime();
        while (!server.isListening()) {
            server.sleep(begin);
        }
        return server;
    }

    private static WildFlyServer launch(Configurer configurer) throws IOException {
        Path base = Files.createTempDirectory("bench-wildfly");
        Path configuration = Files.createDirectory(base.resolve("configuration"));
        try (Stream<Path> files = Files.list(HOME.resolve("standalone/configuration"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Path xml = configuration.resolve("standalone.xml");
        Files.writeString(xml, configurer.configure(Files.readString(xml)));
        Files.createDirectory(base.resolve("deployments"));
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms1g", "-Xmx1g"));
        OPENED.forEach(packages -> command.add("--add-opens=" + packages + "=ALL-UNNAMED"));
        command.addAll(List.of(
                "-Dlogging.configuration="
                        + configuration.resolve("logging.properties").toUri(),
                "-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"),
                "-jar",
                HOME.resolve("jboss-modules.jar").toString(),
                "-mp",
                HOME.resolve("modules").toString(),
                "org.jboss.as.standalone",
                "-Djboss.home.dir=" + HOME,
                "-Djboss.server.base.dir=" + base,
                "-Djboss.http.port=" + port,
                "-Djboss.https.port=0",
                "-Djboss.management.http.port=0"));
        return new WildFlyServer(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(base.resolve("output.txt").toFile())
                        .start(),
                port,
                base);
    }

    private void awaitFile(Path file) throws Exception {
        long begin = System.nanoTime();
        while (!Files.exists(file)) {
            sleep(begin);
        }
    }

    private void sleep(long begin) throws Exception {
        if (!process.isAlive() || System.nanoTime() - begin > START_SECONDS * 1_000_000_000) {
            close();
            throw new TimeoutException("WildFly or its application did not start: see " + base);
        }
        TimeUnit.MILLISECONDS.sleep(100);
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the folder from which it deploys, with WildFly's own marker files. */
    public Path deployments() {
        return base.resolve("deployments");
    }

    public int port() {
        return port;
    }

    private static String webXml(String database, int pool, int concurrency, Path directory) {
        return """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <context-param><param-name>playtcha.late-datasource</param-name><param-value>java:app/jdbc/late</param-value></context-param>
                  <context-param><param-name>playtcha.late-concurrency</param-name><param-value>%d</param-value></context-param>
                  <context-param><param-name>playtcha.late-dir</param-name><param-value>%s</param-value></context-param>
                  <context-param><param-name>playtcha.callback-path</param-name><param-value>/results</param-value></context-param>
                  <context-param><param-name>playtcha.callback-key</param-name><param-value>0123456789abcdef</param-value></context-param>
                  <data-source>
                    <name>java:app/jdbc/late</name>
                    <class-name>org.postgresql.ds.PGSimpleDataSource</class-name>
                    <user>postgres</user>
                    <property><name>url</name><value>%s</value></property>
                    <transactional>false</transactional>
                    <max-pool-size>%d</max-pool-size>
                  </data-source>
                </web-app>
                """.formatted(concurrency, directory, database.replace("&", "&amp;"), pool);
    }

    /** Has it take items, and returns what {@link LoadServlet} says of that. */
    String[] load(int items, int producers) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/load?items=" + items + "&producers=" + producers);
        return new String(uri.toURL().openStream().readAllBytes(), StandardCharsets.UTF_8).split(" ", 4);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
