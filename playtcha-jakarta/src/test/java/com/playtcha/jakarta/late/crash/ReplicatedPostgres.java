package com.playtcha.jakarta.late.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL with a synchronous standby. The primary is killed and the standby promoted, as Patroni and the like do it; then
 * the killed one becomes the standby, from a copy of the other's files. While there is none, commits do not wait for it.
 */
final class ReplicatedPostgres implements HaCluster {
    /** How long a cluster manager takes to notice. */
    private static final int NOTICED_AFTER_MS = 2000;

    private static final Set<String> NOT_COPIED = Set.of("postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot");

    private final Path directory;
    private final Path bin;
    private final int[] ports = new int[2];
    private final Process[] servers = new Process[2];
    private int primary;

    private ReplicatedPostgres(Path directory, Path bin) throws IOException {
        this.directory = directory;
        this.bin = bin;
        for (int i = 0; i < ports.length; i++) {
            ports[i] = ServerProcesses.freePort();
        }
    }

    static ReplicatedPostgres start(Path directory) throws Exception {
        // Unpacks the programs.
        EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setOverrideWorkingDirectory(directory.toFile())
                .start()
                .close();
        Path bin;
        try (Stream<Path> files = Files.walk(directory)) {
            bin = files.filter(file -> file.endsWith("bin/postgres"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
        ReplicatedPostgres cluster = new ReplicatedPostgres(directory, bin);
        List<String> initdb = ServerProcesses.asUser(bin.resolve("initdb"));
        initdb.addAll(List.of(
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF-8",
                "-D",
                cluster.data(0).toString()));
        ServerProcesses.run(initdb, directory.resolve("initdb.log"), Map.of());
        cluster.startServer(0);
        ServerProcesses.await(
                "the primary works", () -> cluster.query(0, "SELECT 1").equals("1"));
        cluster.restore();
        return cluster;
    }

    private Path data(int server) {
        return directory.resolve("data-" + server);
    }

    private void startServer(int server) throws IOException {
        List<String> command = ServerProcesses.asUser(bin.resolve("postgres"));
        command.addAll(List.of("-D", data(server).toString(), "-p", Integer.toString(ports[server])));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=200",
                "wal_level=replica",
                "wal_keep_size=1GB",
                "hot_standby=on",
                "synchronous_commit=on")) {
            command.addAll(List.of("-c", setting));
        }
        servers[server] = ServerProcesses.start(command, directory.resolve("server-" + server + ".log"), Map.of());
    }

    @Override
    public String url(int worker) {
        return "jdbc:postgresql://127.0.0.1:" + ports[0] + ",127.0.0.1:" + ports[1]
                + "/postgres?user=postgres&targetServerType=primary&connectTimeout=2&socketTimeout=10&tcpKeepAlive=true";
    }

    @Override
    public Connection connect() throws SQLException {
        return connect(primary);
    }

    private Connection connect(int server) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + ports[server] + "/postgres?user=postgres");
    }

    private String query(int server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private void execute(int server, String... statements) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public String fail() throws Exception {
        ServerProcesses.kill(servers[primary]);
        TimeUnit.MILLISECONDS.sleep(NOTICED_AFTER_MS);
        primary = 1 - primary;
        // Not "SELECT pg_promote()", which waits, and commits must not wait for a standby meanwhile.
        execute(primary, "SELECT pg_promote(false)");
        ServerProcesses.await(
                "the standby is promoted",
                () -> query(primary, "SELECT pg_is_in_recovery()").equals("f"));
        synchronous("");
        return "primary killed";
    }

    private void synchronous(String names) throws SQLException {
        execute(primary, "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'", "SELECT pg_reload_conf()");
    }

    @Override
    public void restore() throws Exception {
        int standby = 1 - primary;
        delete(data(standby));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_start_backup('ha', true, false)");
            copy(data(primary), data(standby));
            try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_stop_backup(false, false)")) {
                row.next();
                Files.writeString(data(standby).resolve("backup_label"), row.getString(1));
            }
        }
        for (String folder : List.of("pg_wal", "pg_wal/archive_status", "pg_replslot")) {
            Files.createDirectories(data(standby).resolve(folder));
        }
        Files.writeString(data(standby).resolve("standby.signal"), "");
        Files.writeString(
                data(standby).resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + ports[primary] + " user=postgres'\n");
        startServer(standby);
        ServerProcesses.await("the standby follows", () -> state().equals("streaming"));
        synchronous("*");
        ServerProcesses.await(
                "the standby is synchronous",
                () -> query(primary, "SELECT sync_state FROM pg_stat_replication")
                        .equals("sync"));
    }

    private String state() throws SQLException {
        return query(primary, "SELECT state FROM pg_stat_replication");
    }

    /** Copies files that may change or go meanwhile. */
    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (folder.equals(from)) {
                    return FileVisitResult.CONTINUE;
                }
                if (NOT_COPIED.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectory(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!NOT_COPIED.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, to.resolve(from.relativize(file)));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void close() {
        for (Process server : servers) {
            if (server != null) {
                ServerProcesses.kill(server);
            }
        }
    }
}
