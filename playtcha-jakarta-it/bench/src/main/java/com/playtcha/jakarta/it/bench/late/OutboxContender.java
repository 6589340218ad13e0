package com.playtcha.jakarta.it.bench.late;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** transaction-outbox by itself: a deferred call for each result. */
final class OutboxContender implements Contender {
    private static final int QUEUE = 16_384;

    /** What is deferred; its calls are recorded through a proxy. */
    public static class Work {
        private final Handler handler;

        /** For the proxy. */
        public Work() {
            this(id -> {});
        }

        Work(Handler handler) {
            this.handler = handler;
        }

        /** Handles one item. */
        public void handle(String id, String code) throws Exception {
            handler.handle(id);
        }
    }

    private final DataSource pool;
    private final int threads;
    private final ThreadLocalContextTransactionManager transactions;
    private @Nullable TransactionOutbox outbox;
    private @Nullable ThreadPoolExecutor executor;
    private @Nullable ScheduledExecutorService flusher;

    OutboxContender(DataSource pool, int threads) {
        this.pool = pool;
        this.threads = threads;
        this.transactions = TransactionManager.fromDataSource(pool);
    }

    @Override
    public void start(Handler handler) {
        ThreadPoolExecutor workers =
                new ThreadPoolExecutor(threads, threads, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE));
        executor = workers;
        Work work = new Work(handler);
        TransactionOutbox started = TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> work))
                .submitter(Submitter.withExecutor(workers))
                .attemptFrequency(Duration.ofSeconds(30))
                .flushBatchSize(1_000)
                .build();
        outbox = started;
        // As its README's background thread: what the queue had no room for, and what failed.
        ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
        background.scheduleWithFixedDelay(
                () -> {
                    while (started.flush()) {
                        // There may be more.
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
        flusher = background;
    }

    @Override
    public void accept(String id, String code) throws Exception {
        TransactionOutbox running = Objects.requireNonNull(outbox);
        transactions.inTransactionThrows(
                transaction -> running.schedule(Work.class).handle(id, code));
    }

    @Override
    public long remaining() throws SQLException {
        return Postgres.count(pool, "SELECT COUNT(*) FROM txno_outbox WHERE NOT processed");
    }

    @Override
    public String tuning() {
        return "run on commit by " + threads + " threads with a queue of " + QUEUE + ", background flush each second";
    }

    @Override
    public void close() throws InterruptedException {
        if (flusher != null) {
            flusher.shutdownNow();
            flusher.awaitTermination(10, TimeUnit.SECONDS);
        }
        if (executor != null) {
            executor.shutdown();
            executor.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public void clear() throws SQLException {
        Postgres.execute(pool, "TRUNCATE txno_outbox");
    }
}
