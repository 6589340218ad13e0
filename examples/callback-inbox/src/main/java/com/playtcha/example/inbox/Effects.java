package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * What a result does to this application: a row, and one more in a sum that would show every effect that was had twice.
 * The handler is called as often as it takes; what it writes goes through the transaction it is handed, in which the end
 * of the item is recorded as well, and so has effect once.
 */
final class Effects implements LateResultHandler {
    private final DataSource database;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Random random = new Random(7);
    private volatile int failing = 25;
    private volatile int givingUp = 3;

    private Effects(DataSource database) {
        this.database = database;
    }

    /**
     * What is in the tables.
     *
     * @param results rows, one for each id
     * @param sum how often a row was written, by a count of its own; the same number, or something had effect twice
     */
    record Tally(long results, long sum) {}

    static Effects in(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS result ("
                    + "id VARCHAR(200) PRIMARY KEY, outcome VARCHAR(20) NOT NULL, text VARCHAR(70000))");
            statement.execute("CREATE TABLE IF NOT EXISTS result_sum (name VARCHAR(10) PRIMARY KEY, amount BIGINT)");
            statement.execute("INSERT INTO result_sum (name, amount)"
                    + " SELECT 'all', 0 WHERE NOT EXISTS (SELECT name FROM result_sum)");
        }
        return new Effects(database);
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws SQLException {
        calls.incrementAndGet();
        Connection connection = delivery.unwrap(Connection.class).orElseThrow();
        try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO result (id, outcome, text) VALUES (?, ?, ?)");
                PreparedStatement add =
                        connection.prepareStatement("UPDATE result_sum SET amount = amount + 1 WHERE name = 'all'")) {
            insert.setString(1, result.getId());
            insert.setString(2, result.getOutcome().name());
            insert.setString(3, result.getOutcome() == LateOutcome.FAILED ? result.getFailure() : result.getCode());
            insert.executeUpdate();
            if (isDrawn(givingUp)) {
                failures.incrementAndGet();
                throw new GiveUp("the handler was told to give up now and then");
            }
            if (isDrawn(failing)) {
                failures.incrementAndGet();
                // After the row was written: it must be gone again.
                throw new IllegalStateException("the handler was told to fail now and then");
            }
            add.executeUpdate();
        }
    }

    private boolean isDrawn(int percent) {
        synchronized (random) {
            return random.nextInt(100) < percent;
        }
    }

    /**
     * How many of a hundred calls fail.
     *
     * @param percent from 0 to 100
     */
    void setFailing(int percent) {
        failing = Math.max(0, Math.min(100, percent));
    }

    int failing() {
        return failing;
    }

    /**
     * How many of a hundred calls end the retries of their item: it is a dead letter then.
     *
     * @param percent from 0 to 100
     */
    void setGivingUp(int percent) {
        givingUp = Math.max(0, Math.min(100, percent));
    }

    int givingUp() {
        return givingUp;
    }

    long calls() {
        return calls.get();
    }

    long failures() {
        return failures.get();
    }

    /** Asks the database. */
    Tally tally() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (SELECT COUNT(*) FROM result), (SELECT amount FROM result_sum WHERE name = 'all')")) {
            row.next();
            return new Tally(row.getLong(1), row.getLong(2));
        }
    }
}
