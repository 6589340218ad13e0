package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.jdbc.RecordingDataSource;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An engine on a late-dir, with a handler that fails unless a test replaces it. */
abstract class AdminFixture {
    /** A colour, a window title, a line break, a right-to-left override, a lone surrogate. */
    static final String HOSTILE = "\u001b[31mred\u001b]0;title\u0007\r\n\u202e\ud800 end\\";

    @TempDir
    protected Path directory;

    protected final TestClock clock = new TestClock();
    protected final JsonWriter writer = new JsonWriter();
    protected final ResultText texts = new ResultText(new StrictJson(), writer);
    protected volatile LateResultHandler handler = (result, delivery) -> {
        throw new IllegalStateException("mail is down");
    };
    protected LateDirectory lateDir;
    protected EmbeddedH2 h2;
    protected RecordingDataSource database;
    protected SpoolDirectory spool;
    protected LateEngine engine;
    protected AdminService service;

    @BeforeEach
    void open() throws SQLException {
        lateDir = new LateDirectory(directory.resolve("late"));
        lateDir.probe(false);
        h2 = EmbeddedH2.in(lateDir.store(), null);
        h2.getConnection().close();
        database = new RecordingDataSource(JdbcStores.dataSource(h2), true);
        spool = new SpoolDirectory(lateDir.spool(), 100, 1 << 20, texts, clock);
        TestLateConfig config =
                new TestLateConfig().tracking(Duration.ofSeconds(30), 16).storeTimeout(Duration.ofSeconds(30));
        engine = LateEngineBuilder.of(
                        config,
                        JdbcStores.withLeaseClock(database, texts, clock),
                        (result, delivery) -> handler.handle(result, delivery),
                        clock,
                        Runnable::run)
                .spool(spool)
                .build();
        service = new AdminService(engine, spool, texts, clock);
    }

    @AfterEach
    void closeAll() {
        engine.close(Duration.ofSeconds(5));
        h2.close();
        writer.close();
    }

    /** Makes a dead letter in the store. */
    protected void makeDeadLetter(String id, String code) {
        engine.inbox().accept(id, code);
        engine.pollOnce();
    }

    /** Spools a result. */
    protected void spool(String id, String code) {
        spool.put(
                new Arrival.Result(LateResult.of(id, LateKind.TASK, LateOutcome.COMPLETED, clock.instant())
                        .code(code)
                        .build()),
                "the store was down");
    }
}
