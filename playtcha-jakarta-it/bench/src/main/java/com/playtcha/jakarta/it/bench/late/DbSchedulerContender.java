package com.playtcha.jakarta.it.bench.late;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** db-scheduler by itself: a one-time task for each result. */
final class DbSchedulerContender implements Contender {
    static final String TABLE = """
            CREATE TABLE IF NOT EXISTS scheduled_tasks (
              task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
              execution_time timestamp with time zone NOT NULL, picked boolean NOT NULL, picked_by text,
              last_success timestamp with time zone, last_failure timestamp with time zone, consecutive_failures int,
              last_heartbeat timestamp with time zone, version bigint NOT NULL, priority smallint,
              PRIMARY KEY (task_name, task_instance))""";
    static final String[] INDEXES = {
        "CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time)",
        "CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat)"
    };

    private final DataSource pool;
    private final int threads;
    private @Nullable Scheduler scheduler;
    private @Nullable OneTimeTask<String> task;

    DbSchedulerContender(DataSource pool, int threads) {
        this.pool = pool;
        this.threads = threads;
    }

    @Override
    public void start(Handler handler) throws Exception {
        Postgres.execute(pool, TABLE);
        Postgres.execute(pool, INDEXES);
        OneTimeTask<String> late = Tasks.oneTime("late", String.class).execute((instance, context) -> {
            try {
                handler.handle(instance.getId());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        task = late;
        Scheduler started = Scheduler.create(pool, late)
                .schedulerName(new SchedulerName.Fixed("bench"))
                .threads(threads)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofSeconds(1))
                .enableImmediateExecution()
                .build();
        started.start();
        scheduler = started;
    }

    @Override
    public void accept(String id, String code) {
        Objects.requireNonNull(scheduler)
                .scheduleIfNotExists(Objects.requireNonNull(task).instance(id, code), Instant.now());
    }

    @Override
    public long remaining() throws SQLException {
        return Postgres.count(pool, "SELECT COUNT(*) FROM scheduled_tasks");
    }

    @Override
    public String tuning() {
        return "lock-and-fetch with limits 1.0 and 4.0, as its README advises for more than 1,000 executions/s,"
                + " immediate execution, " + threads + " threads, its two indexes";
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
        Postgres.execute(pool, "TRUNCATE scheduled_tasks");
    }
}
