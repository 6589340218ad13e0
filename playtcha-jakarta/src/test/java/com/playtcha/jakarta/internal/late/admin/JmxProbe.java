package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.late.engine.LateEngine;
import com.playtcha.jakarta.internal.late.engine.LateEngineBuilder;
import com.playtcha.jakarta.internal.late.engine.TestLateConfig;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.metrics.Gauges;
import com.playtcha.jakarta.internal.metrics.JmxMetrics;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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

    /** Nothing of it is called: the class path has neither JSON nor a database. */
    private static LateStore noStore() {
        return (LateStore) Proxy.newProxyInstance(
                JmxProbe.class.getClassLoader(), new Class<?>[] {LateStore.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    public void run() {
        Clock clock = Clock.systemUTC();
        try (LateEngine engine = LateEngineBuilder.of(
                        new TestLateConfig(), noStore(), (result, delivery) -> {}, clock, Runnable::run)
                .build()) {
            try (JmxMetrics jmx =
                    new JmxMetrics(new Gauges(List::of, () -> Optional.of(engine.metrics())), "/probe", Map.of())) {
                jmx.register();
                whileRegistered.run();
            }
        }
    }
}
