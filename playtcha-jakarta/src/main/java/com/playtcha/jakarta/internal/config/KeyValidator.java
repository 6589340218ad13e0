package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds keys that no setting has, and keys that are set where they have no effect. */
final class KeyValidator {
    private static final Pattern IN_GUARD = Pattern.compile("guards\\.([^.]*)\\.(.*)", Pattern.DOTALL);

    private final Collection<String> guards;
    private final List<String> valid = new ArrayList<>(SettingsTable.keysAt(Scope.APPLICATION));
    private final ProblemReport report;

    /** Takes the names of the declared guards. */
    KeyValidator(Collection<String> guards, ProblemReport report) {
        this.guards = guards;
        this.report = report;
        for (String guard : guards) {
            SettingsTable.keysAt(Scope.GUARD).forEach(key -> valid.add("guards." + guard + "." + key));
        }
    }

    static void checkInitParams(String filter, Collection<String> keys, ProblemReport report) {
        List<String> valid = SettingsTable.keysAt(Scope.INIT_PARAM);
        for (String key : keys) {
            if (!valid.contains(key)) {
                String origin = "init-param " + key + " of filter '" + filter + "'";
                checkKey(origin, SettingsTable.find(key), key, "", valid, report::problem);
            }
        }
    }

    /** Checks the names of all sources but the environment. */
    void checkSources(Sources sources) {
        for (String name : sources.contextParamNames()) {
            check(sources.paramOrigin(name), name, sources.paramPrefix(), report::problem);
        }
        for (String name : sources.frameworkNames()) {
            if (!isRelaxed(name)) {
                check(origin(sources, name), name, Sources.PREFIX, report::problem);
            }
        }
        for (String name : sources.microProfileNames()) {
            check(origin(sources, name), name, Sources.PREFIX, report::problem);
        }
        List<String> unknown = new ArrayList<>();
        for (String name : sources.systemPropertyNames()) {
            check("system property " + name, name, Sources.PREFIX, (code, sentence) -> unknown.add(sentence));
        }
        if (!unknown.isEmpty()) {
            report.warning(
                    ProblemCode.UNKNOWN_SYSTEM_PROPERTY,
                    "these system properties set nothing: " + String.join(" ", unknown));
        }
    }

    private static String origin(Sources sources, String name) {
        return sources.find(name).stream().findFirst().map(ConfigValue::origin).orElse("property " + name);
    }

    /** Returns whether a name differs from a valid one in its dashes only, as {@code failClosed} does in Spring. */
    private boolean isRelaxed(String name) {
        String plain = name.substring(Sources.PREFIX.length()).replace("-", "");
        return valid.stream().anyMatch(key -> key.replace("-", "").equals(plain));
    }

    private void check(String origin, String name, String prefix, BiConsumer<ProblemCode, String> problem) {
        String key = name.substring(Sources.PREFIX.length());
        Matcher inGuard = IN_GUARD.matcher(key);
        boolean guarded = inGuard.matches();
        if (guarded && !guards.contains(inGuard.group(1))) {
            problem.accept(
                    ProblemCode.UNDECLARED_GUARD,
                    origin + " has no effect, because guard \"" + inGuard.group(1) + "\" is not declared; "
                            + declaredOnly(guards) + ".");
        } else if (!valid.contains(key)) {
            Setting<?> misplaced = SettingsTable.find(guarded ? inGuard.group(2) : key);
            checkKey(origin, misplaced, key, prefix, valid, problem);
        }
    }

    static String declaredOnly(Collection<String> guards) {
        return "playtcha.guards declares " + (guards.isEmpty() ? "none" : "only " + String.join(", ", guards));
    }

    static void checkKey(
            String origin,
            @Nullable Setting<?> misplaced,
            String key,
            String prefix,
            List<String> valid,
            BiConsumer<ProblemCode, String> problem) {
        if (misplaced == null) {
            problem.accept(
                    ProblemCode.UNKNOWN_KEY,
                    origin + " is unknown; the nearest valid name is " + prefix + nearest(key, valid) + ".");
        } else {
            problem.accept(ProblemCode.MISPLACED_KEY, origin + " has no effect there; " + instead(misplaced) + ".");
        }
    }

    private static String instead(Setting<?> setting) {
        if (setting == GuardKeys.GUARD) {
            return "a filter in web.xml selects its guard with its init-param guard";
        }
        if (setting == GuardKeys.URL_PATTERNS || setting == GuardKeys.DISPATCHERS) {
            return "a filter in web.xml has url-pattern and dispatcher elements in its filter-mapping instead";
        }
        if (setting.scopes.contains(Scope.GUARD)) {
            return "it is a setting of a guard";
        }
        return "an application has one " + setting.key + " for all guards and filters: " + setting.howToSet();
    }

    /** Returns the valid name with the fewest edits; the first of several. */
    static String nearest(String written, List<String> valid) {
        String key = written.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        String bare = key.startsWith(Sources.PREFIX) ? key.substring(Sources.PREFIX.length()) : key;
        String best = valid.get(0);
        for (String name : valid) {
            if (edits(bare, name) < edits(bare, best)) {
                best = name;
            }
        }
        return best;
    }

    /** Returns the Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
