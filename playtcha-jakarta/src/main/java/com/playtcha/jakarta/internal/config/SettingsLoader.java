package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads and checks all settings of one application, every guard's at once (contract, section 4). */
public final class SettingsLoader {
    private final Map<String, String> contextParams;
    private final Map<String, Map<String, String>> filters;
    private final Set<String> takenFilterNames;
    private final Set<GuardUse> uses;
    private final Set<String> lateUses;
    private final ClassLoader classLoader;
    private final Properties systemProperties;
    private final UnaryOperator<@Nullable String> environment;
    private final LongSupplier nanoTime;

    private SettingsLoader(Builder builder) {
        this.contextParams = Map.copyOf(builder.contextParams);
        this.filters = new LinkedHashMap<>(builder.filters);
        this.takenFilterNames = Set.copyOf(builder.takenFilterNames);
        this.uses = Collections.unmodifiableSet(new LinkedHashSet<>(builder.uses));
        this.lateUses = Collections.unmodifiableSet(new LinkedHashSet<>(builder.lateUses));
        this.classLoader = builder.classLoader;
        this.systemProperties = builder.systemProperties;
        this.environment = builder.environment;
        this.nanoTime = builder.nanoTime;
    }

    /**
     * Starts with nothing but the platform's sources.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads and checks.
     *
     * @return what is in effect
     * @throws PlaytchaConfigurationException with every problem of every guard
     */
    public LoadedSettings load() {
        return new Loading().load();
    }

    /** One run. */
    private final class Loading {
        private final Report application = new Report();
        private final Sources sources =
                Sources.open(contextParams, classLoader, systemProperties, environment, application);
        private final List<Unit> units = new ArrayList<>();
        private final SecretFiles secretFiles = new SecretFiles(nanoTime);
        private final Set<String> declared = new LinkedHashSet<>();
        private boolean guardsReadable = true;

        LoadedSettings load() {
            List<String> guardNames = guardNames();
            Map<String, GuardSettings> filterSettings = new LinkedHashMap<>();
            filters.forEach((name, params) -> filterSettings.put(name, filter(name, params)));
            Map<String, GuardSettings> guards = new LinkedHashMap<>();
            GuardSettings global = defaultGuard(guards);
            for (String name : guardNames) {
                guards.put(name, guard(name, true, new Report()));
            }
            Set<String> taken = new HashSet<>(takenFilterNames);
            taken.addAll(filters.keySet());
            List<SelfRegisteredFilter> registrations = SelfRegisteredFilter.of(guards, taken, application);
            checkUses();
            // Where guards cannot be read, every guard would be undeclared.
            new KeyCheck(declared).sources(sources, guardsReadable, application);

            Report all = new Report();
            boolean off = !global.enabled() && units.stream().noneMatch(unit -> unit.settings.enabled());
            Report lateReport = new Report();
            LateReader.Draft draft = late(lateReport);
            boolean lateUsed = draft.isOn() || !units.isEmpty() || !lateUses.isEmpty();
            merge(all, application, !off);
            units.forEach(unit -> merge(all, unit.report, unit.settings.enabled()));
            merge(all, lateReport, lateUsed && !off);
            if (all.hasProblems()) {
                throw new PlaytchaConfigurationException(all.problems());
            }
            LateSettings late = lateReport.hasProblems() ? LateSettings.OFF : draft.with(all.mask());
            if (!late.isOn() && !isInUse(GuardSettings.DEFAULT_NAME) && global.lateVerdicts()) {
                // It is there for whoever may ask for it; then this problem is one.
                guards.remove(GuardSettings.DEFAULT_NAME);
            }
            return new LoadedSettings(
                    filterSettings,
                    registrations,
                    guards,
                    late,
                    global.proxy(),
                    !uses.isEmpty() || !lateUses.isEmpty(),
                    all.warnings());
        }

        private LateReader.Draft late(Report report) {
            List<Lookup> lookups = units.isEmpty()
                    ? List.of(Lookup.global(sources))
                    : units.stream().map(Unit::lookup).toList();
            List<Sentence> guards = units.stream()
                    .filter(unit -> unit.settings.enabled() && unit.settings.lateVerdicts())
                    .map(Unit::owner)
                    .toList();
            return new LateReader(lookups, secretFiles, report).read(guards, lateUses);
        }

        private boolean isInUse(String guard) {
            return units.stream().anyMatch(unit -> unit.settings.source().equals(guard));
        }

        private void merge(Report all, Report part, boolean enabled) {
            if (enabled) {
                all.add(part);
            } else {
                all.addAsWarnings(part);
            }
        }

        private List<String> guardNames() {
            Found found = Lookup.global(sources).find(Settings.GUARDS, application);
            String text = found == null ? null : found.text();
            if (found == null || text == null) {
                guardsReadable = found == null;
                return List.of();
            }
            try {
                List<String> names = Settings.GUARDS.parser().parse(text);
                declared.addAll(names);
                return names;
            } catch (Refused e) {
                application.problem(ProblemCode.GUARD_NAME, Settings.GUARDS.refusal(text, found.origin(), e));
                // So that one bad name does not make every setting of the others a problem, too.
                declared.addAll(Parsers.items(text));
                return List.of();
            }
        }

        private GuardSettings filter(String filter, Map<String, String> params) {
            Report report = new Report();
            KeyCheck.initParams(filter, params.keySet(), report);
            String guard = guardOf(filter, params, report);
            return read(
                    guard,
                    SourceName.ofFilter(guard, filter, params),
                    mask -> "filter '" + mask.plain(filter) + "'",
                    Lookup.filter(sources, filter, params, guard),
                    true,
                    report);
        }

        private String guardOf(String filter, Map<String, String> params, Report report) {
            Found found = Lookup.filter(sources, filter, params, GuardSettings.DEFAULT_NAME)
                    .find(Settings.GUARD, report);
            String name = found == null ? null : found.text();
            if (found == null || name == null || name.equals(GuardSettings.DEFAULT_NAME)) {
                return GuardSettings.DEFAULT_NAME;
            }
            if (declared.contains(name)) {
                return name;
            }
            if (guardsReadable) {
                report.problem(
                        ProblemCode.UNDECLARED_GUARD, Settings.GUARD.refusal(name, found.origin(), this::declaredOnly));
            }
            return GuardSettings.DEFAULT_NAME;
        }

        /** Adds the default guard where something uses it, or could. */
        private GuardSettings defaultGuard(Map<String, GuardSettings> guards) {
            Found patterns = Lookup.global(sources).find(Settings.URL_PATTERNS, new Report());
            String text = patterns == null ? null : patterns.text();
            boolean patternsUse = patterns != null && (text == null || !Parsers.isOff(text));
            Report report = new Report();
            if (patternsUse || isUsed(GuardSettings.DEFAULT_NAME)) {
                GuardSettings settings = guard(GuardSettings.DEFAULT_NAME, true, report);
                guards.put(GuardSettings.DEFAULT_NAME, settings);
                return settings;
            }
            GuardSettings settings = new GuardReader(
                            GuardSettings.DEFAULT_NAME,
                            SourceName.ofGuard(GuardSettings.DEFAULT_NAME),
                            mask -> "guard 'default'",
                            Lookup.global(sources),
                            secretFiles)
                    .read(report, false);
            if (settings.isComplete() && !report.hasProblems()) {
                guards.put(GuardSettings.DEFAULT_NAME, settings);
            }
            application.addAsWarnings(report);
            return settings;
        }

        private boolean isUsed(String guard) {
            return uses.stream().anyMatch(use -> use.guard().equals(guard));
        }

        private void checkUses() {
            for (GuardUse use : uses) {
                if (guardsReadable
                        && !use.guard().equals(GuardSettings.DEFAULT_NAME)
                        && !declared.contains(use.guard())) {
                    application.problem(
                            ProblemCode.UNDECLARED_GUARD,
                            mask -> "guard '" + mask.plain(use.guard()) + "', which " + mask.plain(use.where())
                                    + " names, is not declared: " + declaredOnly(mask)
                                    + "; add it to playtcha.guards, or name one of these.");
                }
            }
        }

        private String declaredOnly(Mask mask) {
            return declared.isEmpty()
                    ? "playtcha.guards declares none"
                    : "playtcha.guards declares only " + mask.plain(String.join(", ", declared));
        }

        private GuardSettings guard(String name, boolean required, Report report) {
            return read(
                    name,
                    SourceName.ofGuard(name),
                    mask -> owner(name, mask),
                    Lookup.guard(sources, name),
                    required,
                    report);
        }

        private String owner(String guard, Mask mask) {
            String owner = "guard '" + mask.plain(guard) + "'";
            return uses.stream()
                    .filter(use -> use.guard().equals(guard))
                    .findFirst()
                    .map(use -> owner + " (used by " + mask.plain(use.where()) + ")")
                    .orElse(owner);
        }

        private GuardSettings read(
                String guard, String source, Sentence owner, Lookup lookup, boolean required, Report report) {
            GuardSettings settings = new GuardReader(guard, source, owner, lookup, secretFiles).read(report, required);
            units.add(new Unit(settings, owner, lookup, report));
            return settings;
        }
    }

    /** Settings with what was found wrong about them. */
    private record Unit(GuardSettings settings, Sentence owner, Lookup lookup, Report report) {}

    /** Collects what the application declares. Not thread-safe. */
    public static final class Builder {
        private Map<String, String> contextParams = Map.of();
        private final Map<String, Map<String, String>> filters = new LinkedHashMap<>();
        private Set<String> takenFilterNames = Set.of();
        private Collection<GuardUse> uses = Set.of();
        private Collection<String> lateUses = Set.of();
        private ClassLoader classLoader = defaultClassLoader();
        private Properties systemProperties = System.getProperties();
        private UnaryOperator<@Nullable String> environment = System::getenv;
        private LongSupplier nanoTime = System::nanoTime;

        private Builder() {}

        private static ClassLoader defaultClassLoader() {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            return context == null ? ClassLoader.getSystemClassLoader() : context;
        }

        /**
         * The application's context-params, those of others too: expressions may name them.
         *
         * @param params by name
         * @return this
         */
        public Builder contextParams(Map<String, String> params) {
            this.contextParams = params;
            return this;
        }

        /**
         * Adds a declared {@code PlaytchaFilter}.
         *
         * @param filterName of the registration
         * @param initParams by name
         * @return this
         */
        public Builder filter(String filterName, Map<String, String> initParams) {
            filters.put(filterName, Map.copyOf(initParams));
            return this;
        }

        /**
         * The names of the application's other filters.
         *
         * @param names which a filter registered here may not take
         * @return this
         */
        public Builder takenFilterNames(Set<String> names) {
            this.takenFilterNames = names;
            return this;
        }

        /**
         * What in the application's code needs guards.
         *
         * @param places each of which makes its guard's settings required
         * @return this
         */
        public Builder uses(Collection<GuardUse> places) {
            this.uses = places;
            return this;
        }

        /**
         * What in the application's code needs guards, and what uses late results.
         *
         * @param places instead of those of {@link #uses(Collection)} and {@link #lateUses}
         * @return this
         */
        public Builder uses(UsesInCode places) {
            return uses(places.guards()).lateUses(places.late());
        }

        /**
         * What in the application's code uses late results: an injected {@code LateTasks}, a handler.
         *
         * @param where for people, such as {@code field com.example.SignUp.tasks}; each makes the settings of a store
         *     required
         * @return this
         * @since 0.1
         */
        public Builder lateUses(Collection<String> where) {
            this.lateUses = where;
            return this;
        }

        /**
         * Where MicroProfile Config is looked for; the context class loader unless set.
         *
         * @param loader the application's
         * @return this
         */
        public Builder classLoader(ClassLoader loader) {
            this.classLoader = loader;
            return this;
        }

        /**
         * The system properties; the platform's unless set.
         *
         * @param properties read by {@link SettingsLoader#load()}
         * @return this
         */
        public Builder systemProperties(Properties properties) {
            this.systemProperties = properties;
            return this;
        }

        /**
         * The environment; the platform's unless set.
         *
         * @param lookup gives null for a variable that is not set
         * @return this
         */
        public Builder environment(UnaryOperator<@Nullable String> lookup) {
            this.environment = lookup;
            return this;
        }

        /**
         * The clock of secret files; the platform's unless set.
         *
         * @param clock as {@link System#nanoTime()}
         * @return this
         */
        public Builder nanoTime(LongSupplier clock) {
            this.nanoTime = clock;
            return this;
        }

        /**
         * Makes the loader.
         *
         * @return a loader of what was collected
         */
        public SettingsLoader build() {
            return new SettingsLoader(this);
        }

        /**
         * Reads and checks.
         *
         * @return what is in effect
         * @throws PlaytchaConfigurationException with every problem of every guard
         */
        public LoadedSettings load() {
            return build().load();
        }
    }
}
