package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.metrics.Gauges;
import com.playtcha.jakarta.internal.metrics.JmxMetrics;
import com.playtcha.jakarta.late.LateMetrics;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Late results in the platform's JMX. */
class LateJmxTest extends AdminFixture {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private LateMetrics metrics;

    @BeforeEach
    void openMetrics() {
        metrics = engine.metrics();
    }

    private static ObjectName name(String name) throws Exception {
        return new ObjectName("com.playtcha.jakarta:type=LateResults,application=" + name);
    }

    private JmxMetrics register(String application) {
        JmxMetrics jmx = new JmxMetrics(new Gauges(List::of, () -> Optional.of(metrics)), application, Map.of());
        jmx.register();
        return jmx;
    }

    @Test
    void gaugesAndCountersAreAttributes() throws Exception {
        try (JmxMetrics jmx = register("/shop")) {
            makeDeadLetter("t1", "x");
            spool("t2", "x");
            engine.pollOnce();
            clock.advance(Duration.ofSeconds(90));
            engine.pollOnce();

            assertThat(jmx).isNotNull();
            assertThat(server.getAttribute(name("/shop"), "Retrying")).isEqualTo(2L);
            assertThat(server.getAttribute(name("/shop"), "OldestRetryingSeconds"))
                    .isEqualTo(90L);
            assertThat(server.getAttribute(name("/shop"), "Accepted")).isEqualTo(1L);
            assertThat(server.getAttribute(name("/shop"), "Drained")).isEqualTo(1L);
            assertThat(server.getAttribute(name("/shop"), "SecondsSinceCount")).isEqualTo(0L);
        }
    }

    @Test
    void everyAttributeCanBeReadAndEveryCounterHasOne() throws Exception {
        try (JmxMetrics jmx = register("/shop")) {
            assertThat(jmx).isNotNull();
            String[] names = Arrays.stream(server.getMBeanInfo(name("/shop")).getAttributes())
                    .map(MBeanAttributeInfo::getName)
                    .toArray(String[]::new);

            Map<String, Object> values = server.getAttributes(name("/shop"), names).asList().stream()
                    .collect(Collectors.toMap(Attribute::getName, Attribute::getValue));

            assertThat(values).containsOnlyKeys(names);
            assertThat(new TreeSet<>(values.keySet()))
                    .containsAll(metrics.getCounters().keySet().stream()
                            .map(LateJmxTest::attribute)
                            .toList());
        }
    }

    private static String attribute(String counter) {
        return Arrays.stream(counter.split("-"))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }

    @Test
    void theSecondApplicationOfOneNameGetsANumber() throws Exception {
        try (JmxMetrics first = register("/shop");
                JmxMetrics second = register("/shop")) {
            assertThat(server.isRegistered(name("/shop"))).isTrue();
            assertThat(server.isRegistered(name("/shop#2"))).isTrue();
            first.close();
            first.close();
            assertThat(server.isRegistered(name("/shop"))).isFalse();
            assertThat(server.isRegistered(name("/shop#2"))).isTrue();
            second.close();
            assertThat(server.isRegistered(name("/shop#2"))).isFalse();
        }
    }

    @Test
    void anyNameIsQuoted() throws Exception {
        String hostile = "a,b=c:\"*?\\\n\u001b d";
        try (JmxMetrics jmx = register(hostile);
                JmxMetrics root = register("")) {
            assertThat(jmx).isNotSameAs(root);
            assertThat(server.isRegistered(name(ObjectName.quote(hostile)))).isTrue();
            assertThat(server.isRegistered(name("/"))).isTrue();
        }
    }

    @Test
    void anMBeanThatSomebodyElseRemovedIsNotLogged() throws Exception {
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.metrics", Level.INFO);
                JmxMetrics jmx = register("/shop")) {
            server.unregisterMBean(name("/shop"));
            jmx.close();

            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aClosedRegistrationKeepsNoClassLoader() throws Exception {
        AtomicReference<Boolean> registered = new AtomicReference<>();
        WeakReference<ClassLoader> loader = probed(() -> {
            try {
                registered.set(server.isRegistered(name("/probe"))
                        && server.getAttribute(name("/probe"), "Pending").equals(0L));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(registered.get()).isTrue();
        assertThat(server.isRegistered(name("/probe"))).isFalse();
        await().until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private static WeakReference<ClassLoader> probed(Runnable whileRegistered) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(Processes.urls(JmxProbe.class), ClassLoader.getPlatformClassLoader())) {
            Class<?> probe = loader.loadClass(JmxProbe.class.getName());
            assertThat(probe).isNotSameAs(JmxProbe.class);
            ((Runnable) probe.getConstructor(Runnable.class).newInstance(whileRegistered)).run();
            return new WeakReference<>(loader);
        }
    }

    @Test
    void aPlatformWithoutJmxIsSupported() throws Exception {
        Processes.Ended ended = Processes.run(
                directory,
                Processes.java(),
                "--limit-modules",
                "java.base,java.sql",
                "-cp",
                Processes.classPath(JmxProbe.class),
                JmxProbe.class.getName());

        assertThat(ended.out()).isEqualTo("started\n");
        assertThat(ended.status()).isZero();
    }
}
