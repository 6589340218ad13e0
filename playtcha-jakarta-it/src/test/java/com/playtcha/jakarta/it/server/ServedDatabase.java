package com.playtcha.jakarta.it.server;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/** A database of this process, that applications reach over the loopback address; and at times do not. */
public final class ServedDatabase {
    /** The only one. */
    public static final ServedDatabase INSTANCE = new ServedDatabase();

    private final Path directory = Wars.workDirectory("database");
    private @Nullable Server server;
    private int port;

    private ServedDatabase() {
        start();
    }

    /** What a driver is told. */
    public String url() {
        return url("late");
    }

    /** The same of another database beside it. */
    public synchronized String url(String name) {
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/" + name;
    }

    /** Where it was before, if it was there. */
    public synchronized void start() {
        try {
            server = Server.createTcpServer(
                            "-tcpPort", Integer.toString(port), "-ifNotExists", "-baseDir", directory.toString())
                    .start();
            port = server.getPort();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends every connection. */
    public synchronized void stop() {
        Objects.requireNonNull(server, "was stopped").stop();
        server = null;
    }
}
