package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the tables from the schema files, which a DBA may run by hand instead. Several nodes may do so at
 * once, and a node completes what another one left unfinished.
 */
final class Schema {
    static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final int TRIES = 10;
    /** States, and codes of MariaDB and MySQL, Oracle, SQL Server, that mean that the table or index exists already. */
    private static final Set<String> EXISTS = Set.of("42S01", "42S11", "42P07", "1050", "1061", "955", "2714", "1913");

    private final Transactions transactions;

    Schema(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Creates the tables unless they exist. */
    void prepare() {
        for (int tries = 1; !isMade(); tries++) {
            try {
                make();
                LOG.info("Made the tables of late results: version={}", VERSION);
            } catch (SQLException e) {
                // Another node may be creating them.
                if (tries == TRIES) {
                    throw new StoreException(
                            "The tables playtcha_late_* could not be made: " + Transactions.describe(e)
                                    + ". Let a DBA run the file schema-" + VERSION + "-*.sql from this library's jar",
                            e);
                }
            }
        }
    }

    private boolean isMade() {
        try {
            List<Integer> versions = transactions.once(
                    sql -> sql.list(1, row -> row.getInt(1), "SELECT version FROM playtcha_late_schema WHERE id = 1"));
            if (!versions.isEmpty() && versions.get(0) != VERSION) {
                throw new IllegalStateException("The tables playtcha_late_* have version " + versions.get(0)
                        + ", which another version of this library made; this one knows " + VERSION
                        + ". Use that version of the library.");
            }
            return !versions.isEmpty();
        } catch (SQLException e) {
            String state = Transactions.state(e);
            // S0002 is SQL Server's state for a missing table.
            if (state.startsWith("42") || state.equals("S0002")) {
                return false;
            }
            throw Transactions.failure("be opened", e);
        }
    }

    /** Runs statements one by one, since most databases commit after each one that creates something. */
    private void make() throws SQLException {
        for (String statement :
                statements(transactions.once(sql -> sql.database().schemaFile()))) {
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
