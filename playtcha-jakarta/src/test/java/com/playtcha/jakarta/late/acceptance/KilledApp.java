package com.playtcha.jakarta.late.acceptance;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * An application in a process of its own, on the embedded database, until its standard input ends or it is killed. Says
 * where it takes callbacks, and which ids its handler was called with. Arguments: {@code late-dir}, the callback key, and
 * {@code stuck} for a handler that never returns.
 */
public final class KilledApp {
    private KilledApp() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream said = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The log goes elsewhere.
        System.setOut(System.err);
        Path folder = Path.of(arguments[0]);
        boolean stuck = arguments.length > 2 && arguments[2].equals("stuck");
        Effects effects = new Effects(JdbcStores.dataSource(EmbeddedH2.in(new LateDirectory(folder).store(), null)));
        effects.failure((id, call) -> {
            said.println("call " + id);
            if (stuck) {
                new CountDownLatch(1).await();
            }
        });
        Map<String, String> settings =
                Map.of("late-dir", folder.toString(), "callback-path", TaskApp.CALLBACKS, "callback-key", arguments[1]);
        try (TaskApp app = new TaskApp(settings, effects)) {
            said.println("at " + app.url(""));
            while (System.in.read() >= 0) {
                // Until whoever started this is gone.
            }
        }
        System.exit(0);
    }
}
