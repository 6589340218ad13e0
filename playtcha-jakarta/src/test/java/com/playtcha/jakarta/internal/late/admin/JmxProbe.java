package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.store.MemoryLateStore;
import com.playtcha.jakarta.internal.metrics.Gauges;
import com.playtcha.jakarta.internal.metrics.JmxMetrics;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Registers an engine in JMX and removes it again, in the class loader or process in which it is loaded. */
public final class JmxProbe implements Runnable {
    private final Runnable whileRegistered;

    /** Called by reflection from another class loader. */
    public JmxProbe(Runnable whileRegistered) {
        this.whileRegistered = whileRegistered;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new JmxProbe(() -> out.println("started")).run();
    }

    @Override
    public void run() {
        Clock clock = Clock.systemUTC();
        try (LateEngine engine = LateEngineBuilder.of(
                        new TestLateConfig(),
                        new MemoryLateStore(clock),
                        (result, delivery) -> {},
                        clock,
                        Runnable::run)
                .build()) {
            try (JmxMetrics jmx = new JmxMetrics(new Gauges(List::of, () -> Optional.of(engine.metrics())), "/probe")) {
                jmx.register();
                whileRegistered.run();
            }
        }
    }
}
