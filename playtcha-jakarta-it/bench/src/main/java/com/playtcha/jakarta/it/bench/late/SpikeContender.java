package com.playtcha.jakarta.it.bench.late;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What late results would be on db-scheduler: a table of items, whose first result wins, above its table of tasks. An
 * arrival inserts both in one transaction; the task moves its item from READY to DELIVERED in the handler's.
 */
final class SpikeContender implements Contender {
    /** Called with the transaction in which the item becomes DELIVERED. */
    @FunctionalInterface
    interface TransactionalHandler {
        void handle(String id, Connection transaction) throws Exception;
    }

    private static final ThreadLocal<@Nullable Connection> CURRENT = new ThreadLocal<>();

    private final DataSource pool;
    private final int threads;
    private final Duration heartbeat;
    private final OneTimeTask<Void> task;
    private final SchedulerClient client;
    private @Nullable Scheduler scheduler;
    private @Nullable TransactionalHandler handler;

    SpikeContender(DataSource pool, int threads, Duration heartbeat) {
        this.pool = pool;
        this.threads = threads;
        this.heartbeat = heartbeat;
        this.task = Tasks.oneTime("late").execute((instance, context) -> deliver(instance.getId()));
        // Its client takes part in a transaction only if its data source hands it that transaction's connection.
        this.client = SchedulerClient.Builder.create(new CurrentTransaction(), task)
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
                .build();
    }

    @Override
    public void start(Handler noTransaction) throws Exception {
        start((id, transaction) -> noTransaction.handle(id));
    }

    void start(TransactionalHandler transactional) throws Exception {
        handler = transactional;
        Postgres.execute(pool, DbSchedulerContender.TABLE);
        Postgres.execute(pool, DbSchedulerContender.INDEXES);
        Postgres.execute(
                pool,
                "CREATE TABLE IF NOT EXISTS spike_item (item_id text PRIMARY KEY, code text, state text NOT NULL,"
                        + " created_at timestamptz NOT NULL DEFAULT now())");
        Scheduler started = Scheduler.create(pool, task)
                .schedulerName(new SchedulerName.Fixed(
                        "spike-" + ProcessHandle.current().pid()))
                .threads(threads)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofMillis(100))
                .heartbeatInterval(heartbeat)
                .missedHeartbeatsLimit(4)
                .enableImmediateExecution()
                .build();
        started.start();
        scheduler = started;
    }

    @Override
    public void accept(String id, String code) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            boolean isFirst;
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO spike_item (item_id, code, state) VALUES (?, ?, 'READY') ON CONFLICT DO NOTHING")) {
                insert.setString(1, id);
                insert.setString(2, code);
                isFirst = insert.executeUpdate() == 1;
            }
            if (isFirst) {
                CURRENT.set(connection);
                try {
                    client.scheduleIfNotExists(task.instance(id), Instant.now());
                } finally {
                    CURRENT.remove();
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
        Objects.requireNonNull(scheduler).triggerCheckForDueExecutions();
    }

    private void deliver(String id) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement complete = connection.prepareStatement(
                    "UPDATE spike_item SET state = 'DELIVERED' WHERE item_id = ? AND state = 'READY'")) {
                complete.setString(1, id);
                if (complete.executeUpdate() == 1) {
                    Objects.requireNonNull(handler).handle(id, connection);
                }
                connection.commit();
            } catch (Exception e) {
                connection.rollback();
                throw new IllegalStateException(e);
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long remaining() throws SQLException {
        return Postgres.count(pool, "SELECT COUNT(*) FROM scheduled_tasks");
    }

    @Override
    public String tuning() {
        return "as db-scheduler, " + threads + " threads";
    }

    @Override
    public void close() {
        if (scheduler != null) {
            scheduler.stop();
            scheduler = null;
        }
    }

    @Override
    public void clear() throws SQLException {
        Postgres.execute(pool, "TRUNCATE scheduled_tasks", "TRUNCATE spike_item");
    }

    /** Hands out the connection of the arrival that runs on this thread, which its user must not end. */
    private static final class CurrentTransaction implements DataSource {
        @Override
        public Connection getConnection() {
            Connection current = Objects.requireNonNull(CURRENT.get(), "no transaction");
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "close", "commit", "rollback", "setAutoCommit" -> null;
                        default -> method.invoke(current, arguments);
                    });
        }

        @Override
        public Connection getConnection(String user, String password) {
            return getConnection();
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("not a wrapper");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
