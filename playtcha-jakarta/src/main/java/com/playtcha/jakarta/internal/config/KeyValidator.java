package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds keys that no setting has, and keys that are set where they have no effect. */
final class KeyValidator {
    private static final Pattern IN_GUARD = Pattern.compile("guards\\.([^.]*)\\.(.*)", Pattern.DOTALL);

    private final Collection<String> guards;
    private final List<String> valid = new ArrayList<>(Setting.keysAt(Scope.APPLICATION));
    private final ProblemReport report;

    /** Takes the names of the declared guards. */
    KeyValidator(Collection<String> guards, ProblemReport report) {
        this.guards = guards;
        this.report = report;
        for (String guard : guards) {
            Setting.keysAt(Scope.GUARD).forEach(key -> valid.add("guards." + guard + "." + key));
        }
    }

    static void checkInitParams(String filter, Collection<String> keys, ProblemReport report) {
        for (String key : keys) {
            String origin = "init-param " + key + " of filter '" + filter + "'";
            checkKey(origin, key, key, "", Setting.keysAt(Scope.INIT_PARAM), report::problem);
        }
    }

    /** Checks the names of all sources but the environment. */
    void checkSources(Sources sources) {
        for (String name : sources.contextParamNames()) {
            check(sources.paramOrigin(name), name, sources.paramPrefix(), report::problem);
        }
        Set<String> inFiles = sources.frameworkNames();
        inFiles.removeIf(this::isRelaxed);
        inFiles.addAll(sources.microProfileNames());
        for (String name : inFiles) {
            String origin = sources.find(name).stream()
                    .findFirst()
                    .map(ConfigValue::origin)
                    .orElse("property " + name);
            check(origin, name, Sources.PREFIX, report::problem);
        }
        List<String> unknown = new ArrayList<>();
        for (String name : sources.systemPropertyNames()) {
            check("system property " + name, name, Sources.PREFIX, (code, sentence) -> unknown.add(sentence));
        }
        if (!unknown.isEmpty()) {
            report.warning(
                    Code.UNKNOWN_SYSTEM_PROPERTY, "these system properties set nothing: " + String.join(" ", unknown));
        }
    }

    /** Returns whether a name differs from a valid one in its dashes only, as {@code failClosed} does in Spring. */
    private boolean isRelaxed(String name) {
        String plain = name.substring(Sources.PREFIX.length()).replace("-", "");
        return valid.stream().anyMatch(key -> key.replace("-", "").equals(plain));
    }

    private void check(String origin, String name, String prefix, BiConsumer<Code, String> problem) {
        String key = name.substring(Sources.PREFIX.length());
        Matcher inGuard = IN_GUARD.matcher(key);
        boolean guarded = inGuard.matches();
        if (guarded && !guards.contains(inGuard.group(1))) {
            problem.accept(
                    Code.UNDECLARED_GUARD,
                    origin + " has no effect, because guard \"" + inGuard.group(1) + "\" is not declared; "
                            + declaredOnly(guards) + ".");
        } else {
            checkKey(origin, key, guarded ? inGuard.group(2) : key, prefix, valid, problem);
        }
    }

    static String declaredOnly(Collection<String> guards) {
        return "playtcha.guards declares " + (guards.isEmpty() ? "none" : "only " + String.join(", ", guards));
    }

    /** Checks a key, whose setting may be valid elsewhere. */
    static void checkKey(
            String origin,
            String key,
            String setting,
            String prefix,
            List<String> valid,
            BiConsumer<Code, String> problem) {
        Setting<?> misplaced = Setting.find(setting);
        if (valid.contains(key)) {
            return;
        }
        if (misplaced == null) {
            problem.accept(
                    Code.UNKNOWN_KEY,
                    origin + " is unknown; the nearest valid name is " + prefix + nearest(key, valid) + ".");
        } else {
            problem.accept(Code.MISPLACED_KEY, origin + " has no effect there; " + instead(misplaced) + ".");
        }
    }

    private static String instead(Setting<?> setting) {
        if (setting == Setting.GUARD) {
            return "a filter in web.xml selects its guard with its init-param guard";
        }
        if (setting == Setting.URL_PATTERNS || setting == Setting.DISPATCHERS) {
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
        return Collections.min(valid, Comparator.comparingInt(name -> edits(bare, name)));
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
