package com.playtcha.jakarta.it.bench.late;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Kills processes that run the spike, and counts the effects of what they acknowledged. */
final class Kills {
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final int THREADS = 8;
    private static final int PRODUCERS = 4;

    private Kills() {}

    /** Returns what became of the items, in a sentence. */
    static String run(Postgres postgres, int kills) throws Exception {
        try (HikariDataSource observer = Postgres.pool(postgres.url(), 4, "observer")) {
            Postgres.execute(observer, "CREATE TABLE effects (id text NOT NULL)");
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            for (int kill = 0; kill < kills; kill++) {
                Child worker = Child.start("spike-worker", postgres.url(), "kill-" + kill + "-");
                Thread reader = new Thread(() -> read(worker, acknowledged));
                reader.start();
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(300, 1_500));
                worker.kill();
                reader.join();
            }
            long left;
            long begin = System.nanoTime();
            SpikeContender last = new SpikeContender(observer, THREADS, HEARTBEAT);
            last.start((id, transaction) -> effect(id, transaction));
            left = last.remaining();
            while (last.remaining() > 0) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            last.close();
            long lost = 0;
            for (String id : acknowledged) {
                lost += Postgres.count(
                        observer, "SELECT CASE COUNT(*) WHEN 0 THEN 1 ELSE 0 END FROM effects WHERE id = '" + id + "'");
            }
            long twice = Postgres.count(
                    observer, "SELECT COUNT(*) FROM (SELECT id FROM effects GROUP BY id HAVING COUNT(*) > 1) d");
            return ("%d kills, %,d acknowledged items: %d lost, %d with two effects; the %d that were left had their"
                            + " effect %.1f s after the last start, with a heartbeat of %d s (of 4 missed ones)")
                    .formatted(kills, acknowledged.size(), lost, twice, left, seconds, HEARTBEAT.toSeconds());
        }
    }

    private static void read(Child worker, Set<String> acknowledged) {
        try {
            while (true) {
                acknowledged.add(worker.answer());
            }
        } catch (IOException e) {
            // It was killed; a line that was cut off counts as not acknowledged only if nothing of it came.
        }
    }

    private static void effect(String id, Connection transaction) throws Exception {
        TimeUnit.MILLISECONDS.sleep(5);
        try (PreparedStatement insert = transaction.prepareStatement("INSERT INTO effects VALUES (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    /** The process that is killed: says the id of each item that it has accepted. */
    static void work(String url, String prefix) throws Exception {
        PrintStream out = System.out;
        DataSource pool = Postgres.pool(url, 16, "spike");
        SpikeContender spike = new SpikeContender(pool, THREADS, HEARTBEAT);
        spike.start((id, transaction) -> effect(id, transaction));
        out.println("ready");
        AtomicLong next = new AtomicLong();
        Thread[] producers = new Thread[PRODUCERS];
        for (int i = 0; i < PRODUCERS; i++) {
            producers[i] = new Thread(() -> {
                while (true) {
                    String id = prefix + next.incrementAndGet() + "-";
                    try {
                        spike.accept(id, "code");
                    } catch (SQLException e) {
                        continue;
                    }
                    out.println(id);
                }
            });
            producers[i].start();
        }
        for (Thread producer : producers) {
            producer.join();
        }
    }
}
