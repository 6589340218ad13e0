package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.config.ProblemReport.Code;
import com.playtcha.jakarta.internal.util.Sha256;
import java.util.ArrayList;
import java.util.Collection;
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

    Map<String, String> contextParams = Map.of();
    private final Map<String, Map<String, String>> filters = new LinkedHashMap<>();
    private Set<String> takenFilterNames = Set.of();
    private Collection<CodeUse> uses = List.of();
    boolean fromMap;

    @Nullable
    ExternalConfig framework;

    ClassLoader classLoader = defaultClassLoader();
    Properties systemProperties = System.getProperties();
    UnaryOperator<@Nullable String> environment = System::getenv;

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
    public Explanation explain() {
        Loading loading = new Loading();
        try {
            return loading.load().explanation();
        } catch (PlaytchaConfigurationException e) {
            return loading.explanation();
        }
    }

    /** Returns whether {@code health} is on, for CDI, which creates beans before a servlet context may be known. */
    public boolean isHealthOn() {
        return Boolean.TRUE.equals(new Loading().reader.read(Setting.HEALTH));
    }

    /**
     * Each setting with its effective value and source, and every problem and warning, without any secret: the text for an
     * operator.
     */
    public record Explanation(String text, boolean hasProblems) {}

    /** The settings of a guard or filter with what was found wrong about them. */
    private record Unit(GuardSettings settings, String owner, ProblemReport report) {}

    /** One run. */
    private final class Loading {
        private final Redaction redaction = new Redaction();
        private final ProblemReport application = new ProblemReport(redaction);
        private final Sources sources = new Sources(SettingsLoader.this, application);
        private final SettingsReader reader = SettingsReader.application(sources, application);
        private final List<Unit> units = new ArrayList<>();
        private final ProblemReport all = new ProblemReport(redaction);
        /** What the explanation shows, by headings. */
        private final Map<String, ProblemReport> sections = new LinkedHashMap<>();

        private Set<String> declared = Set.of();

        LoadedSettings load() {
            sections.put("application", application);
            collectSecrets();
            reader.read(Setting.GUARDS);
            reader.read(Setting.METRICS);
            reader.read(Setting.HEALTH);
            reader.explain(List.of(Setting.GUARDS, Setting.METRICS, Setting.HEALTH));
            Map<String, GuardSettings> filterSettings = new LinkedHashMap<>();
            filters.forEach((name, params) -> filterSettings.put(name, filter(name, params)));
            Map<String, GuardSettings> guards = new LinkedHashMap<>();
            GuardSettings defaults = defaultGuard(guards);
            reader.get(Setting.GUARDS).forEach(name -> guards.put(name, guard(name)));
            Map<String, GuardSettings> registrations = registrations(guards);
            uses.stream()
                    .filter(use -> use.guard() != null)
                    .forEach(use -> isDeclared(
                            use.guard(), "guard '" + use.guard() + "', which " + use.where() + " names,", application));
            new KeyValidator(declared, application).checkSources(sources);

            ProblemReport lateReport = new ProblemReport(redaction);
            List<String> lateUses = uses.stream()
                    .filter(use -> use.guard() == null)
                    .map(CodeUse::where)
                    .toList();
            LateSettings late = LateSettings.read(
                    SettingsReader.application(sources, lateReport),
                    Boolean.TRUE.equals(defaults.values().get(Setting.ALLOW_HTTP.key)),
                    lateVerdicts(),
                    lateUses);
            sections.put("late results" + (late.isOn() ? "" : " (off)"), lateReport);
            boolean unitEnabled = units.stream().anyMatch(unit -> unit.settings.enabled());
            if (late.isOn() || unitEnabled) {
                HttpClientVersions.check(application);
            }
            boolean enabled = defaults.enabled() || unitEnabled;
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
                    reader.get(Setting.METRICS),
                    reader.get(Setting.HEALTH),
                    !uses.isEmpty(),
                    all.warnings(),
                    explanation());
        }

        /** Collects the names of guards, and every secret before anything is reported. */
        private void collectSecrets() {
            ConfigValue found = reader.peek(Setting.GUARDS);
            // Names of an invalid list count as declared, so that there is one problem only.
            declared = found == null || found.text() == null || found.isOff()
                    ? Set.of()
                    : Set.copyOf(Parsers.items(found.text()));
            reader.collectSecrets();
            declared.forEach(
                    name -> SettingsReader.guard(sources, name, application).collectSecrets());
            filters.forEach((name, params) -> SettingsReader.filter(
                            sources, name, params, GuardSettings.DEFAULT_NAME, application)
                    .collectSecrets());
        }

        private GuardSettings filter(String filter, Map<String, String> params) {
            ProblemReport report = new ProblemReport(redaction);
            KeyValidator.checkInitParams(filter, params.keySet(), report);
            String guard = guardOf(filter, params, report);
            boolean own = Setting.OF_GUARDS.stream()
                    .anyMatch(setting -> !params.getOrDefault(setting.key, "").isBlank());
            String source = own ? guard + "/" + filter : guard;
            return read(
                    guard,
                    // A longer one does not fit into its column of the store.
                    source.length() <= LONGEST_SOURCE ? source : Sha256.hex(source),
                    "filter '" + filter + "'",
                    SettingsReader.filter(sources, filter, params, guard, report),
                    true);
        }

        private String guardOf(String filter, Map<String, String> params, ProblemReport report) {
            SettingsReader ofFilter =
                    SettingsReader.filter(sources, filter, params, GuardSettings.DEFAULT_NAME, report);
            ofFilter.read(Setting.GUARD);
            ofFilter.explain(List.of(Setting.GUARD));
            String name = ofFilter.get(Setting.GUARD);
            String what = "guard = \"" + name + "\"" + ofFilter.from(Setting.GUARD);
            return isDeclared(name, what, report) ? name : GuardSettings.DEFAULT_NAME;
        }

        private boolean isDeclared(String guard, String what, ProblemReport report) {
            boolean known = guard.equals(GuardSettings.DEFAULT_NAME) || declared.contains(guard);
            if (!known) {
                report.problem(
                        Code.UNDECLARED_GUARD,
                        what + " is not declared: " + KeyValidator.declaredOnly(declared)
                                + "; add it there, or name one of these.");
            }
            return known;
        }

        /** Adds the default guard if something uses it, or if it is complete, so that code can ask for it. */
        private GuardSettings defaultGuard(Map<String, GuardSettings> guards) {
            ConfigValue patterns = reader.peek(Setting.URL_PATTERNS);
            boolean used = (fromMap && declared.isEmpty())
                    || (patterns != null && !patterns.isOff())
                    || uses.stream().anyMatch(use -> GuardSettings.DEFAULT_NAME.equals(use.guard()));
            ProblemReport report = new ProblemReport(redaction);
            GuardSettings settings = read(
                    GuardSettings.DEFAULT_NAME,
                    GuardSettings.DEFAULT_NAME,
                    used ? owner(GuardSettings.DEFAULT_NAME) : "guard 'default' (no filter or url-patterns uses it)",
                    SettingsReader.application(sources, report),
                    used);
            if (used || (settings.isComplete() && !report.hasProblems())) {
                guards.put(GuardSettings.DEFAULT_NAME, settings);
            }
            return settings;
        }

        private GuardSettings guard(String name) {
            SettingsReader values = SettingsReader.guard(sources, name, new ProblemReport(redaction));
            return read(name, name, owner(name), values, true);
        }

        private String owner(String guard) {
            return uses.stream()
                    .filter(use -> guard.equals(use.guard()))
                    .findFirst()
                    .map(use -> "guard '" + guard + "' (used by " + use.where() + ")")
                    .orElse("guard '" + guard + "'");
        }

        private GuardSettings read(String guard, String source, String owner, SettingsReader values, boolean used) {
            GuardSettings settings = GuardSettings.read(guard, source, owner, values, used);
            if (used) {
                units.add(new Unit(settings, owner, values.report()));
            } else {
                application.addAll(values.report(), false);
            }
            sections.put(owner, values.report());
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
            Map<String, GuardSettings> registrations = new LinkedHashMap<>();
            guards.forEach((name, guard) -> {
                boolean isDefault = name.equals(GuardSettings.DEFAULT_NAME);
                String filterName = isDefault ? FILTER_NAME : FILTER_NAME + "-" + name;
                if (!guard.urlPatterns().isEmpty()
                        && (takenFilterNames.contains(filterName) || filters.containsKey(filterName))) {
                    application.problem(
                            Code.FILTER_NAME_TAKEN,
                            "playtcha." + (isDefault ? "" : "guards." + name + ".")
                                    + "url-patterns registers a filter named '" + filterName
                                    + "', but the application declares a filter of that name; rename that filter, or"
                                    + " give it a filter-mapping and remove url-patterns.");
                } else if (!guard.urlPatterns().isEmpty()) {
                    registrations.put(filterName, guard);
                }
            });
            return registrations;
        }

        private Explanation explanation() {
            StringBuilder text = new StringBuilder();
            sections.forEach((heading, report) -> section(text, heading, report.rows()));
            section(text, "Warnings: " + all.warnings().size(), all.warnings());
            section(text, "Problems: " + all.problems().size(), all.problems());
            return new Explanation(text.toString(), all.hasProblems());
        }

        private void section(StringBuilder text, String heading, List<String> rows) {
            text.append(text.length() == 0 ? "" : "\n").append(heading).append('\n');
            rows.forEach(row -> text.append("  ").append(row).append('\n'));
        }
    }
}
