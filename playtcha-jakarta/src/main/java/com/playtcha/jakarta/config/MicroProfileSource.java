package com.playtcha.jakarta.config;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** MicroProfile Config. The only class that links to its API, loaded only where that API is present. */
final class MicroProfileSource implements Sources.Deployed {
    private final Config config;

    private MicroProfileSource(Config config) {
        this.config = config;
    }

    /**
     * The application's configuration. It is not released here: whoever shares it, the server or the application,
     * does that.
     *
     * @throws RuntimeException where no implementation gives one
     * @throws LinkageError for an API older than {@code ConfigValue} (2.0)
     */
    static Sources.Deployed open(ClassLoader loader) {
        Config config = ConfigProvider.getConfig(loader);
        config.getConfigValue(Sources.PREFIX + Settings.ENABLED.key());
        return new MicroProfileSource(config);
    }

    @Override
    public @Nullable Found find(String name) {
        try {
            ConfigValue value = config.getConfigValue(name);
            String text = text(value);
            return text == null || text.isEmpty()
                    ? null
                    : new Found(text, Origin.microProfile(String.valueOf(value.getSourceName()), name));
        } catch (RuntimeException e) {
            // A source that fails is not a source without the value. Its message could quote the value.
            return new Found(null, Origin.microProfile(e.getClass().getName(), name));
        }
    }

    /** As written, so that expressions are resolved, and found wanting, in one place for all sources. */
    private static @Nullable String text(ConfigValue value) {
        String raw = value.getRawValue();
        String resolved = value.getValue();
        // A double colon calls a handler of the implementation, which only the implementation can resolve.
        boolean handler = raw != null && raw.contains("::") && resolved != null;
        return raw == null || handler ? resolved : raw;
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
