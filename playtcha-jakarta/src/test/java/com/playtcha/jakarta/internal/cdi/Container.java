package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import java.util.Properties;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;

/** Weld as a user of Java SE starts it, with system properties for settings; they go when this is closed. */
public final class Container implements AutoCloseable {
    private final Properties before;
    private final WeldContainer weld;

    private Container(Properties before, WeldContainer weld) {
        this.before = before;
        this.weld = weld;
    }

    /** Settings are names without {@code playtcha.}, and values, by turns; those of the stand-in are there. */
    public static Container start(PlaytchaStandIn playtcha, Settings settings, Class<?>... beans) {
        return start(playtcha, new Weld(), settings, beans);
    }

    static Container start(PlaytchaStandIn playtcha, Weld weld, Settings settings, Class<?>... beans) {
        return start(weld, with(playtcha, settings), beans);
    }

    private static Settings with(PlaytchaStandIn playtcha, Settings settings) {
        return settings.and("secret", playtcha.secret())
                .and("base-url", playtcha.baseUrl().toString())
                .and("timeout", "20s");
    }

    static Container start(Settings settings, Class<?>... beans) {
        return start(new Weld(), settings, beans);
    }

    /** Where beans of the library do not see these. */
    static Container startUnseen(PlaytchaStandIn playtcha, Settings settings, Class<?>... beans) {
        return start(playtcha, new OneWayWeld(), settings, beans);
    }

    static Container startUnseen(Settings settings, Class<?>... beans) {
        return start(new OneWayWeld(), settings, beans);
    }

    static Container start(Weld weld, Settings settings, Class<?>... beans) {
        Properties before = (Properties) System.getProperties().clone();
        settings.pairs.forEach((key, value) -> System.setProperty("playtcha." + key, (String) value));
        try {
            return new Container(
                    before,
                    weld.setClassLoader(Thread.currentThread().getContextClassLoader())
                            .property("org.jboss.weld.se.shutdownHook", false)
                            .beanClasses(beans)
                            .initialize());
        } catch (RuntimeException | Error e) {
            reset(before);
            throw e;
        }
    }

    /** A start that a test saw refused leaves its application, which a start with a parent or child of its class loader finds. */
    static void endRefused() {
        ApplicationRegistry.begin(Thread.currentThread().getContextClassLoader())
                .closeUnlessBound();
    }

    /** An implementation of MicroProfile Config remembers which system properties there were. */
    private static void reset(Properties before) {
        System.setProperties(before);
        ConfigProviderResolver.instance().releaseConfig(ConfigProvider.getConfig());
    }

    <T> T get(Class<T> type) {
        return weld.select(type).get();
    }

    <T> Instance<T> select(Class<T> type) {
        return weld.select(type);
    }

    public boolean has(Class<?> type) {
        return weld.select(type).isResolvable();
    }

    /** Within a request of CDI's, which no servlet request stands behind. */
    <T> T inRequest(Supplier<T> work) {
        var contexts = weld.select(RequestContextController.class).get();
        contexts.activate();
        try {
            return work.get();
        } finally {
            contexts.deactivate();
        }
    }

    @Override
    public void close() {
        try {
            weld.shutdown();
        } finally {
            reset(before);
        }
    }

    /** Names without {@code playtcha.}, and values. */
    public static final class Settings {
        private final Properties pairs = new Properties();

        /** Those of the stand-in alone. */
        public static Settings none() {
            return new Settings();
        }

        static Settings of(String key, String value) {
            return none().and(key, value);
        }

        Settings and(String key, String value) {
            pairs.setProperty(key, value);
            return this;
        }
    }
}
