package com.playtcha.jakarta.internal.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A server with {@link AttackedPages} in a process of its own, because its classes cannot be beside those of the tests. */
record ServerProcess(Process process, int port, Path directory) implements AutoCloseable {
    static final String READY = "listens on ";
    private static final Duration START = Duration.ofMinutes(5);
    private static final List<Path> CLASS_PATH = Stream.of(
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                            .split(File.pathSeparator))
            .map(Path::of)
            .toList();

    /** Starts Spring Boot 3.5, whose {@code spring-web} is not beside the tests. */
    static ServerProcess springBoot(Map<String, String> settings) throws Exception {
        Path directory = Files.createTempDirectory("attacked-spring");
        String classPath = CLASS_PATH.stream()
                .map(Path::toString)
                // It is Spring Boot 4's.
                .filter(path -> !path.contains("spring-boot-health"))
                .collect(Collectors.joining(
                        File.pathSeparator, "", File.pathSeparator + System.getProperty("page.jar")));
        List<String> command = new ArrayList<>(List.of("-cp", classPath));
        command.add(AttackedSpring.class.getName());
        settings.forEach((key, value) -> command.add("--playtcha." + key + "=" + value));
        Path out = directory.resolve("out");
        Process process = start(directory, command);
        String line = await(
                process,
                out,
                () -> Files.readString(out)
                        .lines()
                        .filter(each -> each.startsWith(READY))
                        .findFirst()
                        .orElse(""));
        return new ServerProcess(process, Integer.parseInt(line.substring(READY.length())), directory);
    }

    /** Starts WildFly from this home, with its own configuration. */
    static ServerProcess wildFly(Path home, Map<String, String> settings) throws Exception {
        Path directory = Files.createTempDirectory("attacked-wildfly");
        Path configuration = Files.createDirectory(directory.resolve("configuration"));
        try (Stream<Path> files = Files.list(home.resolve("standalone/configuration"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Path deployments = Files.createDirectory(directory.resolve("deployments"));
        war(deployments.resolve("app.war"), settings);
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Process process = start(
                directory,
                List.of(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "-Dlogging.configuration="
                                + configuration.resolve("logging.properties").toUri(),
                        "-Dorg.jboss.boot.log.file=" + directory.resolve("server.log"),
                        "-jar",
                        home.resolve("jboss-modules.jar").toString(),
                        "-mp",
                        home.resolve("modules").toString(),
                        "org.jboss.as.standalone",
                        "-Djboss.home.dir=" + home,
                        "-Djboss.server.base.dir=" + directory,
                        "-Djboss.http.port=" + port,
                        "-Djboss.https.port=0",
                        "-Djboss.management.http.port=0"));
        Path deployed = deployments.resolve("app.war.deployed");
        await(process, directory.resolve("out"), () -> Files.exists(deployed) ? "deployed" : "");
        return new ServerProcess(process, port, directory);
    }

    private static Process start(Path directory, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
    }

    private interface Sign {
        /** Returns "" until the server has started. */
        String find() throws IOException;
    }

    private static String await(Process process, Path out, Sign sign) throws Exception {
        long begin = System.nanoTime();
        for (String found = sign.find(); ; found = sign.find()) {
            if (!found.isEmpty()) {
                return found;
            }
            if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() - begin > START.toNanos()) {
                process.destroyForcibly();
                throw new IllegalStateException("The server did not start:\n" + Files.readString(out));
            }
        }
    }

    private static void war(Path file, Map<String, String> settings) throws IOException {
        try (ZipOutputStream war = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(war, "WEB-INF/web.xml", webXml(settings).getBytes(UTF_8));
            for (Class<?> type : List.of(AttackedPages.class, AttackedPages.Page.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                entry(
                        war,
                        "WEB-INF/classes/" + name,
                        AttackedPages.class.getResourceAsStream("/" + name).readAllBytes());
            }
            for (Path each : CLASS_PATH) {
                String name = each.getFileName().toString();
                if (Files.isDirectory(each) && name.equals("classes")) {
                    // The library, whose jar is made after the tests.
                    war.putNextEntry(new ZipEntry("WEB-INF/lib/playtcha-jakarta.jar"));
                    jar(war, each);
                } else if (name.matches("http(client|core)5.*\\.jar")) {
                    entry(war, "WEB-INF/lib/" + name, Files.readAllBytes(each));
                }
            }
        }
    }

    private static void jar(OutputStream out, Path classes) throws IOException {
        ZipOutputStream jar = new ZipOutputStream(out);
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entry(jar, classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        // The outer one goes on.
        jar.finish();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static String webXml(Map<String, String> settings) {
        StringBuilder xml =
                new StringBuilder("<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">");
        settings.forEach((key, value) -> xml.append("<context-param><param-name>playtcha.")
                .append(key)
                .append("</param-name><param-value>")
                .append(value)
                .append("</param-value></context-param>"));
        AttackedPages.all()
                .keySet()
                .forEach(pattern -> xml.append("<servlet><servlet-name>")
                        .append(pattern)
                        .append("</servlet-name><servlet-class>")
                        .append(AttackedPages.class.getName())
                        .append("</servlet-class><init-param><param-name>page</param-name><param-value>")
                        .append(pattern)
                        .append(
                                "</param-value></init-param><async-supported>true</async-supported></servlet><servlet-mapping>")
                        .append("<servlet-name>")
                        .append(pattern)
                        .append("</servlet-name><url-pattern>")
                        .append(pattern)
                        .append("</url-pattern></servlet-mapping>"));
        return xml.append("</web-app>").toString();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
