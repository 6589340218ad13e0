package com.playtcha.jakarta.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A filter to be registered without web.xml.
 *
 * @param filterName {@code playtcha} or {@code playtcha-<name>}
 * @param guard its settings, with at least one URL pattern
 */
public record SelfRegisteredFilter(String filterName, GuardSettings guard) {
    private static final String PREFIX = "playtcha";

    /**
     * Those of an application.
     *
     * @param guards by name
     * @param taken names of the application's own filters
     */
    static List<SelfRegisteredFilter> of(Map<String, GuardSettings> guards, Set<String> taken, Report report) {
        List<SelfRegisteredFilter> registrations = new ArrayList<>();
        guards.forEach((name, guard) -> {
            if (guard.urlPatterns().isEmpty()) {
                return;
            }
            boolean isDefault = name.equals(GuardSettings.DEFAULT_NAME);
            String filterName = isDefault ? PREFIX : PREFIX + "-" + name;
            if (taken.contains(filterName)) {
                report.problem(
                        ProblemCode.FILTER_NAME_TAKEN,
                        mask -> "playtcha." + (isDefault ? "" : "guards." + mask.plain(name) + ".")
                                + "url-patterns registers a filter named '" + mask.plain(filterName)
                                + "', but the application declares a filter of that name; rename that filter,"
                                + " or map it and remove url-patterns.");
            } else {
                registrations.add(new SelfRegisteredFilter(filterName, guard));
            }
        });
        return registrations;
    }
}
