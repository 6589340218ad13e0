package com.playtcha.jakarta.internal.late.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Keeps PostgreSQL's plan of each statement on the library's tables, as it is with the values of its first execution. */
final class ExplainingDataSource {
    private final DataSource real;
    private final Map<String, String> plans = new LinkedHashMap<>();

    ExplainingDataSource(DataSource real) {
        this.real = real;
    }

    Map<String, String> plans() {
        return plans;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object made = invoke(real, method, arguments);
            return made instanceof Connection connection ? connection(connection) : made;
        });
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object made = invoke(connection, method, arguments);
            return made instanceof PreparedStatement statement
                    ? statement(connection, statement, (String) arguments[0])
                    : made;
        });
    }

    private PreparedStatement statement(Connection connection, PreparedStatement statement, String sql) {
        Map<Integer, Object[]> values = new TreeMap<>();
        Map<Integer, Method> setters = new TreeMap<>();
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length == 2) {
                setters.put((Integer) arguments[0], method);
                values.put((Integer) arguments[0], arguments);
            } else if (method.getName().startsWith("execute") && sql.contains("playtcha_late_")) {
                explain(connection, sql, setters, values);
            }
            return invoke(statement, method, arguments);
        });
    }

    /** Statements that are sent together are explained one after the other, each after those that set the mode. */
    private void explain(
            Connection connection, String statements, Map<Integer, Method> setters, Map<Integer, Object[]> values)
            throws Throwable {
        int first = 0;
        for (String sql : statements.split("; ?")) {
            int parameters = (int) sql.chars().filter(c -> c == '?').count();
            if (sql.startsWith("SET ")) {
                try (Statement mode = connection.createStatement()) {
                    mode.execute(sql);
                }
            } else if (sql.contains("playtcha_late_") && !plans.containsKey(sql)) {
                plans.put(sql, plan(connection, sql, first, setters, values));
            }
            first += parameters;
        }
    }

    private static String plan(
            Connection connection, String sql, int first, Map<Integer, Method> setters, Map<Integer, Object[]> values)
            throws Throwable {
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            int parameters = explain.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= parameters; i++) {
                Object[] value = values.get(first + i).clone();
                value[0] = i;
                invoke(explain, setters.get(first + i), value);
            }
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException thrown ? thrown : e;
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(ExplainingDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
