package com.playtcha.jakarta.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** MicroProfile Config. The only class that links to its API, loaded only where that API is present. */
final class MicroProfileSource implements Sources.Deployed {
    /** A double colon calls a handler of the implementation, such as one that decrypts. */
    private static final Pattern HANDLER = Pattern.compile("\\$\\{[^{}:]+::");

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
    public List<Found> find(String name) {
        List<Found> found = new ArrayList<>();
        try {
            org.eclipse.microprofile.config.ConfigValue value = config.getConfigValue(name);
            String text = text(value);
            if (text != null && !text.isEmpty()) {
                found.add(new Found(text, Origin.microProfile(String.valueOf(value.getSourceName()), name)));
            }
            String resolved = value.getValue();
            if (resolved == null || resolved.isBlank()) {
                addFromSources(name, found);
            }
        } catch (RuntimeException e) {
            // A source that fails is not a source without the value. Its message could quote the value.
            found.add(new Found(null, Origin.microProfile(e.getClass().getName(), name)));
        }
        return found;
    }

    /** An empty value hides those of the sources behind it; here it counts as not set (contract, section 4). */
    private void addFromSources(String name, List<Found> found) {
        // In the order in which they decide, by the specification.
        for (ConfigSource source : config.getConfigSources()) {
            String text = source.getValue(name);
            if (text != null && !text.isEmpty()) {
                boolean unreadable = HANDLER.matcher(text).find();
                found.add(new Found(
                        unreadable ? null : text, Origin.microProfile(String.valueOf(source.getName()), name)));
            }
        }
    }

    /** As written, so that expressions are resolved, and found wanting, in one place for all sources. */
    private static @Nullable String text(org.eclipse.microprofile.config.ConfigValue value) {
        String raw = value.getRawValue();
        String resolved = value.getValue();
        // What a handler makes of it only the implementation can tell.
        boolean handler =
                raw != null && resolved != null && HANDLER.matcher(raw).find();
        return raw == null || handler ? resolved : raw;
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
