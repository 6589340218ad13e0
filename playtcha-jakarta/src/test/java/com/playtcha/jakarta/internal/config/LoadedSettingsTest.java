package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: guards, what is required when, and what is wrong where. */
class LoadedSettingsTest {

    @Test
    void aJarThatNothingUsesRequiresNothing() {
        LoadedSettings loaded = new Given().load();

        assertThat(loaded.isInUse()).isFalse();
        assertThat(loaded.filters()).isEmpty();
        assertThat(loaded.registrations()).isEmpty();
        assertThat(loaded.guards()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void aCompleteDefaultGuardIsThereButGuardsNothingByItself() {
        LoadedSettings loaded = Given.complete().load();

        assertThat(loaded.guards()).containsOnlyKeys("default");
        assertThat(loaded.isInUse()).isFalse();
    }

    @Test
    void aBadValueThatNothingUsesIsAWarning() {
        LoadedSettings loaded =
                Given.complete().contextParam("playtcha.timeout", "5").load();

        assertThat(loaded.guards()).isEmpty();
        assertThat(loaded.warnings()).singleElement().asString().startsWith("PLAYTCHA-0007: timeout");
    }

    @Test
    void whatUsesTheLibraryRequiresSecretAndBaseUrl() {
        assertThat(new Given().filter("signup").problems()).hasSize(2);
        assertThat(new Given().contextParam("playtcha.url-patterns", "/*").problems())
                .hasSize(2);
        assertThat(new Given().contextParam("playtcha.guards", "login").problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("guard 'login' needs it"));
    }

    @Test
    void urlPatternsAreNotInheritedAndRegisterAFilterEach() {
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.guards", "login, api, idle")
                .contextParam("playtcha.url-patterns", "/signup")
                .contextParam("playtcha.dispatchers", "REQUEST,FORWARD")
                .contextParam("playtcha.guards.login.url-patterns", "/login")
                .contextParam("playtcha.guards.login.fail-closed", "true")
                .contextParam("playtcha.guards.api.url-patterns", "/api/*")
                .contextParam("playtcha.guards.api.dispatchers", "ASYNC")
                .filter("mapped")
                .load();

        assertThat(loaded.registrations().keySet()).containsExactly("playtcha", "playtcha-login", "playtcha-api");
        assertThat(loaded.registrations().values())
                .extracting(guard -> guard.get(Setting.URL_PATTERNS).iterator().next())
                .containsExactly("/signup", "/login", "/api/*");
        assertThat(loaded.registrations().values())
                .extracting(guard -> guard.get(Setting.FAIL_CLOSED))
                .containsExactly(false, true, false);
        assertThat(loaded.registrations().get("playtcha-login").get(Setting.DISPATCHERS))
                .containsExactly("REQUEST", "FORWARD");
        assertThat(loaded.registrations().get("playtcha-api").get(Setting.DISPATCHERS))
                .containsExactly("ASYNC");
        assertThat(loaded.filters().get("mapped").get(Setting.URL_PATTERNS)).isEmpty();
        assertThat(loaded.guards()).containsOnlyKeys("default", "login", "api", "idle");
        assertThat(loaded.isInUse()).isTrue();
    }

    @Test
    void aTakenFilterNameIsAProblem() {
        assertThat(Given.complete()
                        .contextParam("playtcha.url-patterns", "/signup")
                        .filter("playtcha")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0006: playtcha.url-patterns registers a filter named 'playtcha'");
        Given other = Given.complete()
                .contextParam("playtcha.guards", "login")
                .contextParam("playtcha.guards.login.url-patterns", "/login");
        assertThat(other.builder().takenFilterNames(Set.of("playtcha")).load().registrations())
                .hasSize(1);
        assertThatThrownBy(() -> other.builder()
                        .takenFilterNames(Set.of("playtcha-login"))
                        .load())
                .hasMessageContaining("PLAYTCHA-0006: playtcha.guards.login.url-patterns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Login", "1st", "log-in", "default", "a, default", "a.b", ",", "lögin"})
    void otherGuardNamesAreRefused(String names) {
        assertThat(Given.complete().contextParam("playtcha.guards", names).problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: guards = ");
    }

    @Test
    void aBadNameAmongTheGuardsDoesNotMakeTheOthersUndeclared() {
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "login, Api")
                        .contextParam("playtcha.guards.login.timeout", "3s")
                        .filter("signup", "guard", "login")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: guards");
    }

    @Test
    void anUndeclaredGuardIsAProblem() {
        assertThat(Given.complete().filter("signup", "guard", "login").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0004: guard = \"login\" from init-param guard of filter 'signup' is"
                        + " not declared: playtcha.guards declares none");
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "api")
                        .contextParam("playtcha.guards.login.timeout", "3s")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0004: context-param playtcha.guards.login.timeout has no effect")
                .endsWith("playtcha.guards declares only api.");
        assertThat(Given.complete()
                        .contextParam("playtcha.guards.default.timeout", "3s")
                        .problems())
                .singleElement()
                .asString()
                .contains("guard \"default\" is not declared");
    }

    @ParameterizedTest
    @CsvSource({
        "playtcha.url-pattern, playtcha.url-patterns",
        "playtcha.URL_PATTERNS, playtcha.url-patterns",
        "playtcha.failclosed, playtcha.fail-closed",
        "playtcha.fail.closed, playtcha.fail-closed",
        "playtcha.tiemout, playtcha.timeout",
        "playtcha.baseurl, playtcha.base-url",
        "playtcha.guards.api.secrt, playtcha.guards.api.secret",
        "playtcha.guard.api.timeout, playtcha.guards.api.timeout",
        "playtcha.guards.api, playtcha.guards"
    })
    void anUnknownContextParamIsAProblemThatNamesTheNearest(String name, String nearest) {
        Given given = Given.complete().contextParam("playtcha.guards", "api").contextParam(name, "sk_live_value");

        assertThat(given.problems())
                .containsExactly("PLAYTCHA-0002: context-param " + name + " is unknown; the nearest valid name is "
                        + nearest + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"playtcha.url-pattern", "playtcha.", "playtcha.late-verdict", "playtcha.poll-uri"})
    void anUnknownContextParamIsAProblemAlsoWhereNothingUsesTheJar(String name) {
        assertThat(new Given().contextParam(name, "/signup").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0002: context-param " + name + " is unknown");
    }

    @Test
    void anUnknownInitParamIsAProblem() {
        assertThat(Given.complete()
                        .filter("signup", "fail-close", "1", "playtcha.timeout", "3s")
                        .problems())
                .containsExactlyInAnyOrder(
                        "PLAYTCHA-0002: init-param fail-close of filter 'signup' is unknown; the nearest valid name is"
                                + " fail-closed.",
                        "PLAYTCHA-0002: init-param playtcha.timeout of filter 'signup' is unknown; the nearest valid"
                                + " name is timeout.");
    }

    @ParameterizedTest
    @CsvSource({
        "url-patterns, url-pattern and dispatcher elements in its filter-mapping",
        "dispatchers, url-pattern and dispatcher elements in its filter-mapping",
        "guards, an application has one guards"
    })
    void aKeyThatIsNoInitParamIsAProblemThatSaysWhatToDoInstead(String key, String instead) {
        assertThat(Given.complete().filter("signup", key, "REQUEST").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003: init-param " + key + " of filter 'signup' has no effect there")
                .contains(instead);
    }

    @Test
    void guardIsAnInitParamOnly() {
        assertThat(Given.complete().contextParam("playtcha.guard", "login").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003: context-param playtcha.guard has no effect there");
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "login")
                        .contextParam("playtcha.guards.login.guards", "a")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003");
    }

    @ParameterizedTest
    @CsvSource({
        "metrics, true",
        "health, false",
        "guards, login",
    })
    void aKeyOfTheApplicationIsAProblemElsewhereThatSaysWhereItBelongs(String key, String value) {
        String where =
                "an application has one " + key + " for all guards and filters: set context-param playtcha." + key;
        assertThat(Given.complete().filter("signup", key, value).problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003: init-param " + key + " of filter 'signup' has no effect there; " + where);
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "login")
                        .contextParam("playtcha.guards.login." + key, value)
                        .problems())
                .singleElement()
                .asString()
                .startsWith(
                        "PLAYTCHA-0003: context-param playtcha.guards.login." + key + " has no effect there; " + where);
    }

    @ParameterizedTest
    @CsvSource({
        "PLAYTCHA_FAIL_CLOSE, is unknown; the nearest valid name is PLAYTCHA_FAIL_CLOSED.",
        "PLAYTCHA_FAILCLOSED, is unknown; the nearest valid name is PLAYTCHA_FAIL_CLOSED.",
        "PLAYTCHA_GUARDS_LOGIN_FAIL_CLOSE, is unknown; the nearest valid name is PLAYTCHA_GUARDS_LOGIN_FAIL_CLOSED.",
        "PLAYTCHA_GUARDS_SIGNUP_TIMEOUT, 'has no effect, because guard \"signup\" is not declared; playtcha.guards"
                + " declares only login.'",
        "PLAYTCHA_GUARDS_LOGIN_LATE_DIR, has no effect there; an application has one late-dir for all guards and"
                + " filters: set",
        "PLAYTCHA_GUARD, has no effect there; a filter in web.xml selects its guard with its init-param guard.",
        "PLAYTCHA_, is unknown; the nearest valid name is PLAYTCHA_",
    })
    void anUnknownVariableOfTheEnvironmentIsAWarning(String variable, String what) {
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.guards", "login")
                .environment(variable, "1")
                .environment("PLAYTCHA_GUARDS_LOGIN_TOKEN_PARAM", "t")
                .environment("NOT_PLAYTCHA_FAIL_CLOSE", "1")
                .filter("signup")
                .load();

        assertThat(loaded.warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0031: environment variable " + variable + " " + what);
        assertThat(loaded.explanation()).contains("environment variable " + variable + " ");
    }

    /** Several applications of a server have one environment. */
    @Test
    void aVariableOfAGuardIsNoWarningWhereNoGuardsAreDeclared() {
        Given given = new Given().environment("PLAYTCHA_GUARDS_LOGIN_TIMEOUT", "3s");

        assertThat(given.load().warnings()).isEmpty();
        assertThat(given.contextParam("playtcha.guards", "api")
                        .contextParam("playtcha.enabled", "false")
                        .load()
                        .warnings())
                .anySatisfy(warning -> assertThat(warning).contains("PLAYTCHA_GUARDS_LOGIN_TIMEOUT has no effect"));
    }

    /** Nothing reads them, and the form is open beside others that are guarded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "playtcha-url-patterns",
                "playtcha_url_patterns",
                "playtchaUrlPatterns",
                "spring.playtcha.guards.login.url-patterns",
                "platcha.url-patterns",
                "playtcha"
            })
    void patternsBehindAnotherPrefixAreAWarning(String name) {
        Given given = Given.complete().contextParam("playtcha.url-patterns", "/signup");
        String warning =
                name + " is not read by this library, because the names of settings begin with \"playtcha.\"; if it is"
                        + " meant as one, write"
                        + " playtcha.url-patterns, or playtcha.guards.<name>.url-patterns for a named guard.";

        assertThat(given.contextParam(name, "/contact").load().warnings())
                .containsExactly("PLAYTCHA-0031: context-param " + warning);
        assertThat(Given.complete().systemProperty(name, "/contact").load().warnings())
                .containsExactly("PLAYTCHA-0031: system property " + warning);
    }

    @Test
    void patternsOfOthersAndThoseThatAnExpressionRefersToAreNoWarning() {
        assertThat(Given.complete()
                        .contextParam("app.captcha.url-patterns", "/a")
                        .contextParam("app.playtcha.url-patterns", "/signup")
                        .contextParam("app.playtcha.secret", "s")
                        .contextParam("playtcha.url-patterns", "${app.playtcha.url-patterns}, /contact")
                        .load()
                        .warnings())
                .isEmpty();
    }

    @Test
    void patternsOfAGuardThatIsNamedInTheEnvironmentOnlyAreAWarning() {
        Given given = new Given()
                .environment("PLAYTCHA_GUARDS_LOGIN_URL_PATTERNS", "/login")
                .environment("PLAYTCHA_GUARDS_LOGIN_TIMEOUT", "3s");

        assertThat(given.load().registrations()).isEmpty();
        assertThat(given.load().warnings())
                .containsExactly("PLAYTCHA-0031: environment variable PLAYTCHA_GUARDS_LOGIN_URL_PATTERNS has no effect,"
                        + " because guard \"login\" is not declared; playtcha.guards declares none: set PLAYTCHA_GUARDS to"
                        + " login.");

        for (String ofSpring : List.of("URLPATTERNS", "URLPATTERNS_0")) {
            assertThat(Given.complete()
                            .environment("PLAYTCHA_GUARDS_LOGIN_" + ofSpring, "/login")
                            .load()
                            .warnings())
                    .as(ofSpring)
                    .singleElement()
                    .asString()
                    .contains("guard \"login\" is not declared");
        }

        LoadedSettings declared = Given.complete()
                .environment("PLAYTCHA_GUARDS_LOGIN_URL_PATTERNS", "/login")
                .environment("PLAYTCHA_GUARDS", "login")
                .load();
        assertThat(declared.registrations()).hasSize(1);
        assertThat(declared.warnings()).isEmpty();
    }

    /** Returns properties of a framework that have these names, and none of the values that are looked for. */
    private static ExternalConfig frameworkWith(String... names) {
        return new ExternalConfig() {
            @Override
            public List<ConfigValue> find(String name) {
                return List.of();
            }

            @Override
            public Iterable<String> names() {
                return List.of(names);
            }
        };
    }

    /** Spring reads these as fail-closed, and the first of the guards. */
    @Test
    void aNameThatAFrameworkReadsInItsOwnSpellingIsNoWarning() {
        ExternalConfig framework =
                frameworkWith("playtcha.failclosed", "playtcha.guards.login.maxconcurrent", "spring.config.name");
        Given given = Given.complete()
                .contextParam("playtcha.guards", "login")
                .environment("PLAYTCHA_FAILCLOSED", "1")
                .environment("PLAYTCHA_GUARDS_LOGIN_FAILCLOSED", "1")
                .environment("PLAYTCHA_GUARDS_0", "login")
                .systemProperty("playtcha.failClosed", "true")
                .systemProperty("playtcha.guards.login.url_patterns[0]", "/login")
                .filter("signup");

        assertThat(given.builder().framework(framework).load().warnings()).isEmpty();
        assertThat(given.load().warnings()).hasSize(5);

        given.environment("PLAYTCHA_FAILOPEN", "1");
        assertThat(given.builder().framework(framework).load().warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0031: environment variable PLAYTCHA_FAILOPEN is unknown");
    }

    /** A framework reads the items from the first on, and none behind a gap. */
    @Test
    void aVariableOfAListWithoutTheItemBeforeIsAWarning() {
        ExternalConfig framework = frameworkWith();
        Given given = Given.complete()
                .environment("PLAYTCHA_EXEMPT_ROLES_0", "STAFF")
                .environment("PLAYTCHA_EXEMPT_ROLES_1", "ADMIN")
                .environment("PLAYTCHA_URL_PATTERNS_1", "/signup")
                .filter("contact");

        assertThat(given.builder().framework(framework).load().warnings())
                .containsExactly(
                        "PLAYTCHA-0031: environment variable PLAYTCHA_URL_PATTERNS_1 is unknown; the nearest valid"
                                + " name is PLAYTCHA_URL_PATTERNS.");
    }

    @Test
    void anUnknownPropertyOfAFrameworkIsAProblem() {
        ExternalConfig framework = frameworkWith("playtcha.failopen", "playtcha.failclosed");
        SettingsLoader loader = Given.complete().filter("signup").builder().framework(framework);

        assertThatThrownBy(loader::load)
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .singleElement()
                                .asString()
                                .startsWith("PLAYTCHA-0002: property playtcha.failopen is unknown"));
    }

    /** Otherwise the application would start, and its pages would be open. */
    @Test
    void patternsThatCannotBeReadAreAProblemAlsoWhereNothingElseIsGuarded() {
        ExternalConfig framework = new ExternalConfig() {
            @Override
            public List<ConfigValue> find(String name) {
                return name.equals("playtcha.url-patterns")
                        ? List.of(new ConfigValue(null, "Spring property " + name, Kind.FILE))
                        : List.of();
            }

            @Override
            public Iterable<String> names() {
                return List.of("playtcha.url-patterns");
            }
        };
        SettingsLoader loader = Given.complete().builder().framework(framework);

        assertThatThrownBy(loader::load)
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .containsExactly("PLAYTCHA-0025: url-patterns cannot be read from Spring property"
                                        + " playtcha.url-patterns."));
    }

    @Test
    void anUnknownSystemPropertyIsAWarning() {
        LoadedSettings loaded = Given.complete()
                .systemProperty("playtcha.tiemout", "3s")
                .systemProperty("playtcha.guards.login.timeout", "3s")
                .systemProperty("playtcha.timeout", "3s")
                .systemProperty("other.timeout", "3s")
                .filter("signup")
                .load();

        assertThat(loaded.warnings())
                .containsExactly(
                        "PLAYTCHA-0031: system property playtcha.guards.login.timeout has no effect, because guard"
                                + " \"login\" is not declared; playtcha.guards declares none: set playtcha.guards to login.",
                        "PLAYTCHA-0031: system property playtcha.tiemout is unknown; the nearest valid name is"
                                + " playtcha.timeout.");
    }

    /** A server that answers the form login before it runs filters would serve it unguarded. */
    @Test
    void aPatternOfTheFormLoginIsAProblemWhereFiltersComeAfterIt() {
        Given given = Given.complete().contextParam("playtcha.url-patterns", "/signup, /in/j_security_check");
        SettingsLoader filtersFirst = given.builder().mappings("login", List.of("/j_security_check"));
        assertThat(filtersFirst.load().warnings()).isEmpty();

        SettingsLoader filtersAfter = given.builder()
                .mappings("login", List.of("/j_security_check", "/login"))
                .formLoginServer("A server");
        assertThatThrownBy(filtersAfter::load)
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .satisfiesExactly(
                                        problem -> assertThat(problem)
                                                .startsWith(
                                                        "PLAYTCHA-0055: filter 'login' is mapped to /j_security_check, but"
                                                                + " A server answers"),
                                        problem -> assertThat(problem)
                                                .startsWith("PLAYTCHA-0055: filter 'playtcha' is mapped to"
                                                        + " /in/j_security_check,")));
    }

    @Test
    void problemsOfEveryGuardAreInOneErrorAndEachOnce() {
        assertThat(new Given()
                        .contextParam("playtcha.base-url", "http://api.example")
                        .contextParam("playtcha.guards", "login, api")
                        .contextParam("playtcha.secret", Given.SECRET)
                        .contextParam("playtcha.guards.login.timeout", "5")
                        .contextParam("playtcha.tiemout", "3s")
                        .filter("signup", "mode", "log")
                        .problems())
                .extracting(problem -> problem.substring(0, 13))
                .containsExactlyInAnyOrder("PLAYTCHA-0012", "PLAYTCHA-0007", "PLAYTCHA-0002", "PLAYTCHA-0007");
    }

    @Test
    void theKillSwitchForgivesEverythingElse() {
        LoadedSettings loaded = new Given()
                .environment("PLAYTCHA_ENABLED", "false")
                .contextParam("playtcha.url-patterns", "/signup")
                .contextParam("playtcha.timeout", "5")
                .contextParam("playtcha.tiemout", "5")
                .contextParam("playtcha.secret-file", "/no/such/file")
                .filter("signup", "nonsense", "1")
                .load();

        assertThat(loaded.filters().get("signup").isEnabled()).isFalse();
        assertThat(loaded.registrations().values())
                .singleElement()
                .satisfies(guard -> assertThat(guard.isEnabled()).isFalse());
        assertThat(loaded.warnings())
                .extracting(warning -> warning.substring(0, 13))
                .contains("PLAYTCHA-0002", "PLAYTCHA-0007", "PLAYTCHA-0007", "PLAYTCHA-0035");
    }

    @Test
    void oneGuardSwitchedOffForgivesOnlyItsOwn() {
        Given given = Given.complete()
                .contextParam("playtcha.guards", "login, api")
                .contextParam("playtcha.guards.login.enabled", "off")
                .contextParam("playtcha.guards.login.timeout", "5");
        assertThat(given.load().guards().get("login").isEnabled()).isFalse();
        assertThat(given.load().warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .startsWith("PLAYTCHA-0035: guard 'login' is switched off by enabled = false from"
                                + " context-param playtcha.guards.login.enabled"));

        assertThat(given.contextParam("playtcha.guards.api.timeout", "5").problems())
                .singleElement()
                .asString()
                .contains("playtcha.guards.api.timeout");
    }

    @Test
    void aKillSwitchThatCannotBeReadIsAProblem() {
        assertThat(Given.complete()
                        .environment("PLAYTCHA_ENABLED", "flase")
                        .filter("signup")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: enabled");
    }
}
