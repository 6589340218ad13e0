package com.playtcha.jakarta.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** MicroProfile Config. The only class that links to its API, loaded only where that API is present. */
record MicroProfileSource(Config config) implements ExternalConfig {
    /** A double colon calls a handler of the implementation, such as one that decrypts. */
    private static final Pattern HANDLER = Pattern.compile("\\$\\{[^{}:]+::");

    /** Opens the application's configuration, which is not released here, because it is shared. */
    static ExternalConfig open(ClassLoader loader) {
        Config config = ConfigProvider.getConfig(loader);
        // Fails with a LinkageError for an API older than 2.0.
        config.getConfigValue(Sources.PREFIX + Setting.ENABLED.key);
        return new MicroProfileSource(config);
    }

    @Override
    public List<ConfigValue> find(String name) {
        List<ConfigValue> found = new ArrayList<>();
        try {
            var value = config.getConfigValue(name);
            String raw = value.getRawValue();
            String resolved = value.getValue();
            // Expressions are resolved here for all sources alike, except those for a handler of the implementation.
            boolean handler =
                    raw != null && resolved != null && HANDLER.matcher(raw).find();
            add(found, raw == null || handler ? resolved : raw, value.getSourceName(), name);
            if (resolved == null || resolved.isBlank()) {
                // An empty value hides those of later sources from the implementation; here it counts as not set.
                List<String> names = inProfiles(name);
                for (ConfigSource source : config.getConfigSources()) {
                    names.forEach(each -> add(found, source.getValue(each), source.getName(), each));
                }
            }
        } catch (RuntimeException e) {
            // The message is not shown, because it may quote the value.
            found.add(new ConfigValue(null, origin(e.getClass().getName(), name), Kind.FILE));
        }
        return found;
    }

    /** Returns the names that sources may have a value under, those of active profiles first. */
    private List<String> inProfiles(String name) {
        List<String> names = new ArrayList<>(List.of(name));
        String profiles = config.getConfigValue(Config.PROFILE).getValue();
        if (profiles != null) {
            // Of several, the last one decides.
            Parsers.items(profiles).forEach(profile -> names.add(0, "%" + profile + "." + name));
        }
        return names;
    }

    private static void add(List<ConfigValue> found, @Nullable String text, @Nullable String source, String name) {
        if (text != null && !text.isEmpty()) {
            found.add(new ConfigValue(text, origin(source, name), Kind.FILE));
        }
    }

    private static String origin(@Nullable String source, String name) {
        return "MicroProfile Config source \"" + source + "\", property " + name;
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
