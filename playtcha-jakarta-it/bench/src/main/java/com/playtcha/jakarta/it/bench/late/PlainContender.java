package com.playtcha.jakarta.it.bench.late;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** What is possible at all: single inserts, and batches that are claimed, handled and completed. */
final class PlainContender implements Contender {
    private static final int BATCH = 200;
    private static final int CONSUMERS = 2;
    private static final String CLAIM = """
            UPDATE plain_item SET state = 1 WHERE id IN (
              SELECT id FROM plain_item WHERE state = 0 ORDER BY id LIMIT %d FOR UPDATE SKIP LOCKED)
            RETURNING id, item_id, code""".formatted(BATCH);

    private final DataSource pool;
    private final List<Thread> consumers = new ArrayList<>();
    private final Semaphore work = new Semaphore(0);
    private volatile boolean stopped;

    PlainContender(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public void start(Handler handler) throws Exception {
        stopped = false;
        Postgres.execute(
                pool,
                "CREATE TABLE IF NOT EXISTS plain_item (id bigserial PRIMARY KEY, item_id text NOT NULL UNIQUE,"
                        + " code text NOT NULL, state int NOT NULL)",
                "CREATE INDEX IF NOT EXISTS plain_item_new ON plain_item (id) WHERE state = 0");
        for (int i = 0; i < CONSUMERS; i++) {
            Thread thread = new Thread(() -> consume(handler), "plain-" + i);
            thread.setDaemon(true);
            thread.start();
            consumers.add(thread);
        }
    }

    private void consume(Handler handler) {
        try {
            while (!stopped) {
                if (!work.tryAcquire(1, TimeUnit.SECONDS)) {
                    continue;
                }
                work.drainPermits();
                while (consumeBatch(handler) > 0 && !stopped) {
                    // There may be more.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int consumeBatch(Handler handler) throws Exception {
        List<Long> ids = new ArrayList<>();
        List<String> items = new ArrayList<>();
        try (Connection connection = pool.getConnection()) {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM);
                    ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                    items.add(rows.getString(2));
                }
            }
            for (String item : items) {
                handler.handle(item);
            }
            if (!ids.isEmpty()) {
                Array completed = connection.createArrayOf("bigint", ids.toArray());
                try (PreparedStatement complete =
                        connection.prepareStatement("UPDATE plain_item SET state = 2 WHERE id = ANY (?)")) {
                    complete.setArray(1, completed);
                    complete.executeUpdate();
                }
            }
        }
        return ids.size();
    }

    @Override
    public void accept(String id, String code) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO plain_item (item_id, code, state) VALUES (?, ?, 0)")) {
            insert.setString(1, id);
            insert.setString(2, code);
            insert.executeUpdate();
        }
        work.release();
    }

    @Override
    public long remaining() throws SQLException {
        return Postgres.count(pool, "SELECT COUNT(*) FROM plain_item WHERE state < 2");
    }

    @Override
    public String tuning() {
        return "single committed inserts; " + CONSUMERS + " threads, each of which claims " + BATCH
                + " items (committed), handles them, and completes them (committed)";
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread consumer : consumers) {
            consumer.interrupt();
            consumer.join(10_000);
        }
        consumers.clear();
    }

    @Override
    public void clear() throws SQLException {
        Postgres.execute(pool, "TRUNCATE plain_item");
    }
}
