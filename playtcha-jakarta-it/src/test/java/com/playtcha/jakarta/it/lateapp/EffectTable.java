package com.playtcha.jakarta.it.lateapp;

import com.playtcha.jakarta.it.app.Report;
import com.playtcha.jakarta.late.LateResult;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The application's own table, in the database that the store is in: a row for each effect of the handler. Nothing keeps
 * an id from having two.
 */
public class EffectTable implements ServletContextListener {
    private static final String CREATE = "CREATE TABLE IF NOT EXISTS late_effects (application VARCHAR(100),"
            + " id VARCHAR(200), outcome VARCHAR(20), code VARCHAR(1000), attempt INT, circumstances VARCHAR(1000))";

    private static volatile @Nullable EffectTable current;

    private String application = "";
    private @Nullable DataSource dataSource;
    private volatile boolean prepared;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        application = context.getContextPath();
        String name = context.getInitParameter("playtcha.late-datasource");
        if (name == null) {
            Path directory = Path.of(context.getInitParameter("playtcha.late-dir"));
            // Its driver would stay in the platform's list, and keep the application's classes.
            JdbcDataSource store = new JdbcDataSource();
            store.setURL("jdbc:h2:retry:" + directory.resolve("store/playtcha-late") + ";IFEXISTS=TRUE");
            store.setUser("playtcha");
            store.setPassword("");
            dataSource = store;
        } else {
            try {
                dataSource = InitialContext.doLookup(name);
            } catch (NamingException e) {
                throw new IllegalStateException(e);
            }
        }
        current = this;
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        current = null;
    }

    /** Of this application. */
    static EffectTable current() {
        return Objects.requireNonNull(current, "the application has not started, or has ended");
    }

    /** Makes the table where it is missing; apart, since that would commit a transaction. */
    private void prepare() throws SQLException {
        if (!prepared) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(CREATE);
            }
            prepared = true;
        }
    }

    private Connection connect() throws SQLException {
        return Objects.requireNonNull(dataSource).getConnection();
    }

    /**
     * Adds an effect.
     *
     * @param connection of the store's transaction
     */
    void add(Connection connection, LateResult result, int attempt, String circumstances) throws SQLException {
        prepare();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO late_effects VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, application);
            insert.setString(2, result.getId());
            insert.setString(3, result.getOutcome().name());
            insert.setString(4, result.getCode() != null ? result.getCode() : result.getFailure());
            insert.setInt(5, attempt);
            insert.setString(6, circumstances);
            insert.executeUpdate();
        }
    }

    /** All effects: {@code effects.<id>} how many, {@code outcome.<id>} of the last, and so on. */
    void report(Report report) throws SQLException {
        prepare();
        Map<String, Integer> effects = new TreeMap<>();
        try (Connection connection = connect();
                PreparedStatement query =
                        connection.prepareStatement("SELECT * FROM late_effects WHERE application = ?")) {
            query.setString(1, application);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString("id");
                    effects.merge(id, 1, Integer::sum);
                    report.put("outcome." + id, rows.getString("outcome"));
                    report.put("code." + id, rows.getString("code"));
                    report.put("attempt." + id, rows.getString("attempt"));
                    report.put("circumstances." + id, rows.getString("circumstances"));
                }
            }
        }
        effects.forEach((id, count) -> report.put("effects." + id, Integer.toString(count)));
    }
}
