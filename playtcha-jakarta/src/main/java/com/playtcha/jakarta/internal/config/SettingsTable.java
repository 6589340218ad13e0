package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every setting, in the order of docs/settings.md. */
final class SettingsTable {
    static final List<Setting<?>> ALL = Stream.of(
                    GuardKeys.ALL,
                    ApplicationKeys.LATE,
                    List.<Setting<?>>of(
                            ApplicationKeys.METRICS, ApplicationKeys.HEALTH, ApplicationKeys.GUARDS, GuardKeys.GUARD))
            .<Setting<?>>flatMap(Collection::stream)
            .toList();

    private SettingsTable() {}

    static @Nullable Setting<?> find(String key) {
        return ALL.stream()
                .filter(setting -> setting.key.equals(key))
                .findFirst()
                .orElse(null);
    }

    static List<String> keysAt(Scope scope) {
        return ALL.stream()
                .filter(setting -> setting.scopes.contains(scope))
                .<String>map(Setting::key)
                .toList();
    }
}
