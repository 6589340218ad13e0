package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.late.engine.LateConfig.Backoff;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.ResultText;
import com.playtcha.jakarta.late.LateResultHandler;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An application that runs on a folder until its standard input ends. Its handler fails while there is no file named
 * {@code healthy} in the lateDir. Arguments: the lateDir, and the ids of results to begin with, as they are printed.
 */
public final class AdminApp {
    private AdminApp() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Clock clock = Clock.systemUTC();
        LateDirectory lateDir = new LateDirectory(Path.of(arguments[0]));
        lateDir.probe(false);
        Path healthy = lateDir.directory().resolve("healthy");
        LateResultHandler handler = (result, delivery) -> {
            if (!Files.exists(healthy)) {
                throw new IllegalStateException("mail is down for " + result.getId());
            }
            out.println("handled " + AdminService.printed(result.getId()));
        };
        ResultText texts = new ResultText(new StrictJson(), new JsonWriter());
        SpoolDirectory spool = new SpoolDirectory(lateDir.spool(), 100, 1 << 20, texts, clock);
        TestLateConfig config =
                new TestLateConfig().deadLetterRetry(new Backoff(Duration.ofHours(1), Duration.ofHours(1), 0));
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
        try (EmbeddedH2 h2 = EmbeddedH2.in(lateDir.store(), null);
                LateEngine engine = LateEngineBuilder.of(
                                config, JdbcStores.of(JdbcStores.dataSource(h2), texts), handler, clock, null)
                        .spool(spool)
                        .listeners(List.of(
                                (id, kind, from, to, outcome) -> out.println(to + " " + AdminService.printed(id))))
                        .build()) {
            for (int i = 1; i < arguments.length; i++) {
                engine.inbox().accept(AsciiText.decode(arguments[i]), "code " + i);
            }
            engine.start(Duration.ofMillis(100), () -> {});
            try (AdminMailbox mailbox =
                    new AdminMailbox(lateDir, new AdminService(engine, spool, texts, clock), texts, clock)) {
                ticks.scheduleWithFixedDelay(mailbox::serve, 0, 100, TimeUnit.MILLISECONDS);
                while (System.in.read() >= 0) {
                    // Until the test ends this process.
                }
                ticks.shutdown();
            }
        }
    }
}
