package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every setting, and the table of settings in the documentation, which is generated from them. */
public final class SettingsTable {
    static final List<Setting<?>> ALL = Stream.of(
                    GuardKeys.ALL, ApplicationKeys.LATE, List.<Setting<?>>of(ApplicationKeys.GUARDS, GuardKeys.GUARD))
            .<Setting<?>>flatMap(Collection::stream)
            .toList();

    private SettingsTable() {}

    static @Nullable Setting<?> find(String key) {
        return ALL.stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    static List<String> keysAt(Scope scope) {
        return ALL.stream()
                .filter(setting -> setting.scopes().contains(scope))
                .<String>map(Setting::key)
                .toList();
    }

    /**
     * Returns the table of settings.
     *
     * @return Markdown, a line per key, ending in a line break
     */
    public static String markdown() {
        StringBuilder out = new StringBuilder("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : ALL) {
            out.append("| `").append(setting.key()).append("` | ");
            out.append(setting.defaultText() == null ? "" : "`" + setting.defaultText() + "`");
            out.append(" | ").append(setting.allowed().replace("|", "\\|")).append(" | ");
            out.append(setting.meaning().replace("|", "\\|"))
                    .append(scope(setting.scopes()))
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String scope(Set<Scope> scopes) {
        if (scopes.size() == Scope.values().length) {
            return "";
        }
        if (!scopes.contains(Scope.APPLICATION)) {
            return " *Only as an init-param.*";
        }
        return scopes.contains(Scope.GUARD) ? " *Not as an init-param.*" : " *One per application.*";
    }
}
