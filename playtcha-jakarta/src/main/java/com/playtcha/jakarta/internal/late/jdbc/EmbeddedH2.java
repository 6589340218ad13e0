package com.playtcha.jakarta.internal.late.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default database: H2 in one file, used by one process. The application provides H2. Close it when the application
 * stops, so that the next one can open the file.
 */
public final class EmbeddedH2 implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedH2.class);
    private static final String NAME = "playtcha-late";
    /** A smaller file is not compacted while it is in use. */
    private static final long LARGE = 32 << 20;

    /** Less than this part of its size is in use. */
    private static final int MOSTLY_EMPTY_PERCENT = 20;

    private static final String FILE = "SELECT MAX(CASE setting_name WHEN 'info.FILE_SIZE' THEN setting_value END),"
            + " MAX(CASE setting_name WHEN 'info.FILL_RATE' THEN setting_value END),"
            + " MAX(CASE setting_name WHEN 'info.CHUNKS_FILL_RATE' THEN setting_value END)"
            + " FROM INFORMATION_SCHEMA.SETTINGS";

    private final DataSource dataSource;
    /**
     * Whether this object may have opened the database. Another application of this JVM that shares H2's classes may have it
     * open.
     */
    private volatile boolean opened;

    /** Creates a database with H2 from a class loader. */
    EmbeddedH2(String url, ClassLoader classes) {
        try {
            // Unlike H2's driver, it is not registered with the platform, which would keep the application's class
            // loader.
            Class<?> type = Class.forName("org.h2.jdbcx.JdbcDataSource", true, classes);
            this.dataSource = (DataSource) type.getConstructor().newInstance();
            type.getMethod("setURL", String.class).invoke(dataSource, url);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "H2 is not on the class path. Add com.h2database:h2 to the application, or name a data source with"
                            + " late-datasource.",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of H2 is not supported", e);
        }
    }

    /** Returns the database, with H2 from a class loader or this library's; the first connection opens it. */
    public static EmbeddedH2 in(Path directory, @Nullable ClassLoader loader) {
        restrictToOwner(directory);
        return new EmbeddedH2(url(directory), loader == null ? EmbeddedH2.class.getClassLoader() : loader);
    }

    /** H2 makes its file readable to all that the umask allows; it takes an empty one for a new database. */
    private static void restrictToOwner(Path directory) {
        Path file = directory.resolve(NAME + ".mv.db");
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!isPosix || !Files.isDirectory(directory)) {
            return;
        }
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
        try {
            if (Files.notExists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
            }
            Files.setPosixFilePermissions(file, ownerOnly);
        } catch (IOException e) {
            LOG.warn(
                    "{} may be readable to other users, since its permissions cannot be set; run chmod 600 on it",
                    file,
                    e);
        }
    }

    /** Returns whether the directory contains a database. */
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(NAME + ".mv.db"));
    }

    /**
     * {@code retry} opens the file again after an interrupted thread closed its channel ({@code async} would use threads
     * of the whole JVM, which keep the application's class loader). {@code WRITE_DELAY=0} writes commits at once. Space
     * may be used again after a second ({@code RETENTION_TIME}) and not after H2's 45 s, since each acknowledged commit was
     * synchronized by then. The delay and exit settings keep the database open until
     * {@link #close}, which compacts the file for 2 s at most. No trace file, since it would contain values.
     */
    private static String url(Path directory) {
        String path = directory.toAbsolutePath().resolve(NAME).toString();
        if (path.indexOf(';') >= 0) {
            throw new IllegalStateException("The path of the embedded database contains a semicolon, at which H2 would"
                    + " cut it. Choose another directory.");
        }
        return "jdbc:h2:retry:" + path
                + ";WRITE_DELAY=0;RETENTION_TIME=1000;MAX_COMPACT_TIME=2000;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE"
                + ";TRACE_LEVEL_FILE=0";
    }

    public Connection getConnection() throws SQLException {
        opened = true;
        return dataSource.getConnection("playtcha", "");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Returns whether compacting the file is worth the time. H2 compacts it at its end only, since the thread in which it
     * would do so earlier runs with a {@code WRITE_DELAY} only.
     */
    static boolean isMostlyEmpty(Sql sql) throws SQLException {
        return sql.required(
                row -> row.getLong(1) > LARGE && row.getLong(2) * row.getLong(3) < MOSTLY_EMPTY_PERCENT * 100, FILE);
    }

    /**
     * Closes a database that failed as if the process had died, since it may not be consistent in memory. The next
     * connection opens it again.
     */
    void abort() {
        try {
            execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The embedded database was closed already, or cannot be opened", e);
        }
    }

    @Override
    public void close() {
        if (!opened) {
            return;
        }
        try {
            execute("SHUTDOWN");
        } catch (SQLException e) {
            LOG.warn("The embedded database could not be closed: {}", Transactions.describe(e));
        }
    }
}
