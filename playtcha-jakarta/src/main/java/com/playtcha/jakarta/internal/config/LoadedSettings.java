package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked settings of one application. The maps keep their order.
 *
 * @param filters the settings of each declared filter by its name, with its init-params
 * @param registrations the settings of each filter that registers itself by {@code url-patterns}, by filter name
 * @param guards the settings of each guard by its name: of each that is declared, and of
 *     {@value GuardSettings#DEFAULT_NAME} if {@code url-patterns} or code uses it or it is complete
 * @param late off if nothing is enabled and its settings are invalid
 * @param proxy for calls that belong to no guard, such as polling
 * @param application the settings that belong to no guard and not to late results
 * @param isInUse whether a declared filter, {@code url-patterns}, {@code guards}, a late-result path or code uses
 *     the library
 * @param problems every problem of every guard, without any secret; none where the settings are used
 * @param warnings to be logged as WARN at start, without any secret
 * @param explanation each setting with its effective value and source, and every problem and warning, without any
 *     secret: the text for an operator
 */
public record LoadedSettings(
        Map<String, GuardSettings> filters,
        Map<String, GuardSettings> registrations,
        Map<String, GuardSettings> guards,
        LateSettings late,
        ProxySetting proxy,
        SettingValues application,
        boolean isInUse,
        List<String> problems,
        List<String> warnings,
        String explanation) {
    /** Returns the settings of each filter by its name, declared ones first; of two with one name, the declared one. */
    public Map<String, GuardSettings> allFilters() {
        Map<String, GuardSettings> all = new LinkedHashMap<>(filters);
        registrations.forEach(all::putIfAbsent);
        return all;
    }
}
