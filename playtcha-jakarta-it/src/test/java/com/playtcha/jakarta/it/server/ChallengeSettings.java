package com.playtcha.jakarta.it.server;

import java.util.LinkedHashMap;
import java.util.Map;

/** The guards of {@code /who/<name>}, each of which asks some visitors for a token only. */
public final class ChallengeSettings {
    /** Further requests of a session, at {@code /who/passes}. */
    public static final int PASSES = 3;

    /** Settings by guard. */
    public static final Map<String, Map<String, String>> GUARDS = new LinkedHashMap<>(Map.of(
            "everybody", Map.of(),
            "roles", Map.of("exempt-roles", "staff, Domain Admins"),
            "users", Map.of("exempt-roles", "*"),
            "addresses", Map.of("exempt-addresses", "192.0.2.0/24, 2001:db8::/32, ::ffff:198.51.100.7"),
            "failures", Map.of("after-failures", "2"),
            "brief", Map.of("after-failures", "1", "failure-window", "1s"),
            "passes", Map.of("session-pass", Integer.toString(PASSES)),
            "watched", Map.of("exempt-roles", "staff", "mode", "monitor")));

    private ChallengeSettings() {}

    /** The same as an application has them. */
    public static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        GUARDS.forEach((guard, keys) ->
                keys.forEach((key, value) -> settings.put("playtcha.guards." + guard + "." + key, value)));
        return settings;
    }
}
