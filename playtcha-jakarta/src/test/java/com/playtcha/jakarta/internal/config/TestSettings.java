package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Settings from values by key, without expressions. Each method throws one exception with every problem. */
public final class TestSettings {
    private TestSettings() {}

    public static GuardSettings guard(Map<String, String> values) {
        return guard(GuardSettings.DEFAULT_NAME, values);
    }

    public static GuardSettings guard(String name, Map<String, String> values) {
        Lookup lookup = lookup(values, Scope.GUARD);
        ProblemReport report = new ProblemReport(new Redaction());
        lookup.collectSecrets(report.redaction());
        GuardSettings settings = GuardSettings.read(name, name, "guard '" + name + "'", lookup, report, true);
        checkKeys(values, SettingsTable.keysAt(Scope.GUARD), report);
        if (settings.enabled()) {
            report.throwIfProblems();
        }
        return settings;
    }

    public static LateSettings late(Map<String, String> values) {
        Lookup lookup = lookup(values, Scope.APPLICATION);
        ProblemReport report = new ProblemReport(new Redaction());
        lookup.collectSecrets(report.redaction());
        LateSettings settings = LateSettings.read(lookup, List.of(), List.of(), report);
        checkKeys(
                values,
                Stream.concat(ApplicationKeys.LATE.stream(), Stream.of(GuardKeys.ALLOW_HTTP))
                        .<String>map(Setting::key)
                        .toList(),
                report);
        report.throwIfProblems();
        return settings;
    }

    private static Lookup lookup(Map<String, String> values, Scope scope) {
        return new Lookup(List.of(Lookup.level(scope, values, key -> "the given values")), text -> text);
    }

    private static void checkKeys(Map<String, String> values, List<String> valid, ProblemReport report) {
        for (String key : values.keySet()) {
            if (!valid.contains(key)) {
                KeyValidator.checkKey("the key " + key, SettingsTable.find(key), key, "", valid, report::problem);
            }
        }
    }
}
