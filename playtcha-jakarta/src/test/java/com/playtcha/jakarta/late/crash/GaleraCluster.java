package com.playtcha.jakarta.late.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three MariaDB servers with Galera, of which one is killed, or cut off from the others, by turns. Each worker writes to a
 * server of its own, through a {@link ReadyRouter}.
 */
final class GaleraCluster implements HaCluster {
    private static final int SERVERS = 3;
    private static final Pattern POSITION = Pattern.compile("Recovered position:\\s*(\\S+:-?\\d+)");

    private final Path directory;
    /** Where Debian's packages are unpacked; the root of the file system where they are installed. */
    private final Path home;

    private final int[] ports = new int[SERVERS];
    private final int[] groupPorts = new int[SERVERS];
    private final int[] transferPorts = new int[SERVERS];
    private final Process[] servers = new Process[SERVERS];
    private final List<ReadyRouter> routers = new ArrayList<>();
    private int failures;
    private int failed = -1;

    private GaleraCluster(Path directory, Path home) throws IOException {
        this.directory = directory;
        this.home = home;
        for (int i = 0; i < SERVERS; i++) {
            ports[i] = ServerProcesses.freePort();
            groupPorts[i] = ServerProcesses.freePort();
            transferPorts[i] = ServerProcesses.freePort();
        }
    }

    static GaleraCluster start(Path directory, Path home) throws Exception {
        GaleraCluster cluster = new GaleraCluster(directory, home);
        Files.createDirectories(cluster.data(0));
        cluster.makeSystemTables();
        cluster.startServer(0, "--wsrep-new-cluster");
        cluster.awaitReady(0);
        cluster.execute(0, "CREATE DATABASE late");
        for (int i = 1; i < SERVERS; i++) {
            Files.createDirectories(cluster.data(i));
            cluster.startServer(i);
            cluster.awaitReady(i);
        }
        for (int worker = 0; worker < 2; worker++) {
            int first = worker;
            List<Integer> order = IntStream.range(0, SERVERS)
                    .map(i -> cluster.ports[(first + i) % SERVERS])
                    .boxed()
                    .toList();
            cluster.routers.add(new ReadyRouter(order, GaleraCluster::isReady));
        }
        return cluster;
    }

    /** Galera keeps tables of its own beside them. */
    private void makeSystemTables() throws IOException, InterruptedException {
        Path script = directory.resolve("system.sql");
        Files.writeString(
                script,
                "CREATE DATABASE mysql;\nUSE mysql;\n"
                        + Files.readString(home.resolve("usr/share/mysql/mysql_system_tables.sql")));
        Path log = directory.resolve("bootstrap.log");
        Process process =
                ServerProcesses.start(command(0, "--bootstrap", "--wsrep-on=OFF"), log, environment(), script);
        if (process.waitFor() != 0) {
            throw new IOException("the system tables could not be made, see " + log);
        }
    }

    private Path data(int server) {
        return directory.resolve("data-" + server);
    }

    private List<String> command(int server, String... more) {
        List<String> command = ServerProcesses.asUser(home.resolve("usr/sbin/mariadbd"));
        command.addAll(List.of(
                "--no-defaults",
                "--datadir=" + data(server),
                "--lc-messages-dir=" + home.resolve("usr/share/mysql"),
                "--plugin-dir=" + directory,
                "--socket=" + directory.resolve("socket-" + server),
                "--pid-file=" + directory.resolve("pid-" + server),
                "--tmpdir=" + directory,
                "--bind-address=127.0.0.1",
                "--port=" + ports[server],
                "--skip-grant-tables",
                "--innodb-log-file-size=32M",
                "--innodb-autoinc-lock-mode=2",
                "--innodb-flush-log-at-trx-commit=1",
                "--binlog-format=ROW",
                "--default-storage-engine=InnoDB"));
        command.addAll(List.of(more));
        return command;
    }

    private void startServer(int server, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--wsrep-on=ON",
                "--wsrep-provider=" + home.resolve("usr/lib/galera/libgalera_smm.so"),
                "--wsrep-cluster-name=late",
                "--wsrep-cluster-address=gcomm://"
                        + IntStream.range(0, SERVERS)
                                .mapToObj(i -> "127.0.0.1:" + groupPorts[i])
                                .collect(Collectors.joining(",")),
                "--wsrep-node-name=node" + server,
                "--wsrep-node-address=127.0.0.1:" + groupPorts[server],
                "--wsrep-sst-receive-address=127.0.0.1:" + transferPorts[server],
                "--wsrep-sst-method=rsync",
                "--wsrep-slave-threads=2",
                "--wsrep-provider-options=base_port=" + groupPorts[server] + ";gmcast.listen_addr=tcp://127.0.0.1:"
                        + groupPorts[server] + ";ist.recv_addr=127.0.0.1:" + ServerProcesses.freePort()
                        + ";gcache.size=256M"));
        options.addAll(List.of(more));
        servers[server] = ServerProcesses.start(
                command(server, options.toArray(String[]::new)),
                directory.resolve("server-" + server + ".log"),
                environment());
    }

    /** The programs and libraries of packages that are unpacked and not installed. */
    private Map<String, String> environment() {
        return Map.of(
                "PATH",
                home.resolve("usr/bin") + ":" + home.resolve("usr/sbin") + ":" + System.getenv("PATH"),
                "LD_LIBRARY_PATH",
                home.resolve("usr/lib/x86_64-linux-gnu") + ":" + home.resolve("lib/x86_64-linux-gnu"));
    }

    private static String url(int port, String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database
                + "?user=root&connectTimeout=2000&socketTimeout=10000";
    }

    @Override
    public String url(int worker) {
        return url(routers.get(worker).port(), "late");
    }

    @Override
    public Connection connect() throws SQLException {
        for (int i = 0; i < SERVERS; i++) {
            if (i != failed) {
                // Reads what the others have committed before.
                return DriverManager.getConnection(url(ports[i], "late") + "&sessionVariables=wsrep_sync_wait=15");
            }
        }
        throw new SQLException("no server works", "08001");
    }

    private void execute(int server, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(ports[server], ""));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether a server is in contact with the majority, and has what they have. */
    private static boolean isReady(int port) {
        try (Connection connection = DriverManager.getConnection(url(port, ""));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW STATUS LIKE 'wsrep_ready'")) {
            return row.next() && row.getString(2).equals("ON");
        } catch (SQLException e) {
            return false;
        }
    }

    private void awaitReady(int server) throws IOException, InterruptedException {
        ServerProcesses.await(
                "server " + server + " is ready, see " + directory.resolve("server-" + server + ".log"),
                () -> isReady(ports[server]));
    }

    @Override
    public String fail() throws Exception {
        int target = routers.get(0).target();
        failed = IntStream.range(0, SERVERS)
                .filter(i -> ports[i] == target)
                .findFirst()
                .orElseThrow();
        boolean kill = failures++ % 2 == 0;
        if (kill) {
            ServerProcesses.kill(servers[failed]);
            return "server killed";
        }
        // It goes on, without the others, as behind a broken switch.
        execute(failed, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'");
        return "server cut off";
    }

    @Override
    public void restore() throws Exception {
        if (servers[failed].isAlive()) {
            execute(failed, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'");
        } else {
            Path log = directory.resolve("recover.log");
            Files.deleteIfExists(log);
            ServerProcesses.run(command(failed, "--wsrep-recover", "--wsrep-on=ON"), log, environment());
            Matcher position = POSITION.matcher(Files.readString(log));
            String found = null;
            while (position.find()) {
                found = position.group(1);
            }
            startServer(failed, "--wsrep-start-position=" + found);
        }
        awaitReady(failed);
        failed = -1;
        TimeUnit.SECONDS.sleep(1);
    }

    @Override
    public void close() {
        routers.forEach(ReadyRouter::close);
        for (Process server : servers) {
            if (server != null) {
                ServerProcesses.kill(server);
            }
        }
    }
}
