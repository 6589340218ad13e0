package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Place;
import java.util.Set;

/** The table in docs/settings.md, generated from the settings. */
public final class SettingsTable {
    private SettingsTable() {}

    /**
     * The table.
     *
     * @return Markdown, a line per key, ending in a line break
     */
    public static String markdown() {
        StringBuilder out = new StringBuilder("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : Settings.ALL) {
            out.append("| `").append(setting.key()).append("` | ");
            out.append(setting.defaultText() == null ? "" : "`" + setting.defaultText() + "`");
            out.append(" | ").append(cell(setting.allowed())).append(" | ");
            out.append(cell(setting.meaning())).append(where(setting.places())).append(" |\n");
        }
        return out.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String where(Set<Place> places) {
        if (places.size() == Place.values().length) {
            return "";
        }
        if (places.equals(Set.of(Place.INIT_PARAM))) {
            return " *An init-param only.*";
        }
        return places.contains(Place.GUARD)
                ? " *Not an init-param.*"
                : " *Neither an init-param nor a setting of a guard.*";
    }
}
