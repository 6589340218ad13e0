package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tables to this library's version, by files that a DBA may run by hand instead. Each file only adds, so that
 * nodes of the version before go on working. Several nodes may do so at once, and complete what another left unfinished.
 */
final class Schema {
    /** The newest version that this library knows. */
    static final int VERSION = 2;

    /** The first version with a table of ended items, in which nodes that do not know it would not look. */
    private static final int ENDED_APART = 2;

    /** The row with the oldest version that a node has to know; the only one that version 1 reads. */
    private static final int REQUIRED = 1;
    /** The row with the newest version that was added. */
    private static final int ADDED = 3;

    private static final String VERSIONS = "SELECT id, version FROM playtcha_late_schema WHERE id > 0";
    private static final String VERSION_REQUIRED = "SELECT version FROM playtcha_late_schema WHERE id = " + REQUIRED;
    /** With this the file of version 1 ends. */
    private static final String INSERT_FIRST = insert(1);

    private static final String INSERT_NEWEST = insert(VERSION);

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final int TRIES = 10;
    /** States, and codes of MariaDB and MySQL, that mean that the table, index or row exists already. */
    private static final Set<String> EXISTS =
            Set.of("42S01", "42S11", "42P07", "1050", "1061", "23000", "23001", "23505", "1062");

    /** PostgreSQL's state for a table that exists and that the user may not read. Others say so of tables that do not exist, too. */
    private static final String DENIED = "42501";

    private final Transactions transactions;

    Schema(Transactions transactions) {
        this.transactions = transactions;
    }

    private static String insert(int required) {
        return "INSERT INTO playtcha_late_schema (id, version) VALUES (" + REQUIRED + ", " + required + ")";
    }

    /** Creates or extends the tables as far as needed. */
    void prepare() {
        for (int tries = 1; ; tries++) {
            Map<Integer, Integer> versions = versions();
            int required = versions.getOrDefault(REQUIRED, 0);
            requireKnown(required);
            int added = versions.getOrDefault(ADDED, required);
            if (required > 0 && added >= VERSION) {
                return;
            }
            int next = required == 0 ? 1 : added + 1;
            try {
                run(required == 0 ? allStatements() : statements(next));
                LOG.info("Made the tables of late results: version={}", required == 0 ? VERSION : next);
            } catch (SQLException e) {
                // Another node may be creating them.
                if (tries == TRIES) {
                    throw new StoreException(
                            "The tables playtcha_late_* could not be made: " + Transactions.describe(e)
                                    + ". Let a DBA run the file schema-" + next
                                    + "-*.sql from this library's jar",
                            e);
                }
            }
        }
    }

    /**
     * Returns what makes all tables anew. No node of an earlier version uses them, which the last statement says: where the
     * process is killed before that, the next one makes what is missing.
     */
    private List<String> allStatements() {
        List<String> statements = new ArrayList<>();
        for (int version = 1; version <= VERSION; version++) {
            statements.addAll(statements(version));
        }
        statements.removeIf(INSERT_FIRST::equals);
        statements.add(INSERT_NEWEST);
        return statements;
    }

    /** Returns whether nodes may use the tables that do not look into the table of ended items. */
    static boolean endsInPlace(Sql sql) throws SQLException {
        return sql.required(row -> row.getInt(1), VERSION_REQUIRED) < ENDED_APART;
    }

    private static void requireKnown(int version) {
        if (version > VERSION) {
            throw new IllegalStateException("The tables playtcha_late_* need version " + version
                    + " of nodes, which a later version of this library made; this one knows " + VERSION
                    + ". Use that version of the library.");
        }
    }

    private Map<Integer, Integer> versions() {
        try {
            Map<Integer, Integer> versions = new HashMap<>();
            transactions.once(
                    sql -> sql.list(100, row -> versions.put(row.getInt("id"), row.getInt("version")), VERSIONS));
            return versions;
        } catch (SQLException e) {
            if (Transactions.state(e).equals(DENIED)) {
                throw new StoreException(
                        "The tables playtcha_late_* are there, but not for the user of late-datasource: let a DBA grant it"
                                + " SELECT, INSERT, UPDATE and DELETE on them",
                        e);
            }
            if (Transactions.state(e).startsWith("42")) {
                return Map.of();
            }
            throw Transactions.failure("be opened", e);
        }
    }

    private List<String> statements(int version) {
        return statements(Objects.requireNonNull(transactions.database()).schemaFile(version));
    }

    /** Runs statements one by one, since most databases commit after each one that creates something. */
    private void run(List<String> statements) throws SQLException {
        for (String statement : statements) {
            try {
                transactions.once(sql -> sql.update(statement));
            } catch (SQLException e) {
                if (!EXISTS.contains(Transactions.state(e)) && !EXISTS.contains(String.valueOf(e.getErrorCode()))) {
                    throw e;
                }
            }
        }
    }

    static List<String> statements(String file) {
        String text;
        try (InputStream in = Schema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in this library's jar");
            }
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read from this library's jar", e);
        }
        String code = text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        return Stream.of(code.split(";", -1))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }
}
