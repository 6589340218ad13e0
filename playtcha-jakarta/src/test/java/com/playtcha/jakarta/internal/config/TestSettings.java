package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import com.playtcha.jakarta.internal.config.SettingsReader.Level;
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
        SettingsReader reader = reader(values, Scope.GUARD);
        GuardSettings settings = GuardSettings.read(name, name, "guard '" + name + "'", reader, true);
        checkKeys(values, Setting.keysAt(Scope.GUARD), reader.report());
        if (settings.enabled()) {
            HttpClientVersions.check(reader.report());
            reader.report().throwIfProblems();
        }
        return settings;
    }

    public static LateSettings late(Map<String, String> values) {
        SettingsReader reader = reader(values, Scope.APPLICATION);
        boolean allowHttp = "true".equals(values.get(Setting.ALLOW_HTTP.key));
        LateSettings settings = LateSettings.read(reader, allowHttp, List.of(), List.of());
        checkKeys(
                values,
                Stream.concat(Setting.OF_LATE.stream(), Stream.of(Setting.ALLOW_HTTP))
                        .<String>map(Setting::key)
                        .toList(),
                reader.report());
        reader.report().throwIfProblems();
        return settings;
    }

    private static SettingsReader reader(Map<String, String> values, Scope scope) {
        SettingsReader reader = new SettingsReader(
                List.of(Level.of(scope, values, key -> "the given values")),
                text -> text,
                new ProblemReport(new Redaction()));
        reader.collectSecrets();
        return reader;
    }

    private static void checkKeys(Map<String, String> values, List<String> valid, ProblemReport report) {
        values.keySet().forEach(key -> KeyValidator.checkKey("the key " + key, key, key, "", valid, report::problem));
    }
}
