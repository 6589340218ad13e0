package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.late.LateState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers and the engine share a pool of eight connections, the default of Tomcat's. */
@Timeout(120)
class SmallPoolTest extends EngineFixture {
    private static final int SIZE = 8;
    private static final int ITEMS = 20;

    private final BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(SIZE);

    /** Eight handlers have all connections when each of them asks for another. */
    @ParameterizedTest
    @ValueSource(longs = {100, Long.MAX_VALUE})
    void handlersThatOpenASecondConnectionFailAndAreRetried(long maxWaitMillis) throws Exception {
        execute("CREATE TABLE effects (id VARCHAR(200))");
        for (int i = 0; i < SIZE; i++) {
            idle.add(h2.getConnection());
        }
        DataSource pool = pool(maxWaitMillis);
        store = JdbcStores.withLeaseClock(pool, results, clock);
        CountDownLatch all = new CountDownLatch(SIZE);
        handler = (result, delivery) -> {
            Connection first = delivery.unwrap(Connection.class).orElseThrow();
            all.countDown();
            all.await();
            try (Connection second = pool.getConnection();
                    Statement read = second.createStatement();
                    Statement write = first.createStatement()) {
                read.execute("SELECT COUNT(*) FROM effects");
                write.execute("INSERT INTO effects VALUES ('" + result.getId() + "')");
            }
        };
        try (LateEngine running = build(config(), null).spool(spool).build()) {
            for (int i = 0; i < ITEMS; i++) {
                running.inbox().accept("t" + i, "x");
            }
            running.start(Duration.ofMillis(100), () -> {});
            await().atMost(60, TimeUnit.SECONDS).until(() -> {
                // The pause after a handler that found no free connection passes.
                clock.advance(Duration.ofMillis(100));
                return all.getCount() == 0;
            });

            await().atMost(90, TimeUnit.SECONDS).until(() -> {
                clock.advance(Duration.ofSeconds(20));
                return number("SELECT COUNT(*) FROM effects") == ITEMS;
            });
        }
        assertThat(number("SELECT COUNT(DISTINCT id) FROM effects")).isEqualTo(ITEMS);
        assertThat(transitions).contains(LateState.READY + ">" + LateState.RETRYING);
        assertThat(idle).as("every connection was returned").hasSize(SIZE);
    }

    private DataSource pool(long maxWaitMillis) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Connection connection;
                    try {
                        connection = idle.poll(maxWaitMillis, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        throw new SQLException("interrupted", "08001", e);
                    }
                    if (connection == null) {
                        throw new SQLException("no connection within " + maxWaitMillis + " ms", "08001");
                    }
                    return lent(connection);
                });
    }

    private Connection lent(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return idle.add(connection) ? null : proxy;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
