package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the names that the sources of settings have: each has to be that of a setting, where it may be set. */
final class NameChecks {
    private static final String VARIABLES = "PLAYTCHA_";
    /** In the spelling of Spring too, in which PLAYTCHA_GUARDS_LOGIN_URLPATTERNS_0 is the first pattern. */
    private static final Pattern PATTERNS = Pattern.compile(".*_URL_?PATTERNS(_[0-9]+_?)?");

    private static final Pattern ITEM = Pattern.compile("(.*_)([1-9][0-9]{0,8})");
    private static final Pattern OTHER_PATTERNS = Pattern.compile(".*urlpatterns");
    private static final Pattern IN_GUARD = Pattern.compile("guards\\.([^.]*)\\..*", Pattern.DOTALL);
    /** A list of guards in a framework's file, whose items have settings and no names. */
    private static final Pattern IN_LIST = Pattern.compile("guards\\[[0-9]+]\\.(.*)", Pattern.DOTALL);

    private final SettingsLoader given;
    private final Sources sources;
    /** The guards that are declared. */
    private final Collection<String> guards;
    /** The keys that are valid for them and for the application. */
    private final List<String> valid;

    NameChecks(SettingsLoader given, Sources sources, Collection<String> guards) {
        this.given = given;
        this.sources = sources;
        this.guards = guards;
        this.valid = new ArrayList<>(Setting.keysAt(Scope.APPLICATION));
        for (String guard : guards) {
            Setting.keysAt(Scope.GUARD).forEach(key -> valid.add("guards." + guard + "." + key));
        }
    }

    /**
     * Reports names that no setting has and names in the wrong place: as warnings where they may be meant for other
     * programs, which is in system properties and the environment.
     */
    void check(ProblemReport report) {
        Set<String> variables = Sources.startingWith(VARIABLES, given.environment.keySet());
        if (sources.microProfile != null) {
            // Those of a .env file.
            variables.addAll(Sources.startingWith(VARIABLES, sources.microProfile.names()));
        }
        for (String name : fileNames(variables)) {
            List<ConfigValue> found = sources.find(name);
            String origin = found.isEmpty() ? "property " + name : found.get(0).origin();
            String prefix = given.fromMap && given.contextParams.containsKey(name) ? "" : Sources.PREFIX;
            check(origin, name.substring(Sources.PREFIX.length()), key -> prefix + key, report);
        }
        if (given.framework != null) {
            Set<String> unread = given.framework.unreadVariables();
            for (String key : valid) {
                String variable = Sources.environmentName(Sources.PREFIX + key);
                // A placeholder may refer to it.
                if (unread.contains(variable)
                        && sources.find(Sources.PREFIX + key).isEmpty()) {
                    report.warning("PLAYTCHA-0031: property " + variable + " of a file has no effect, because names in"
                            + " this form are read from the environment only; write " + Sources.PREFIX + key
                            + " there.");
                }
            }
            unread.stream()
                    .filter(name -> PATTERNS.matcher(name).matches() && !isVariable(name))
                    .forEach(name ->
                            report.warning("PLAYTCHA-0031: property " + name + " of a file has no effect, because"
                                    + " names in this form are read from the environment only; write " + Sources.PREFIX
                                    + "guards.<name>." + Setting.URL_PATTERNS + " there."));
        }
        ProblemReport unknown = new ProblemReport(report);
        for (String name : withoutRelaxed(Sources.ours(given.systemProperties.stringPropertyNames()))) {
            check(
                    "system property " + name,
                    name.substring(Sources.PREFIX.length()),
                    key -> Sources.PREFIX + key,
                    unknown);
        }
        for (String variable : variables) {
            // An application without named guards may share the environment with one that has them.
            // Patterns may be meant to declare a guard, and what they match would be open.
            boolean isForeign = guards.isEmpty()
                    && IN_GUARD.matcher(key(variable)).matches()
                    && !PATTERNS.matcher(variable).matches();
            if (!isForeign && !isVariable(variable)) {
                String origin = "environment variable " + variable;
                check(origin, key(variable), key -> Sources.environmentName(Sources.PREFIX + key), unknown);
            }
        }
        unknown.problems().forEach(problem -> report.warning(problem.replaceFirst("PLAYTCHA-[0-9]+", "PLAYTCHA-0031")));
        warnOfOtherPrefixes(report);
    }

    /** The paths that such a property names would be open, and other guards may be there, so that nothing else is said. */
    private void warnOfOtherPrefixes(ProblemReport report) {
        Set<String> names = new TreeSet<>(given.contextParams.keySet());
        names.addAll(given.systemProperties.stringPropertyNames());
        if (sources.microProfile != null) {
            sources.microProfile.names().forEach(names::add);
            // It lists variables too, also those of a .env file.
            names.removeIf(name -> name.startsWith(VARIABLES) || given.environment.containsKey(name));
        }
        if (given.framework != null) {
            given.framework.names().forEach(names::add);
            // These have a warning of their own.
            Set<String> unread = given.framework.unreadVariables().stream()
                    .map(NameChecks::relaxed)
                    .collect(Collectors.toSet());
            names.removeIf(name -> unread.contains(relaxed(name)));
        }
        names.removeIf(name -> !isOfAnotherPrefix(name));
        for (String name : names) {
            sources.find(name).stream()
                    .findFirst()
                    .filter(found -> found.text() == null || !found.text().isBlank() && !isInEffect(name, found.text()))
                    .ifPresent(found -> report.warning("PLAYTCHA-0031: " + found.origin()
                            + " is not read by this library, because the names of settings begin with \""
                            + Sources.PREFIX + "\"; if it is meant as one, write " + Sources.PREFIX
                            + Setting.URL_PATTERNS + ", or " + Sources.PREFIX
                            + "guards.<name>." + Setting.URL_PATTERNS + " for a named guard."));
        }
    }

    /** Whether a name is a misspelt prefix with patterns behind it, such as that of a block in YAML which stands too deep. */
    private static boolean isOfAnotherPrefix(String name) {
        if (name.startsWith(Sources.PREFIX)) {
            return false;
        }
        String relaxed = relaxed(name);
        return relaxed.equals("playtcha")
                || OTHER_PATTERNS.matcher(relaxed).matches()
                        && (relaxed.contains("playtcha")
                                || Stream.of(relaxed.split("\\."))
                                        .anyMatch(part -> KeyCheck.edits(part, "playtcha") <= 2));
    }

    /** Whether guards have the patterns, such as where the value of a key is an expression that refers to the name. */
    private boolean isInEffect(String name, String text) {
        List<String> inEffect = valid.stream()
                .filter(key -> OTHER_PATTERNS.matcher(relaxed(key)).matches())
                .flatMap(key -> sources.find(Sources.PREFIX + key).stream().limit(1))
                .map(value -> String.valueOf(value.text()))
                .toList();
        return inEffect.stream().anyMatch(value -> value.contains(Sources.OPEN + name))
                || inEffect.stream()
                        .flatMap(value -> Parsers.items(value).stream())
                        .toList()
                        .containsAll(Parsers.items(text));
    }

    private void check(String origin, String key, UnaryOperator<String> written, ProblemReport report) {
        Matcher inGuard = IN_GUARD.matcher(key);
        Matcher inList = IN_LIST.matcher(key);
        if (inList.matches()) {
            report.problem(
                    "PLAYTCHA-0004: " + origin + " has no effect, because it is in a list, and guards have names;"
                            + " write " + written.apply("guards.<name>." + inList.group(1)) + ".");
        } else if (inGuard.matches() && !guards.contains(inGuard.group(1))) {
            String guard = inGuard.group(1);
            report.problem("PLAYTCHA-0004: " + origin + " has no effect, because guard \"" + guard
                    + "\" is not declared; " + declaredOnly(guards)
                    + (guards.isEmpty() ? ": set " + written.apply("guards") + " to " + guard : "") + ".");
        } else {
            KeyCheck.check(origin, key, written, valid, report);
        }
    }

    /** Returns the names in web.xml and in configuration files, except names that a framework reads in another spelling. */
    private Set<String> fileNames(Set<String> variables) {
        Set<String> names = Sources.ours(given.contextParams.keySet());
        if (given.framework != null) {
            names.addAll(withoutRelaxed(Sources.ours(given.framework.names())));
        }
        if (sources.microProfile != null) {
            // It lists system properties, and playtcha.fail.closed for PLAYTCHA_FAIL_CLOSED.
            Sources.ours(sources.microProfile.names()).stream()
                    .filter(name -> given.systemProperties.getProperty(name) == null
                            && !given.environment.containsKey(name)
                            && !variables.contains(Sources.environmentName(name)))
                    .forEach(names::add);
        }
        return names;
    }

    /** Returns the names without those of valid keys that a framework reads, as Spring reads failClosed and url-patterns[0]. */
    private Set<String> withoutRelaxed(Set<String> names) {
        if (given.framework != null) {
            Set<String> relaxed = valid.stream().map(NameChecks::relaxed).collect(Collectors.toSet());
            names.removeIf(name -> relaxed.contains(relaxed(name.substring(Sources.PREFIX.length()))));
        }
        return names;
    }

    private static String relaxed(String key) {
        return key.replaceFirst("\\[[0-9]+]$", "").replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** Whether a variable is that of a valid key; a framework may read PLAYTCHA_FAILCLOSED and PLAYTCHA_GUARDS_0 too. */
    private boolean isVariable(String variable) {
        if (isBehindGap(variable)) {
            return false;
        }
        String relaxed = variable.replaceFirst("_[0-9]+$", "").replace("_", "");
        return valid.stream()
                .map(key -> Sources.environmentName(Sources.PREFIX + key))
                .anyMatch(name -> name.equals(variable)
                        || (given.framework != null && name.replace("_", "").equals(relaxed)));
    }

    /** Whether a variable is an item of a list that lacks the one before, as PLAYTCHA_URL_PATTERNS_1 alone, which Spring skips. */
    private boolean isBehindGap(String variable) {
        Matcher item = ITEM.matcher(variable);
        return item.matches() && !given.environment.containsKey(item.group(1) + (Integer.parseInt(item.group(2)) - 1));
    }

    /** Returns the key that a variable would have, such as {@code guards.login.fail-closed}. */
    private static String key(String variable) {
        String name = variable.substring(VARIABLES.length()).toLowerCase(Locale.ROOT);
        return name.replaceFirst("^guards_([a-z0-9]+)_", "guards.$1.").replace('_', '-');
    }

    static String declaredOnly(Collection<String> guards) {
        return "playtcha.guards declares " + (guards.isEmpty() ? "none" : "only " + String.join(", ", guards));
    }
}
