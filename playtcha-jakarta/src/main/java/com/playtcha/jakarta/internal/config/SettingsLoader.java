package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.GuardSettings.DEFAULT_NAME;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ExternalConfig.Kind;
import com.playtcha.jakarta.internal.config.Setting.Scope;
import com.playtcha.jakarta.internal.util.Sha256;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and checks all settings of one application, every guard's at once (contract, section 4). Not thread-safe. */
public final class SettingsLoader {
    private static final int MAX_SOURCE = 200;

    Map<String, String> contextParams = Map.of();
    private final Map<String, Map<String, String>> filters = new LinkedHashMap<>();
    private final Map<String, Collection<String>> mappings = new LinkedHashMap<>();
    private @Nullable String formLoginServer;
    private Set<String> takenFilterNames = Set.of();
    private Collection<UsageSite> uses = List.of();
    boolean fromMap;

    @Nullable
    ExternalConfig framework;

    ClassLoader classLoader = SettingsLoader.class.getClassLoader();
    Properties systemProperties = System.getProperties();
    Map<String, String> environment = System.getenv();

    /**
     * A place in the application's code that makes settings required.
     *
     * @param guard the guard that it uses; null if it uses late results
     * @param where such as {@code field com.example.SignUp.verifier}
     */
    public record UsageSite(@Nullable String guard, String where) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof UsageSite that && Objects.equals(guard, that.guard) && where.equals(that.where);
        }

        @Override
        public int hashCode() {
            return Objects.hash(guard, where);
        }
    }

    /** Sets the application's context-params, those of others too, because expressions may name them. */
    public SettingsLoader contextParams(Map<String, String> params) {
        this.contextParams = params;
        return this;
    }

    /** Sets the settings that code passes, without prefix, in the place of context-params. One guard is required. */
    public SettingsLoader map(Map<String, String> settings) {
        Map<String, String> params = new LinkedHashMap<>();
        settings.forEach((key, value) -> params.put(Sources.PREFIX + key, value));
        this.contextParams = params;
        this.fromMap = true;
        return this;
    }

    /** Sets the configuration of a framework, which is searched before MicroProfile Config and system properties. */
    public SettingsLoader framework(@Nullable ExternalConfig config) {
        this.framework = config;
        return this;
    }

    /** Adds a declared {@code PlaytchaFilter} with its init-params. */
    public SettingsLoader filter(String filterName, Map<String, String> initParams) {
        filters.put(filterName, initParams);
        return this;
    }

    /** Sets the URL patterns that a declared filter is mapped to. */
    public SettingsLoader mappings(String filterName, Collection<String> urlPatterns) {
        mappings.put(filterName, urlPatterns);
        return this;
    }

    /** Sets the name of a server that answers the form login before it runs filters; null where filters come first. */
    public SettingsLoader formLoginServer(@Nullable String name) {
        this.formLoginServer = name;
        return this;
    }

    /** Whether a pattern of a filter is for the form login. */
    public static boolean isFormLogin(String pattern) {
        return pattern.endsWith("/j_security_check");
    }

    /** Sets the names of the application's other filters, which a filter that registers itself cannot have. */
    public SettingsLoader takenFilterNames(Set<String> names) {
        this.takenFilterNames = names;
        return this;
    }

    /** Sets the places in the application's code that make settings required. */
    public SettingsLoader uses(Collection<UsageSite> places) {
        this.uses = places;
        return this;
    }

    /** Sets the loader by which MicroProfile Config is looked up; the library's own by default. */
    public SettingsLoader classLoader(ClassLoader loader) {
        this.classLoader = loader;
        return this;
    }

    /** Replaces the platform's system properties and environment. */
    public SettingsLoader platform(Properties properties, Map<String, String> variables) {
        this.systemProperties = properties;
        this.environment = variables;
        return this;
    }

    /**
     * Reads and checks the settings.
     *
     * @throws PlaytchaConfigurationException with every problem of every guard
     */
    public LoadedSettings load() {
        LoadedSettings loaded = inspect();
        if (!loaded.problems().isEmpty()) {
            throw new PlaytchaConfigurationException(loaded.problems());
        }
        return loaded;
    }

    /** Reads and checks the settings, which must not be used if they have problems. */
    public LoadedSettings inspect() {
        return new Loading().load();
    }

    /** One run. */
    private final class Loading {
        private final ProblemReport all = new ProblemReport(framework);
        private final ProblemReport application = new ProblemReport(all);
        private final Sources sources = new Sources(SettingsLoader.this, application);
        private final SettingsReader reader = sources.reader(DEFAULT_NAME, application);
        /** The settings that are required, by their owners as problems name them. */
        private final Map<String, GuardSettings> used = new LinkedHashMap<>();
        /** What the explanation shows, by headings. */
        private final Map<String, List<String>> sections = new LinkedHashMap<>();

        private Set<String> declared = Set.of();

        LoadedSettings load() {
            ConfigValue names = reader.peek(Setting.GUARDS);
            // Names of an invalid list count as declared, so that there is one problem only.
            declared = names == null || names.text() == null ? Set.of() : Set.copyOf(Parsers.items(names.text()));
            // Every reader is there before the first reads, so that no problem shows a secret of another.
            Map<String, SettingsReader> ofGuards = new LinkedHashMap<>();
            declared.forEach(name -> ofGuards.put(name, sources.reader(name, new ProblemReport(all))));
            Map<String, SettingsReader> ofFilters = new LinkedHashMap<>();
            filters.forEach((name, params) -> ofFilters.put(name, filterReader(name, params)));

            reader.read(Setting.OF_APPLICATION);
            sections.put("application", reader.rows());
            Map<String, GuardSettings> filterSettings = new LinkedHashMap<>();
            ofFilters.forEach((name, values) -> filterSettings.put(name, filter(name, values)));
            Map<String, GuardSettings> guards = new LinkedHashMap<>();
            GuardSettings defaults = defaultGuard(guards);
            for (String name : reader.get(Setting.GUARDS)) {
                guards.put(name, read(name, name, owner(name), Objects.requireNonNull(ofGuards.get(name)), true));
            }
            Map<String, GuardSettings> registrations = registrations(guards);
            mappings.forEach(this::checkFormLogin);
            registrations.forEach((filter, guard) -> checkFormLogin(filter, guard.get(Setting.URL_PATTERNS)));
            for (UsageSite use : uses) {
                isDeclared(use.guard(), "guard '" + use.guard() + "', which " + use.where() + " names,", application);
            }
            new NameChecks(SettingsLoader.this, sources, declared).check(application);
            LateSettings late = late(defaults);
            if (!late.isOn() && defaults.get(Setting.LATE_VERDICTS) && !used.containsKey(owner(DEFAULT_NAME))) {
                // Left out, so that the missing store is reported if code asks for this guard.
                guards.remove(DEFAULT_NAME);
            }
            return new LoadedSettings(
                    filterSettings,
                    registrations,
                    guards,
                    late,
                    defaults.get(Setting.PROXY),
                    reader.values(Setting.OF_APPLICATION),
                    !(uses.isEmpty() && filters.isEmpty() && registrations.isEmpty() && declared.isEmpty())
                            || late.get(Setting.CALLBACK_PATH).isPresent()
                            || late.get(Setting.POLL_URL).isPresent(),
                    all.problems(),
                    all.warnings(),
                    explanation());
        }

        private SettingsReader filterReader(String filter, Map<String, String> params) {
            return new SettingsReader(sources::expand, new ProblemReport(all)).add(Scope.INIT_PARAM, key -> {
                String text = params.get(key);
                String origin = "init-param " + key + " of filter '" + filter + "'";
                return text == null ? List.of() : List.of(new ConfigValue(text, origin, Kind.WEB_XML));
            });
        }

        private GuardSettings filter(String filter, SettingsReader values) {
            Map<String, String> params = filters.getOrDefault(filter, Map.of());
            for (String key : params.keySet()) {
                String origin = "init-param " + key + " of filter '" + filter + "'";
                KeyCheck.check(origin, key, valid -> valid, Setting.keysAt(Scope.INIT_PARAM), values.report);
            }
            values.read(List.of(Setting.GUARD));
            String named = values.get(Setting.GUARD);
            String what = "guard = \"" + named + "\"" + values.originOf(Setting.GUARD);
            String guard = isDeclared(named, what, values.report) ? named : DEFAULT_NAME;
            sources.addTo(values, guard);
            boolean own = Setting.OF_GUARDS.stream()
                    .anyMatch(setting -> !params.getOrDefault(setting.key, "").isBlank());
            String source = own ? guard + "/" + filter : guard;
            // A longer one does not fit into its column of the store.
            String name = source.length() <= MAX_SOURCE ? source : Sha256.hex(source);
            return read(guard, name, "filter '" + filter + "'", values, true);
        }

        private boolean isDeclared(@Nullable String guard, String what, ProblemReport report) {
            boolean valid = guard == null || guard.equals(DEFAULT_NAME) || declared.contains(guard);
            if (!valid) {
                report.problem("PLAYTCHA-0004: " + what + " is not declared: " + NameChecks.declaredOnly(declared)
                        + "; add it there, or name one of these.");
            }
            return valid;
        }

        /** Adds the default guard if something uses it, or if it is complete, so that code can ask for it. */
        private GuardSettings defaultGuard(Map<String, GuardSettings> guards) {
            boolean isUsed = (fromMap && declared.isEmpty())
                    || reader.peek(Setting.URL_PATTERNS) != null
                    || uses.stream().anyMatch(use -> DEFAULT_NAME.equals(use.guard()));
            SettingsReader values = sources.reader(DEFAULT_NAME, new ProblemReport(all));
            String owner = isUsed ? owner(DEFAULT_NAME) : "guard 'default' (no filter or url-patterns uses it)";
            GuardSettings settings = read(DEFAULT_NAME, DEFAULT_NAME, owner, values, isUsed);
            if (isUsed || (settings.isComplete() && !values.report.hasProblems())) {
                guards.put(DEFAULT_NAME, settings);
            }
            return settings;
        }

        private String owner(String guard) {
            return uses.stream()
                    .filter(use -> guard.equals(use.guard()))
                    .findFirst()
                    .map(use -> "guard '" + guard + "' (used by " + use.where() + ")")
                    .orElse("guard '" + guard + "'");
        }

        private GuardSettings read(String guard, String source, String owner, SettingsReader values, boolean required) {
            String plain = owner.startsWith("guard ") ? "guard '" + guard + "'" : owner;
            GuardSettings settings = GuardSettings.read(guard, source, plain, owner, values, required);
            if (required) {
                used.put(owner, settings);
            }
            all.addAll(values.report, required && settings.isEnabled());
            sections.put(owner, values.rows());
            return settings;
        }

        private Map<String, GuardSettings> registrations(Map<String, GuardSettings> guards) {
            Map<String, GuardSettings> registrations = new LinkedHashMap<>();
            guards.forEach((name, guard) -> {
                String filterName = GuardSettings.filterName(name);
                if (guard.get(Setting.URL_PATTERNS).isEmpty()) {
                    return;
                }
                if (takenFilterNames.contains(filterName) || filters.containsKey(filterName)) {
                    application.problem("PLAYTCHA-0006: " + Setting.URL_PATTERNS.nameFor(name)
                            + " registers a filter named '" + filterName
                            + "', but the application declares a filter of that name; rename that filter, or"
                            + " give it a filter-mapping and remove url-patterns.");
                }
                registrations.put(filterName, guard);
            });
            return registrations;
        }

        /** A guard in front of the form login would never run, and bots would log in as they like. */
        private void checkFormLogin(String filter, Collection<String> patterns) {
            for (String pattern : patterns) {
                if (formLoginServer != null && isFormLogin(pattern)) {
                    application.problem("PLAYTCHA-0055: filter '" + filter + "' is mapped to " + pattern + ", but "
                            + formLoginServer + " answers the form login before it runs filters, so log-ins would not"
                            + " be guarded; remove the pattern, and guard a log-in page of your own that calls"
                            + " request.login, or a bean that Jakarta Security's custom form calls (\"Guard a log-in\""
                            + " in docs/cdi-rest.md).");
                }
            }
        }

        /** Reads the settings of late results and completes the report. */
        private LateSettings late(GuardSettings defaults) {
            SettingsReader values = sources.reader(DEFAULT_NAME, new ProblemReport(all));
            List<String> owners = used.entrySet().stream()
                    .filter(each ->
                            each.getValue().isEnabled() && each.getValue().get(Setting.LATE_VERDICTS))
                    .map(Map.Entry::getKey)
                    .toList();
            List<String> places = uses.stream()
                    .filter(use -> use.guard() == null)
                    .map(UsageSite::where)
                    .toList();
            LateSettings late = LateSettings.read(values, defaults.get(Setting.ALLOW_HTTP), owners, places);
            sections.put("late results" + (late.isOn() ? "" : " (off)"), values.rows());
            boolean guardEnabled = used.values().stream().anyMatch(GuardSettings::isEnabled);
            if (late.isOn() || guardEnabled) {
                LibraryChecks.run(application);
            }
            boolean enabled = defaults.isEnabled() || guardEnabled;
            all.addAll(application, enabled);
            all.addAll(values.report, enabled && (late.isOn() || !used.isEmpty() || !places.isEmpty()));
            return values.report.hasProblems() ? LateSettings.OFF : late;
        }

        private String explanation() {
            sections.put("Warnings: " + all.warnings().size(), all.warnings());
            sections.put("Problems: " + all.problems().size(), all.problems());
            StringJoiner text = new StringJoiner("\n");
            sections.forEach((heading, rows) -> text.add(
                    heading + "\n" + rows.stream().map(row -> "  " + row + "\n").collect(Collectors.joining())));
            return text.toString();
        }
    }
}
