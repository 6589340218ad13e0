package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateConfig;
import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.store.MemoryLateStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** Shows an engine in JMX and takes it out again, in whatever class loader or process it is loaded. */
public final class JmxProbe implements Runnable {
    private final Runnable whileShown;

    /** For a loader of its own. */
    public JmxProbe(Runnable whileShown) {
        this.whileShown = whileShown;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new JmxProbe(() -> out.println("started")).run();
    }

    @Override
    public void run() {
        Clock clock = Clock.systemUTC();
        try (LateEngine engine = LateEngine.builder(
                        new LateConfig(), new MemoryLateStore(clock), (result, delivery) -> {}, clock, Runnable::run)
                .build()) {
            try (LateJmx shown = LateJmx.register("/probe", engine.metrics())) {
                whileShown.run();
                shown.close();
            }
        }
    }
}
