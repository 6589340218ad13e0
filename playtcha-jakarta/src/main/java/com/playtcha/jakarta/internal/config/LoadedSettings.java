package com.playtcha.jakarta.internal.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The checked settings of one application. Immutable. */
public final class LoadedSettings {
    private final Map<String, GuardSettings> filters;
    private final Map<String, GuardSettings> registrations;
    private final Map<String, GuardSettings> guards;
    private final LateSettings late;
    private final ProxySetting proxy;
    private final boolean usedByCode;
    private final List<String> warnings;

    LoadedSettings(
            Map<String, GuardSettings> filters,
            Map<String, GuardSettings> registrations,
            Map<String, GuardSettings> guards,
            LateSettings late,
            ProxySetting proxy,
            boolean usedByCode,
            List<String> warnings) {
        this.filters = Collections.unmodifiableMap(new LinkedHashMap<>(filters));
        this.registrations = Collections.unmodifiableMap(new LinkedHashMap<>(registrations));
        this.guards = Collections.unmodifiableMap(new LinkedHashMap<>(guards));
        this.late = late;
        this.proxy = proxy;
        this.usedByCode = usedByCode;
        this.warnings = List.copyOf(warnings);
    }

    /** The settings of each declared filter, its init-params included, by filter name. */
    public Map<String, GuardSettings> filters() {
        return filters;
    }

    /** The settings of each filter that registers itself by {@code url-patterns}, by filter name. */
    public Map<String, GuardSettings> registrations() {
        return registrations;
    }

    /**
     * The settings of each guard by name: of each that is declared, and of {@value GuardSettings#DEFAULT_NAME} if
     * {@code url-patterns} or code uses it or it is complete.
     */
    public Map<String, GuardSettings> guards() {
        return guards;
    }

    /** The settings of late results. They are off if nothing is enabled and they are invalid. */
    public LateSettings late() {
        return late;
    }

    /** The proxy for calls that belong to no guard, such as polling. */
    public ProxySetting proxy() {
        return proxy;
    }

    /** What to log as WARN at start: one sentence each, with its code, without any secret. */
    public List<String> warnings() {
        return warnings;
    }

    /** Whether a declared filter, {@code url-patterns}, {@code guards}, a late-result path or code uses the library. */
    public boolean guardsSomething() {
        return usedByCode
                || late.callbackPath() != null
                || late.pollUrl() != null
                || !filters.isEmpty()
                || !registrations.isEmpty()
                || guards.keySet().stream().anyMatch(name -> !name.equals(GuardSettings.DEFAULT_NAME));
    }
}
