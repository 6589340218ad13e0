package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.util.Sha256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads and checks all settings of one application, every guard's at once (contract, section 4). Not thread-safe. */
public final class SettingsLoader {
    private static final String FILTER_NAME = "playtcha";
    private static final int LONGEST_SOURCE = 200;

    private Map<String, String> contextParams = Map.of();
    private final Map<String, Map<String, String>> filters = new LinkedHashMap<>();
    private Set<String> takenFilterNames = Set.of();
    private Collection<CodeUse> uses = List.of();
    private boolean fromMap;
    private @Nullable ExternalConfig framework;
    private ClassLoader classLoader = defaultClassLoader();
    private Properties systemProperties = System.getProperties();
    private UnaryOperator<@Nullable String> environment = System::getenv;

    private static ClassLoader defaultClassLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? ClassLoader.getSystemClassLoader() : context;
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

    /** Sets the names of the application's other filters, which a filter that registers itself cannot have. */
    public SettingsLoader takenFilterNames(Set<String> names) {
        this.takenFilterNames = names;
        return this;
    }

    /** Sets the places in the application's code that make settings required. */
    public SettingsLoader uses(Collection<CodeUse> places) {
        this.uses = places;
        return this;
    }

    /** Sets the loader by which MicroProfile Config is looked up; the context class loader by default. */
    public SettingsLoader classLoader(ClassLoader loader) {
        this.classLoader = loader;
        return this;
    }

    /** Replaces the platform's system properties. */
    public SettingsLoader systemProperties(Properties properties) {
        this.systemProperties = properties;
        return this;
    }

    /** Replaces the platform's environment by a function that returns null for a variable that is not set. */
    public SettingsLoader environment(UnaryOperator<@Nullable String> variables) {
        this.environment = variables;
        return this;
    }

    /**
     * Reads and checks the settings.
     *
     * @throws PlaytchaConfigurationException with every problem of every guard
     */
    public LoadedSettings load() {
        return new Loading().load();
    }

    /** Reads and checks the settings as {@link #load} does, and explains them whether or not they have problems. */
    public SettingsExplanation explain() {
        Loading loading = new Loading();
        try {
            return loading.load().explanation();
        } catch (PlaytchaConfigurationException e) {
            return loading.explanation.build(loading.all);
        }
    }

    /** Returns whether {@code health} is on, for CDI, which creates beans before a servlet context may be known. */
    public boolean isHealthOn() {
        ProblemReport report = new ProblemReport(new Redaction());
        Sources sources =
                Sources.open(contextParams, fromMap, framework, classLoader, systemProperties, environment, report);
        return Boolean.TRUE.equals(
                new SettingsReader(Lookup.application(sources), report).read(ApplicationKeys.HEALTH));
    }

    /** The settings of a guard or filter with what was found wrong about them. */
    private record Unit(GuardSettings settings, String owner, ProblemReport report) {}

    /** One run. */
    private final class Loading {
        private final Redaction redaction = new Redaction();
        private final ProblemReport application = new ProblemReport(redaction);
        private final Sources sources = Sources.open(
                contextParams, fromMap, framework, classLoader, systemProperties, environment, application);
        private final Lookup lookup = Lookup.application(sources);
        private final List<Unit> units = new ArrayList<>();
        private final ProblemReport all = new ProblemReport(redaction);
        private final SettingsExplanation.Builder explanation = new SettingsExplanation.Builder();
        private Set<String> declared = Set.of();

        LoadedSettings load() {
            List<String> guardNames = guardNames();
            Map<String, GuardSettings> filterSettings = new LinkedHashMap<>();
            filters.forEach((name, params) -> filterSettings.put(name, filter(name, params)));
            Map<String, GuardSettings> guards = new LinkedHashMap<>();
            GuardSettings defaults = defaultGuard(guards);
            guardNames.forEach(name -> guards.put(name, guard(name)));
            Map<String, GuardSettings> registrations = registrations(guards);
            checkUses();
            new KeyValidator(declared, application).checkSources(sources);

            SettingsReader reader = new SettingsReader(lookup, application);
            boolean metrics = Boolean.TRUE.equals(reader.read(ApplicationKeys.METRICS));
            boolean health = Boolean.TRUE.equals(reader.read(ApplicationKeys.HEALTH));
            reader.explain(List.of(ApplicationKeys.METRICS, ApplicationKeys.HEALTH));

            ProblemReport lateReport = new ProblemReport(redaction);
            List<String> lateUses = uses.stream()
                    .filter(use -> use.guard() == null)
                    .map(CodeUse::where)
                    .toList();
            LateSettings late = LateSettings.read(lookup, lateVerdicts(), lateUses, lateReport);
            explanation.add("late results" + (late.isOn() ? "" : " (off)"), lateReport);
            if (late.isOn()) {
                HttpClientVersions.check(application);
            }
            boolean enabled = defaults.enabled() || units.stream().anyMatch(unit -> unit.settings.enabled());
            all.addAll(application, enabled);
            units.forEach(unit -> all.addAll(unit.report, unit.settings.enabled()));
            boolean lateUsed = late.isOn() || !units.isEmpty() || !lateUses.isEmpty();
            all.addAll(lateReport, enabled && lateUsed);
            all.throwIfProblems();
            LateSettings usable = lateReport.hasProblems() ? LateSettings.OFF : late;
            if (!usable.isOn() && defaults.lateVerdicts() && units.stream().noneMatch(this::isDefault)) {
                // Left out, so that the missing store is reported if code asks for this guard.
                guards.remove(GuardSettings.DEFAULT_NAME);
            }
            return new LoadedSettings(
                    filterSettings,
                    registrations,
                    guards,
                    usable,
                    defaults.proxy(),
                    metrics,
                    health,
                    !uses.isEmpty(),
                    all.warnings(),
                    explanation.build(all));
        }

        /** Returns the declared names. Secrets are collected before anything is reported. */
        private List<String> guardNames() {
            ConfigValue found = lookup.find(ApplicationKeys.GUARDS, new ProblemReport(redaction));
            // Names of an invalid list count as declared, so that there is one problem only.
            declared = found == null || found.text() == null || found.isOff()
                    ? Set.of()
                    : Set.copyOf(Parsers.items(found.text()));
            lookup.collectSecrets(redaction);
            declared.forEach(name -> Lookup.guard(sources, name).collectSecrets(redaction));
            filters.forEach((name, params) -> Lookup.filter(sources, name, params, GuardSettings.DEFAULT_NAME)
                    .collectSecrets(redaction));
            SettingsReader reader = new SettingsReader(lookup, application);
            List<String> names = reader.read(ApplicationKeys.GUARDS);
            reader.explain(List.of(ApplicationKeys.GUARDS));
            explanation.add("application", application);
            return names == null ? List.of() : names;
        }

        private GuardSettings filter(String filter, Map<String, String> params) {
            ProblemReport report = new ProblemReport(redaction);
            KeyValidator.checkInitParams(filter, params.keySet(), report);
            String guard = guardOf(filter, params, report);
            boolean own = GuardKeys.ALL.stream()
                    .anyMatch(setting -> !params.getOrDefault(setting.key, "").isBlank());
            return read(
                    guard,
                    own ? bounded(guard + "/" + filter) : guard,
                    "filter '" + filter + "'",
                    Lookup.filter(sources, filter, params, guard),
                    report);
        }

        /** Replaces a name that is too long for a column of the store. */
        private String bounded(String source) {
            return source.length() <= LONGEST_SOURCE ? source : Sha256.hex(source);
        }

        private String guardOf(String filter, Map<String, String> params, ProblemReport report) {
            SettingsReader reader =
                    new SettingsReader(Lookup.filter(sources, filter, params, GuardSettings.DEFAULT_NAME), report);
            String name = reader.read(GuardKeys.GUARD);
            reader.explain(List.of(GuardKeys.GUARD));
            if (name == null || name.equals(GuardSettings.DEFAULT_NAME) || declared.contains(name)) {
                return name == null ? GuardSettings.DEFAULT_NAME : name;
            }
            report.problem(
                    ProblemCode.UNDECLARED_GUARD,
                    "guard = \"" + name + "\"" + reader.from(GuardKeys.GUARD) + " is not declared: "
                            + KeyValidator.declaredOnly(declared) + "; add it there, or name one of these.");
            return GuardSettings.DEFAULT_NAME;
        }

        /** Adds the default guard if something uses it, or if it is complete, so that code can ask for it. */
        private GuardSettings defaultGuard(Map<String, GuardSettings> guards) {
            ConfigValue patterns = lookup.find(GuardKeys.URL_PATTERNS, new ProblemReport(redaction));
            boolean used = (fromMap && declared.isEmpty())
                    || (patterns != null && !patterns.isOff())
                    || uses.stream().anyMatch(use -> GuardSettings.DEFAULT_NAME.equals(use.guard()));
            if (used) {
                GuardSettings settings = guard(GuardSettings.DEFAULT_NAME);
                guards.put(GuardSettings.DEFAULT_NAME, settings);
                return settings;
            }
            ProblemReport report = new ProblemReport(redaction);
            GuardSettings settings = GuardSettings.read(
                    GuardSettings.DEFAULT_NAME, GuardSettings.DEFAULT_NAME, "guard 'default'", lookup, report, false);
            if (settings.isComplete() && !report.hasProblems()) {
                guards.put(GuardSettings.DEFAULT_NAME, settings);
            }
            application.addAll(report, false);
            explanation.add("guard 'default' (no filter or url-patterns uses it)", report);
            return settings;
        }

        private GuardSettings guard(String name) {
            String owner = uses.stream()
                    .filter(use -> name.equals(use.guard()))
                    .findFirst()
                    .map(use -> "guard '" + name + "' (used by " + use.where() + ")")
                    .orElse("guard '" + name + "'");
            return read(name, name, owner, Lookup.guard(sources, name), new ProblemReport(redaction));
        }

        private GuardSettings read(String guard, String source, String owner, Lookup values, ProblemReport report) {
            GuardSettings settings = GuardSettings.read(guard, source, owner, values, report, true);
            units.add(new Unit(settings, owner, report));
            explanation.add(owner, report);
            return settings;
        }

        private boolean isDefault(Unit unit) {
            return unit.settings.source().equals(GuardSettings.DEFAULT_NAME);
        }

        private List<String> lateVerdicts() {
            return units.stream()
                    .filter(unit -> unit.settings.enabled() && unit.settings.lateVerdicts())
                    .map(Unit::owner)
                    .toList();
        }

        private Map<String, GuardSettings> registrations(Map<String, GuardSettings> guards) {
            Set<String> taken = new HashSet<>(takenFilterNames);
            taken.addAll(filters.keySet());
            Map<String, GuardSettings> registrations = new LinkedHashMap<>();
            guards.forEach((name, guard) -> {
                boolean isDefault = name.equals(GuardSettings.DEFAULT_NAME);
                String filterName = isDefault ? FILTER_NAME : FILTER_NAME + "-" + name;
                if (guard.urlPatterns().isEmpty()) {
                    return;
                }
                if (taken.contains(filterName)) {
                    application.problem(
                            ProblemCode.FILTER_NAME_TAKEN,
                            "playtcha." + (isDefault ? "" : "guards." + name + ".")
                                    + "url-patterns registers a filter named '" + filterName
                                    + "', but the application declares a filter of that name; rename that filter, or"
                                    + " give it a filter-mapping and remove url-patterns.");
                } else {
                    registrations.put(filterName, guard);
                }
            });
            return registrations;
        }

        private void checkUses() {
            for (CodeUse use : uses) {
                String guard = use.guard();
                if (guard != null && !guard.equals(GuardSettings.DEFAULT_NAME) && !declared.contains(guard)) {
                    application.problem(
                            ProblemCode.UNDECLARED_GUARD,
                            "guard '" + guard + "', which " + use.where() + " names, is not declared: "
                                    + KeyValidator.declaredOnly(declared)
                                    + "; add it there, or name one of these.");
                }
            }
        }
    }
}
