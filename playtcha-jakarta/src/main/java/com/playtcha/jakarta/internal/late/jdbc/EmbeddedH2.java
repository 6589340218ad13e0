package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
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
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Driver driver;
    private final String url;
    /** Whether the platform's list of drivers would keep the application's class loader. */
    private final boolean ofApplication;

    /** Creates a database with H2 from a class loader. */
    EmbeddedH2(String url, ClassLoader classes) {
        this.url = url;
        try {
            Class<?> type = Class.forName("org.h2.Driver", true, classes);
            this.driver = (Driver) type.getConstructor().newInstance();
            this.ofApplication = classes != ClassLoader.getSystemClassLoader() && isOfApplication(type, classes);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "H2 is not on the class path. Add com.h2database:h2 to the application, or name a data source with"
                            + " late-datasource.",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of H2 is not supported", e);
        }
    }

    /** Returns the database, which the first connection opens. */
    public static EmbeddedH2 in(Path directory) {
        return in(directory, null);
    }

    /** The same with H2 from another class loader. */
    public static EmbeddedH2 in(Path directory, @Nullable ClassLoader loader) {
        try {
            boolean isPosix =
                    directory.getFileSystem().supportedFileAttributeViews().contains("posix");
            Files.createDirectories(directory, isPosix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
        } catch (IOException e) {
            throw new StoreException("The directory of the embedded database cannot be created", e);
        }
        return new EmbeddedH2(url(directory), loader == null ? EmbeddedH2.class.getClassLoader() : loader);
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
        Properties user = new Properties();
        user.setProperty("user", "playtcha");
        user.setProperty("password", "");
        return driver.connect(url, user);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
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
        try {
            execute("SHUTDOWN");
        } catch (SQLException e) {
            LOG.warn("The embedded database could not be closed: {}", Transactions.describe(e));
        }
        if (ofApplication) {
            try {
                driver.getClass().getMethod("unload").invoke(null);
            } catch (ReflectiveOperationException e) {
                LOG.warn("H2's driver stays registered", e);
            }
        }
    }

    /** Some servers set a context class loader other than the one that loads the application's classes. */
    private static boolean isOfApplication(Class<?> driver, ClassLoader classes) {
        if (driver.getClassLoader() == classes) {
            return true;
        }
        CodeSource source = EmbeddedH2.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return driver.getClassLoader() == EmbeddedH2.class.getClassLoader()
                && location != null
                && location.toString().contains("/WEB-INF/lib/");
    }
}
