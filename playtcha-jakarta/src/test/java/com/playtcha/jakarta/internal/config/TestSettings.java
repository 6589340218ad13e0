package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
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
        SettingsReader reader = reader(values, Scope.GUARD);
        GuardSettings settings =
                GuardSettings.read(name, name, "guard '" + name + "'", "guard '" + name + "'", reader, true);
        checkKeys(values, Setting.keysAt(Scope.GUARD), reader.report);
        if (settings.isEnabled()) {
            LibraryChecks.run(reader.report);
            throwIfProblems(reader.report);
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
                        .<String>map(setting -> setting.key)
                        .toList(),
                reader.report);
        throwIfProblems(reader.report);
        return settings;
    }

    private static SettingsReader reader(Map<String, String> values, Scope scope) {
        return new SettingsReader(text -> text, new ProblemReport())
                .add(
                        scope,
                        key -> values.containsKey(key)
                                ? List.of(new ConfigValue(values.get(key), "the given values", Kind.WEB_XML))
                                : List.of());
    }

    private static void throwIfProblems(ProblemReport report) {
        if (report.hasProblems()) {
            throw new PlaytchaConfigurationException(report.problems());
        }
    }

    private static void checkKeys(Map<String, String> values, List<String> valid, ProblemReport report) {
        values.keySet().forEach(key -> KeyCheck.check("the key " + key, key, name -> name, valid, report));
    }
}
