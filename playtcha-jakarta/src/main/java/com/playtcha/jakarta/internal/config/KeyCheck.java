package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.Setting.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds keys that no setting has, or that stand where they have no effect, and names the nearest valid one. */
final class KeyCheck {
    private static final String GUARDS = "guards.";

    private final Collection<String> guards;

    /**
     * For one application.
     *
     * @param guards the declared names
     */
    KeyCheck(Collection<String> guards) {
        this.guards = guards;
    }

    /** What is wrong with a key. */
    record Finding(ProblemCode code, Sentence sentence) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Finding that && code == that.code && sentence.equals(that.sentence);
        }

        @Override
        public int hashCode() {
            return sentence.hashCode();
        }
    }

    /** The keys of a guard's settings given in code. */
    static void values(Collection<String> keys, Report report) {
        List<String> valid = keysOf(
                Settings.OF_A_GUARD.stream().filter(setting -> setting.places().contains(Place.GUARD)));
        values(keys, valid, "a guard", report);
    }

    /** The keys of late results' settings given in code. */
    static void lateValues(Collection<String> keys, Report report) {
        values(
                keys,
                keysOf(Stream.concat(LateKeys.ALL.stream(), Stream.of(Settings.ALLOW_HTTP))),
                "late results",
                report);
    }

    private static void values(Collection<String> keys, List<String> valid, String owner, Report report) {
        for (String key : keys) {
            Setting<?> setting = setting(key);
            if (setting != null && LateKeys.contains(setting) && !valid.contains(key)) {
                report.problem(
                        ProblemCode.MISPLACED_KEY,
                        mask -> key + " is no setting of " + owner + ": the whole application has one.");
            } else if (!valid.contains(key)) {
                report.problem(
                        ProblemCode.UNKNOWN_KEY,
                        mask -> mask.quoted(key) + " is no setting of " + owner + "; the nearest valid name is "
                                + nearest(key, valid) + ".");
            }
        }
    }

    /** The init-params of a declared filter. */
    static void initParams(String filter, Collection<String> keys, Report report) {
        for (String key : keys) {
            Setting<?> setting = setting(key);
            Origin origin = Origin.initParam(filter, key);
            if (setting == null) {
                report.problem(
                        ProblemCode.UNKNOWN_KEY,
                        mask -> cut(origin, mask) + " is unknown; the nearest valid name is "
                                + nearest(key, keysAt(Place.INIT_PARAM)) + ".");
            } else if (!setting.places().contains(Place.INIT_PARAM)) {
                report.problem(ProblemCode.MISPLACED_KEY, misplaced(setting, origin));
            }
        }
    }

    /** A {@code playtcha.*} name; null where it is in order. */
    @Nullable
    Finding property(String name, Origin origin) {
        String key = name.substring(Sources.PREFIX.length());
        Setting<?> setting = setting(key);
        if (setting != null) {
            return setting.places().contains(Place.GLOBAL)
                    ? null
                    : new Finding(ProblemCode.MISPLACED_KEY, misplaced(setting, origin));
        }
        int dot = key.indexOf('.', GUARDS.length());
        if (!key.startsWith(GUARDS) || dot < 0) {
            return unknown(key, origin);
        }
        String guard = key.substring(GUARDS.length(), dot);
        Setting<?> inGuard = setting(key.substring(dot + 1));
        if (guard.equals(GuardSettings.DEFAULT_NAME)) {
            String without = inGuard == null ? "<key>" : inGuard.key();
            return new Finding(
                    ProblemCode.UNDECLARED_GUARD,
                    mask -> cut(origin, mask)
                            + " has no effect; the settings of guard default are written without its name, as "
                            + Sources.PREFIX + without + ".");
        }
        if (!guards.contains(guard)) {
            return new Finding(
                    ProblemCode.UNDECLARED_GUARD,
                    mask -> cut(origin, mask) + " has no effect, because " + Sources.PREFIX + "guards does not declare "
                            + mask.quoted(guard) + "; "
                            + (guards.isEmpty()
                                    ? "it declares none."
                                    : "it declares " + mask.plain(String.join(", ", guards)) + "."));
        }
        if (inGuard == null) {
            return unknown(key, origin);
        }
        return inGuard.places().contains(Place.GUARD)
                ? null
                : new Finding(ProblemCode.MISPLACED_KEY, misplaced(inGuard, origin));
    }

    /** Checks the keys of all sources; undeclared guards only where it is known which are declared. */
    void sources(Sources sources, boolean guardsReadable, Report report) {
        for (String name : sources.contextParamNames()) {
            report(property(name, Origin.contextParam(name)), guardsReadable, report);
        }
        for (String name : sources.microProfileNames()) {
            report(property(name, sources.microProfileOrigin(name)), guardsReadable, report);
        }
        List<Sentence> unknown = new ArrayList<>();
        for (String name : sources.systemPropertyNames()) {
            Finding finding = property(name, Origin.systemProperty(name));
            if (finding != null && counts(finding, guardsReadable)) {
                unknown.add(finding.sentence());
            }
        }
        if (!unknown.isEmpty()) {
            report.warning(
                    ProblemCode.UNKNOWN_SYSTEM_PROPERTY,
                    mask -> unknown.stream()
                            .map(sentence -> sentence.with(mask))
                            .collect(Collectors.joining(" ", "system properties that set nothing: ", "")));
        }
    }

    private static void report(@Nullable Finding finding, boolean guardsReadable, Report report) {
        if (finding != null && counts(finding, guardsReadable)) {
            report.problem(finding.code(), finding.sentence());
        }
    }

    private static boolean counts(Finding finding, boolean guardsReadable) {
        return guardsReadable || finding.code() != ProblemCode.UNDECLARED_GUARD;
    }

    private Finding unknown(String key, Origin origin) {
        List<String> valid = new ArrayList<>(keysAt(Place.GLOBAL));
        for (String guard : guards) {
            keysAt(Place.GUARD).forEach(known -> valid.add(GUARDS + guard + "." + known));
        }
        return new Finding(
                ProblemCode.UNKNOWN_KEY,
                mask -> cut(origin, mask) + " is unknown; the nearest valid name is " + Sources.PREFIX
                        + mask.plain(nearest(key, valid)) + ".");
    }

    private static Sentence misplaced(Setting<?> setting, Origin origin) {
        return mask -> cut(origin, mask) + " has no effect there; " + instead(setting);
    }

    private static String instead(Setting<?> setting) {
        return switch (setting.key()) {
            case "url-patterns" ->
                "the patterns of a filter in web.xml are the url-pattern elements of its"
                        + " filter-mapping, and context-param playtcha.url-patterns registers a filter without web.xml.";
            case "dispatchers" ->
                "the dispatcher types of a filter in web.xml are the dispatcher elements of its" + " filter-mapping.";
            case "guards" -> "guards are declared once, as context-param or property playtcha.guards.";
            default ->
                "a filter in web.xml picks its guard by its init-param guard, and patterns for a guard are"
                        + " playtcha.guards.<name>.url-patterns.";
        };
    }

    private static @Nullable Setting<?> setting(String key) {
        return ByKey.SETTINGS.get(key);
    }

    private static List<String> keysAt(Place place) {
        return keysOf(ByKey.SETTINGS.values().stream()
                .filter(setting -> setting.places().contains(place)));
    }

    private static List<String> keysOf(Stream<? extends Setting<?>> settings) {
        return settings.<String>map(Setting::key).toList();
    }

    private static String cut(Origin origin, Mask mask) {
        String text = origin.text(mask);
        return text.length() > 400 ? text.substring(0, 400) + "…" : text;
    }

    /** The valid name with the fewest edits; the first of several. */
    static String nearest(String written, List<String> valid) {
        String key = written.length() > 100 ? written.substring(0, 100) : written;
        String plain = key.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        String bare = plain.startsWith(Sources.PREFIX) ? plain.substring(Sources.PREFIX.length()) : plain;
        String best = valid.get(0);
        int least = Integer.MAX_VALUE;
        for (String name : valid) {
            int edits = edits(bare, name);
            if (edits < least) {
                least = edits;
                best = name;
            }
        }
        return best;
    }

    /** Levenshtein's distance, where two neighbours that changed places count as one edit. */
    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    /** Apart, so that the table is read when it is first needed. */
    private static final class ByKey {
        static final Map<String, Setting<?>> SETTINGS = new LinkedHashMap<>();

        static {
            Settings.ALL.forEach(setting -> SETTINGS.put(setting.key(), setting));
        }
    }
}
