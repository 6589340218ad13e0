package com.playtcha.jakarta.internal.late.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    private void explain(Connection connection, String sql, Map<Integer, Method> setters, Map<Integer, Object[]> values)
            throws Throwable {
        if (plans.containsKey(sql)) {
            return;
        }
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            for (Map.Entry<Integer, Method> each : setters.entrySet()) {
                invoke(explain, each.getValue(), values.get(each.getKey()));
            }
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        plans.put(sql, plan.toString());
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
