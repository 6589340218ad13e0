package com.playtcha.jakarta.late.acceptance;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A handler that writes each result into a table, through the transaction it is given, and fails when told to. The table
 * has no key: a result that had effect twice is there twice. Calls are counted apart.
 */
final class Effects implements LateResultHandler {
    private final DataSource database;
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private volatile Trouble trouble = (id, call) -> {};

    /** One row. */
    record Effect(String id, String what) {}

    /** What befalls a call, after it has written. */
    @FunctionalInterface
    interface Trouble {
        void befall(String id, int call) throws Exception;
    }

    Effects(DataSource database) {
        this.database = database;
    }

    void makeTable() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE effects (id VARCHAR(1000), what VARCHAR(70000))");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void failure(Trouble value) {
        trouble = value;
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        int call =
                calls.computeIfAbsent(result.getId(), id -> new AtomicInteger()).incrementAndGet();
        Connection connection = delivery.unwrap(Connection.class).orElseThrow();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO effects (id, what) VALUES (?, ?)")) {
            insert.setString(1, result.getId());
            insert.setString(2, what(result));
            insert.executeUpdate();
        }
        trouble.befall(result.getId(), call);
    }

    private static String what(LateResult result) {
        if (result.getOutcome() == LateOutcome.COMPLETED) {
            return String.valueOf(result.getCode());
        }
        return result.getOutcome() == LateOutcome.FAILED
                ? "failed: " + result.getFailure()
                : result.getOutcome().name();
    }

    int calls(String id) {
        AtomicInteger count = calls.get(id);
        return count == null ? 0 : count.get();
    }

    List<Effect> all() {
        List<Effect> all = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, what FROM effects")) {
            while (rows.next()) {
                all.add(new Effect(rows.getString(1), rows.getString(2)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    /** What became of one id; more than one entry is one effect too many. */
    List<String> of(String id) {
        return all().stream()
                .filter(effect -> effect.id().equals(id))
                .map(Effect::what)
                .toList();
    }
}
