package com.playtcha.jakarta.it.bench.late;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One of several processes on one database: an application in Tomcat that does what its standard input says. */
final class Node {
    private Node() {}

    /** Arguments: the database, the node's name, the size of its pool, {@code late-concurrency}. */
    static void run(String url, String name, int poolSize, int concurrency) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        AtomicLong handled = new AtomicLong();
        AtomicLong delay = new AtomicLong();
        try (HikariDataSource pool = Postgres.pool(url, poolSize, name)) {
            PlaytchaContender contender = PlaytchaContender.pooled(pool, concurrency);
            contender.start(id -> {
                TimeUnit.MILLISECONDS.sleep(delay.get());
                handled.incrementAndGet();
            });
            out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "produce" ->
                        Turn.produce(
                                contender::accept,
                                Integer.parseInt(words[1]),
                                Integer.parseInt(words[2]),
                                words[3],
                                id -> {});
                    case "delay" -> delay.set(Long.parseLong(words[1]));
                    default -> {}
                }
                out.println(handled.get());
            }
            contender.close();
        }
    }
}
