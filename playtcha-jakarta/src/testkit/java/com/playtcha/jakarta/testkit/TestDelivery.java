package com.playtcha.jakarta.testkit;

import com.playtcha.jakarta.late.Delivery;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A delivery for the unit test of a {@link com.playtcha.jakarta.late.LateResultHandler}, without an engine and a store. The
 * result to call it with is built by {@link com.playtcha.jakarta.late.LateResult#of}. See
 * <a href="https://github.com/playtcha/playtcha-jakarta/blob/main/docs/testing.md">the page about testing</a>. Not
 * thread-safe.
 *
 * @since 0.1
 */
public final class TestDelivery implements Delivery {
    private final int attempt;
    private final @Nullable Connection transaction;
    private boolean unwrapped;
    private @Nullable Connection completion;

    private TestDelivery(int attempt, @Nullable Connection transaction) {
        this.attempt = attempt;
        this.transaction = transaction;
    }

    /**
     * Returns the first delivery of an item, by a store without a connection.
     *
     * @return a new delivery
     */
    public static TestDelivery first() {
        return attempt(1);
    }

    /**
     * Returns a delivery after failures.
     *
     * @param attempt what {@link #getAttempt} returns, 1 or more
     * @return a new delivery
     * @throws IllegalArgumentException if it is below 1
     */
    public static TestDelivery attempt(int attempt) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be 1 or more, not " + attempt);
        }
        return new TestDelivery(attempt, null);
    }

    /**
     * Returns a delivery by a store in a database.
     *
     * @param connection what {@link #unwrap} returns for {@code Connection.class}; the test opens, commits and closes it
     * @return a new delivery
     */
    public TestDelivery with(Connection connection) {
        return new TestDelivery(attempt, connection);
    }

    @Override
    public int getAttempt() {
        return attempt;
    }

    /**
     * Returns the connection of {@link #with}.
     *
     * @return empty without one, and for other types
     * @throws IllegalStateException after {@link #completeWith}, as in an application
     */
    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type != Connection.class || transaction == null) {
            return Optional.empty();
        }
        if (completion != null) {
            throw new IllegalStateException(
                    "The handler has recorded its completion in a transaction of its own: use either unwrap or completeWith");
        }
        unwrapped = true;
        return Optional.of(type.cast(transaction));
    }

    /**
     * Records the connection.
     *
     * @param connection in a transaction, with auto-commit off
     * @throws IllegalStateException after {@link #unwrap} has returned a connection, as in an application; and where
     *     auto-commit is on, which would record the completion whatever becomes of the handler's writes
     */
    @Override
    public void completeWith(Connection connection) {
        if (unwrapped) {
            throw new IllegalStateException(
                    "The handler has the connection of the engine already: use either unwrap or" + " completeWith");
        }
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalStateException(
                        "completeWith needs a connection in a transaction that the application commits,"
                                + " and auto-commit is on: call setAutoCommit(false) first");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("completeWith needs a connection that works", e);
        }
        completion = connection;
    }

    /**
     * Returns the connection with which the handler recorded its completion.
     *
     * @return empty where it did not call {@link #completeWith}
     */
    public Optional<Connection> getCompletion() {
        return Optional.ofNullable(completion);
    }
}
