package com.playtcha.jakarta.internal.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings of one application, checked. Immutable. */
public final class LoadedSettings {
    private final Map<String, GuardSettings> filters;
    private final List<SelfRegisteredFilter> registrations;
    private final Map<String, GuardSettings> guards;
    private final LateSettings late;
    private final ProxySetting proxy;
    private final boolean usedByCode;
    private final List<String> warnings;

    LoadedSettings(
            Map<String, GuardSettings> filters,
            List<SelfRegisteredFilter> registrations,
            Map<String, GuardSettings> guards,
            LateSettings late,
            ProxySetting proxy,
            boolean usedByCode,
            List<String> warnings) {
        this.filters = Collections.unmodifiableMap(new LinkedHashMap<>(filters));
        this.registrations = List.copyOf(registrations);
        this.guards = Collections.unmodifiableMap(new LinkedHashMap<>(guards));
        this.late = late;
        this.proxy = proxy;
        this.usedByCode = usedByCode;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * The settings of each declared filter, its own init-params included.
     *
     * @return unmodifiable, by filter name
     */
    public Map<String, GuardSettings> filters() {
        return filters;
    }

    /**
     * The way out of what is no guard's: setting {@code proxy} without a guard or filter.
     *
     * @return never null
     */
    public ProxySetting proxy() {
        return proxy;
    }

    /**
     * The filters to register.
     *
     * @return unmodifiable; {@code playtcha} first
     */
    public List<SelfRegisteredFilter> registrations() {
        return registrations;
    }

    /**
     * The settings of each guard: of {@value GuardSettings#DEFAULT_NAME} where {@code url-patterns} or code uses it or it
     * is complete, and of each that is declared.
     *
     * @return unmodifiable, by guard name
     */
    public Map<String, GuardSettings> guards() {
        return guards;
    }

    /**
     * The settings of late results, one for the application. They hold where {@code enabled} is {@code false}, too: what
     * is unfinished is finished. Where nothing is enabled and they are wrong, late results are off, with warnings.
     *
     * @return on or off
     * @since 0.1
     */
    public LateSettings late() {
        return late;
    }

    /**
     * What is worth a WARN at start.
     *
     * @return unmodifiable; a sentence each, with its code, never with a secret
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Whether anything uses the library.
     *
     * @return false without a declared filter, {@code url-patterns}, {@code guards}, {@code callback-path},
     *     {@code poll-url} and a place in code
     */
    public boolean guardsSomething() {
        return usedByCode
                || late.callbackPath() != null
                || late.pollUrl() != null
                || !filters.isEmpty()
                || !registrations.isEmpty()
                || guards.keySet().stream().anyMatch(name -> !name.equals(GuardSettings.DEFAULT_NAME));
    }
}
