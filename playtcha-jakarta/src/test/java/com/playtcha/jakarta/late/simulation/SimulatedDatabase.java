package com.playtcha.jakarta.late.simulation;

import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.TestClock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * H2 in memory as the nodes' shared database, over a network that refuses connections, breaks them before a statement or a
 * commit, loses the answer to a commit, or lets it arrive later, while its rows stay locked.
 */
final class SimulatedDatabase implements AutoCloseable {
    private static final List<String> TABLES =
            List.of("playtcha_late_item", "playtcha_late_ended", "playtcha_late_grant", "effect");

    private final JdbcDataSource h2 = new JdbcDataSource();
    private final Deque<Connection> free = new ArrayDeque<>();
    private final Map<NodeConnection, SimulatedNode> open = new LinkedHashMap<>();
    private final List<Connection> inDoubt = new ArrayList<>();
    private Schedule schedule = new Schedule(0);
    private Runnable others = () -> {};
    private int lostAnswers;
    private int renewals;

    SimulatedDatabase(ResultText results) throws SQLException {
        // A row that another holds is not waited for: nothing else happens meanwhile.
        // Statistics would change plans, and with them the order of rows that are due at once.
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID()
                + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=1;QUERY_CACHE_SIZE=64;ANALYZE_AUTO=0");
        store(results, new TestClock()).counts();
        try (Connection connection = take();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE effect (item_id VARCHAR(300), outcome VARCHAR(20), code VARCHAR(100))");
        }
    }

    /** Empties the tables for another seed. */
    void begin(Schedule next, Runnable meanwhile) throws SQLException {
        schedule = next;
        others = meanwhile;
        lostAnswers = 0;
        renewals = 0;
        // A connection keeps plans that were made for the rows of the seed before.
        while (!free.isEmpty()) {
            free.pop().close();
        }
        Connection connection = take();
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute("TRUNCATE TABLE " + table + " RESTART IDENTITY");
            }
            statement.execute("DELETE FROM playtcha_late_schema WHERE id = 2");
        }
        give(connection);
    }

    /** Returns a store over a network on which nothing breaks. */
    LateStore store(ResultText results, TestClock clock) {
        return JdbcStores.withLeaseClock(h2, results, clock);
    }

    DataSource of(SimulatedNode node) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> connect(node));
    }

    private Connection connect(SimulatedNode node) throws SQLException {
        if (node.isCutOff() || schedule.breaks(1)) {
            schedule.note("connection refused", node.name());
            throw new SQLException("connection refused", "08001");
        }
        NodeConnection connection = new NodeConnection(node, take());
        open.put(connection, node);
        return (Connection)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, connection);
    }

    private Connection take() throws SQLException {
        Connection connection = free.poll();
        return connection == null ? h2.getConnection() : connection;
    }

    private void give(Connection connection) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            free.push(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the connections of a node that died: the database rolls them back. */
    void disconnect(SimulatedNode node) {
        List.copyOf(open.entrySet()).stream()
                .filter(each -> each.getValue() == node)
                .forEach(each -> each.getKey().breakOff());
    }

    /** Lets a commit whose answer was lost arrive, or not. */
    void resolveDoubt() {
        if (!inDoubt.isEmpty()) {
            Connection connection = inDoubt.remove(schedule.random.nextInt(inDoubt.size()));
            boolean commits = schedule.chance(0.6);
            schedule.note(commits ? "commit arrives late" : "commit never arrives", "");
            try {
                if (commits) {
                    connection.commit();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            give(connection);
        }
    }

    void resolveAllDoubts() {
        while (!inDoubt.isEmpty()) {
            resolveDoubt();
        }
    }

    boolean hasDoubts() {
        return !inDoubt.isEmpty();
    }

    /** Returns how many commits were, or may have been, applied without an answer. */
    int lostAnswers() {
        return lostAnswers;
    }

    /** Returns how often a node tried to renew leases. */
    int renewals() {
        return renewals;
    }

    /** Returns the rows of a query, of which each is one text. */
    List<List<String>> rows(String sql) {
        try {
            Connection connection = take();
            List<List<String>> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(result.getString(i));
                    }
                    rows.add(row);
                }
            }
            give(connection);
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One connection of a node. */
    private final class NodeConnection implements InvocationHandler {
        private final SimulatedNode node;
        private final Connection real;
        private boolean ended;

        NodeConnection(SimulatedNode node, Connection real) {
            this.node = node;
            this.real = real;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "equals":
                    return proxy == arguments[0];
                case "hashCode":
                    return System.identityHashCode(proxy);
                case "toString":
                    return "connection of " + node.name();
                case "close", "abort":
                    breakOff();
                    return null;
                case "isClosed":
                    return ended;
                default:
                    break;
            }
            requireOpen();
            if (method.getName().equals("prepareStatement")) {
                beforeStatement(String.valueOf(arguments[0]));
            } else if (method.getName().equals("commit")) {
                commit();
                return null;
            }
            Object result = call(real, method, arguments);
            return result instanceof PreparedStatement statement ? withoutTimeout(statement) : result;
        }

        /** H2 executes a statement for each limit, which costs more than most queries here. */
        private PreparedStatement withoutTimeout(PreparedStatement statement) {
            return (PreparedStatement) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {PreparedStatement.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("setQueryTimeout") ? null : call(statement, method, arguments));
        }

        private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private void requireOpen() throws SQLException {
            if (ended || node.isCutOff()) {
                breakOff();
                throw new SQLException("connection reset", "08006");
            }
        }

        private void beforeStatement(String sql) throws SQLException {
            renewals += sql.contains("lease_until > 1 AND") ? 1 : 0;
            schedule.during(node, true, 0.01, others);
            requireOpen();
            if (schedule.breaks(1)) {
                schedule.note("statement fails", node.name() + ": " + sql.substring(0, Math.min(60, sql.length())));
                if (schedule.chance(0.3)) {
                    real.rollback();
                    throw new SQLException("serialization failure", "40001");
                }
                breakOff();
                throw new SQLException("connection reset", "08006");
            }
        }

        private void commit() throws SQLException {
            schedule.during(node, true, 0.02, others);
            requireOpen();
            if (!schedule.breaks(6)) {
                real.commit();
                return;
            }
            int kind = schedule.random.nextInt(3);
            lostAnswers += kind == 0 ? 0 : 1;
            schedule.note(
                    List.of("commit fails", "answer to a commit lost", "commit in doubt")
                            .get(kind),
                    node.name());
            if (kind == 1) {
                real.commit();
            } else if (kind == 2) {
                end();
                inDoubt.add(real);
            }
            breakOff();
            throw new SQLException("connection reset", "08006");
        }

        private void end() {
            ended = true;
            open.remove(this);
        }

        private void breakOff() {
            if (!ended) {
                end();
                give(real);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }

    /** Time after which a test gives up waiting for an engine, by the machine's clock. */
    static final Duration LIMIT = Duration.ofSeconds(60);
}
