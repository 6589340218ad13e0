package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.RetryLater;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Handlers as an application has them, called by a unit test. */
class TestDeliveryTest {
    private static final LateResult RESULT = LateResult.of("t1", LateKind.TASK, LateOutcome.COMPLETED, Instant.EPOCH)
            .code("solved")
            .build();

    /** Writes in the transaction of the item. */
    private static void write(LateResult result, Delivery delivery) throws SQLException {
        insert(delivery.unwrap(Connection.class).orElseThrow(), result);
    }

    private static void insert(Connection connection, LateResult result) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO effects VALUES (?)")) {
            insert.setString(1, result.getCode());
            insert.executeUpdate();
        }
    }

    private static Connection database() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE effects (code VARCHAR(20))");
        }
        connection.setAutoCommit(false);
        return connection;
    }

    @Test
    void aHandlerThatRetriesSeesTheNumberOfItsCall() {
        LateResultHandler handler = (result, delivery) -> {
            if (delivery.getAttempt() == 1) {
                throw new RetryLater(Duration.ofMinutes(1));
            }
        };

        assertThatThrownBy(() -> handler.handle(RESULT, TestDelivery.first())).isInstanceOf(RetryLater.class);
        assertThat(TestDelivery.attempt(2)).satisfies(delivery -> handler.handle(RESULT, delivery));
        assertThatThrownBy(() -> TestDelivery.attempt(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHandlerWritesThroughTheConnectionOfTheTest() throws SQLException {
        assertThat(TestDelivery.first().unwrap(Connection.class)).isEmpty();
        try (Connection connection = database()) {
            write(RESULT, TestDelivery.first().with(connection));

            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT code FROM effects")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("solved");
            }
        }
    }

    @Test
    void theCompletionInAnOwnTransactionIsRecorded() throws SQLException {
        try (Connection connection = database()) {
            TestDelivery delivery = TestDelivery.first();
            assertThat(delivery.getCompletion()).isEmpty();

            delivery.completeWith(connection);

            assertThat(delivery.getCompletion()).containsSame(connection);
        }
    }

    @Test
    void misuseFailsAsInAnApplication() throws SQLException {
        try (Connection connection = database()) {
            TestDelivery both = TestDelivery.first().with(connection);
            write(RESULT, both);
            assertThatThrownBy(() -> both.completeWith(connection)).isInstanceOf(IllegalStateException.class);

            TestDelivery completed = TestDelivery.first().with(connection);
            completed.completeWith(connection);
            assertThatThrownBy(() -> write(RESULT, completed))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("completion");

            connection.setAutoCommit(true);
            assertThatThrownBy(() -> TestDelivery.first().completeWith(connection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("auto-commit");
        }
    }
}
