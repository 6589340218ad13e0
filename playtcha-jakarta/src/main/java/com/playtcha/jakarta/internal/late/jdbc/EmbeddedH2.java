package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default database: H2 in one file, used by this process alone. H2 is the application's to bring along; without it
 * this says so. Close it when the application stops, so that the next one can open the file.
 */
public final class EmbeddedH2 implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedH2.class);
    private static final String DRIVER = "org.h2.Driver";
    private static final String DATA_SOURCE = "org.h2.jdbcx.JdbcDataSource";
    private static final String NAME = "playtcha-late";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final DataSource dataSource;
    /** H2's driver, where H2 came with the application and goes with it. */
    private final @Nullable Class<?> driver;

    private EmbeddedH2(DataSource dataSource, @Nullable Class<?> driver) {
        this.dataSource = dataSource;
        this.driver = driver;
    }

    /** Prepares the database; opens nothing yet. */
    public static EmbeddedH2 in(Path directory) {
        return in(directory, null);
    }

    /** The same with H2 from another class loader. */
    public static EmbeddedH2 in(Path directory, @Nullable ClassLoader loader) {
        try {
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw new StoreException("The directory of the embedded database could not be made", e);
        }
        ClassLoader classes = loader == null ? EmbeddedH2.class.getClassLoader() : loader;
        DataSource made = dataSource(classes, url(directory));
        return new EmbeddedH2(made, driver(classes));
    }

    /** One that is at a data source already. */
    static EmbeddedH2 at(DataSource dataSource) {
        return new EmbeddedH2(dataSource, null);
    }

    /** Whether there is a database. */
    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(NAME + ".mv.db"));
    }

    /**
     * Each part is needed: {@code retry} since a thread that is interrupted within a plain file channel closes the file
     * for all, and this opens it again ({@code async} would not be interrupted either, but works on threads that the
     * whole JVM shares, which would keep the application's class loader); {@code WRITE_DELAY} since commits would otherwise be written up to half a second after they were
     * acknowledged; the delay and exit settings so that the database stays open between connections, and is closed by
     * {@link #close} and by nothing else; the last, since what went wrong is in the log, and H2 would write it, with values,
     * into a file of its own beside.
     */
    private static String url(Path directory) {
        String path = directory.toAbsolutePath().resolve(NAME).toString();
        if (path.indexOf(';') >= 0) {
            throw new IllegalStateException("The path of the embedded database contains a semicolon, at which H2 would"
                    + " cut it. Choose another directory.");
        }
        return "jdbc:h2:retry:" + path + ";WRITE_DELAY=0;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    private static DataSource dataSource(@Nullable ClassLoader classes, String url) {
        try {
            Object made =
                    Class.forName(DATA_SOURCE, true, classes).getConstructor().newInstance();
            made.getClass().getMethod("setURL", String.class).invoke(made, url);
            made.getClass().getMethod("setUser", String.class).invoke(made, "playtcha");
            made.getClass().getMethod("setPassword", String.class).invoke(made, "");
            return (DataSource) made;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "H2 is not on the class path. Add com.h2database:h2 to the application, or name a data source with"
                            + " late-datasource.",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of H2 is not understood", e);
        }
    }

    /** Where to get connections. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Closes the database as if the process had died, without a word to its connections; the next connection opens it
     * anew. For one that failed: what it does after that is not to be relied upon.
     */
    void abort() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The embedded database was closed already, or cannot be opened", e);
        }
    }

    @Override
    public void close() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            LOG.warn("The embedded database could not be closed: {}", Transactions.describe(e));
        }
        if (driver != null) {
            try {
                // The platform's list of drivers would keep the application's class loader.
                driver.getMethod("unload").invoke(null);
            } catch (ReflectiveOperationException e) {
                LOG.warn("H2's driver stays registered", e);
            }
        }
    }

    /**
     * H2's driver, registered, where it is of the application's class loader and not of the JVM's class path. Whoever
     * made it register, perhaps by being the first in this JVM to ask for drivers: nobody else takes it out again.
     */
    private static @Nullable Class<?> driver(ClassLoader classes) {
        try {
            Class<?> driver = Class.forName(DRIVER, true, classes);
            if (!isOfApplication(driver, classes) || classes == ClassLoader.getSystemClassLoader()) {
                return null;
            }
            driver.getMethod("load").invoke(null);
            return driver;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of H2 is not understood", e);
        }
    }

    /** Some servers hand out a class loader that is none of those which load the application's classes. */
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
