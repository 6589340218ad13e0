package com.playtcha.jakarta.late.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed, on one database: a small run of what the profile {@code crash} does at length. */
class TwoNodesTest {
    private static final int MOST_KILLS = 10;

    @TempDir
    private Path directory;

    @AfterEach
    void endProcesses() {
        WorkerProcess.endAll();
    }

    @Test
    void whatAKilledNodeWorkedOnIsTakenOverAndNothingIsLostOrHasEffectTwice() throws Exception {
        Files.createDirectory(directory.resolve("redeemed"));
        Ledger ledger = new Ledger(true);
        TwoNodes nodes;
        try (EmbeddedPostgres postgres = CrashHarness.startPostgres()) {
            CrashHarness.makeTable(postgres.getPostgresDatabase());
            nodes = new TwoNodes(
                    directory,
                    postgres.getJdbcUrl("postgres", "postgres"),
                    postgres.getPostgresDatabase(),
                    ledger,
                    "light");
            nodes.start();
            for (int kills = 0; kills < MOST_KILLS && nodes.leasesTakenOver() == 0; kills++) {
                nodes.killOne();
            }
            nodes.end();
            ledger.check(
                    postgres.getPostgresDatabase()::getConnection,
                    directory.resolve(TwoNodes.SPOOLS[0]),
                    directory.resolve(TwoNodes.SPOOLS[1]));
        }

        assertThat(nodes.leasesTakenOver()).isPositive();
        assertThat(ledger.acknowledged()).isPositive();
        assertThat(ledger.isRight()).as(String.join("\n", ledger.report())).isTrue();
    }
}
