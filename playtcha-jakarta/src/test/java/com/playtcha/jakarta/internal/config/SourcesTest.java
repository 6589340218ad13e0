package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: the order of the sources on a bare servlet container. */
class SourcesTest {

    /** Every place a timeout can be set, the one that decides first. */
    private static final List<String> ORDER =
            List.of("init", "g-context", "g-system", "g-env", "context", "system", "env");

    private static void set(Given given, String place, String value, List<String> initParams) {
        switch (place) {
            case "init" -> initParams.addAll(List.of("timeout", value));
            case "g-context" -> given.contextParam("playtcha.guards.login.timeout", value);
            case "g-system" -> given.systemProperty("playtcha.guards.login.timeout", value);
            case "g-env" -> given.environment("PLAYTCHA_GUARDS_LOGIN_TIMEOUT", value);
            case "context" -> given.contextParam("playtcha.timeout", value);
            case "system" -> given.systemProperty("playtcha.timeout", value);
            default -> given.environment("PLAYTCHA_TIMEOUT", value);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void theMoreSpecificAndThenTheEarlierSourceDecides(int first) {
        for (String hidden : List.of("", "  ")) {
            Given given = Given.complete().contextParam("playtcha.guards", "login");
            List<String> initParams = new ArrayList<>(List.of("guard", "login"));
            for (int i = 0; i < ORDER.size(); i++) {
                set(given, ORDER.get(i), i < first ? hidden : (i + 3) + "s", initParams);
            }
            given.filter("signup", initParams.toArray(String[]::new));

            assertThat(given.signup().get(Setting.TIMEOUT)).as(ORDER.get(first)).hasSeconds(first + 3);
        }
    }

    @Test
    void aFilterWithoutAGuardTakesTheGlobalSettings() {
        Given given = Given.complete()
                .contextParam("playtcha.guards", "login")
                .contextParam("playtcha.guards.login.timeout", "3s")
                .systemProperty("playtcha.timeout", "4s")
                .filter("signup")
                .filter("other", "guard", "default")
                .filter("login", "guard", "login");

        LoadedSettings loaded = given.load();
        assertThat(loaded.filters().get("signup").get(Setting.TIMEOUT)).hasSeconds(4);
        assertThat(loaded.filters().get("signup").name()).isEqualTo("default");
        assertThat(loaded.filters().get("other").get(Setting.TIMEOUT)).hasSeconds(4);
        assertThat(loaded.filters().get("login").get(Setting.TIMEOUT)).hasSeconds(3);
        assertThat(loaded.filters().get("login").name()).isEqualTo("login");
        assertThat(loaded.guards()).containsOnlyKeys("default", "login");
    }

    /** Contract, section 4: an empty value counts as not set, in every source. */
    @ParameterizedTest
    @ValueSource(strings = {"init-param", "context-param", "system property", "environment", "guard"})
    void anEmptyValueOfAnyKeyCountsAsNotSet(String source) {
        Given given = Given.complete().contextParam("playtcha.guards", "login");
        GuardSettings expected = given.filter("signup", "guard", "login").signup();
        List<String> initParams = new ArrayList<>(List.of("guard", "login"));
        for (Setting<?> setting : Setting.OF_GUARDS) {
            boolean isRequired = Given.COMPLETE.containsKey(setting.key);
            switch (source) {
                case "init-param" ->
                    initParams.addAll(
                            setting.scopes.contains(Setting.Scope.INIT_PARAM) ? List.of(setting.key, "") : List.of());
                case "context-param" -> given.contextParams.putIfAbsent("playtcha." + setting.key, "");
                case "system property" -> given.systemProperty("playtcha." + setting.key, "");
                case "guard" -> given.environment(Sources.environmentName("playtcha.guards.login." + setting.key), "");
                default -> given.environment(Sources.environmentName("playtcha." + setting.key), "");
            }
            assertThat(isRequired || setting.defaultText != null || setting == Setting.SECRET_FILE)
                    .isTrue();
        }
        for (Setting<?> setting : Setting.OF_LATE) {
            given.environment(Sources.environmentName("playtcha." + setting.key), "");
        }
        given.filter("signup", initParams.toArray(String[]::new));

        LoadedSettings loaded = given.load();

        assertThat(loaded.filters().get("signup")).isEqualTo(expected);
        assertThat(loaded.late().isOn()).isFalse();
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void theEnvironmentAloneIsEnough() {
        Given given = new Given()
                .environment("PLAYTCHA_SECRET", Given.SECRET)
                .environment("PLAYTCHA_BASE_URL", Given.URL)
                .environment("PLAYTCHA_FAIL_CLOSED", "1")
                .environment("PLAYTCHA_URL_PATTERNS", "/signup")
                .environment("OTHER_PLAYTCHA_KEY", "of another program");

        LoadedSettings loaded = given.load();
        assertThat(loaded.warnings()).isEmpty();
        GuardSettings guard = loaded.registrations().get("playtcha");
        assertThat(guard.get(Setting.FAIL_CLOSED)).isTrue();
        assertThat(guard.get(Setting.URL_PATTERNS)).containsExactly("/signup");
    }

    @ParameterizedTest
    @CsvSource({
        "context, PLAYTCHA-0007: timeout = \"5\" from context-param playtcha.timeout: it has no unit;",
        "system, PLAYTCHA-0007: timeout = \"5\" from system property playtcha.timeout: it has no unit;",
        "env, PLAYTCHA-0007: timeout = \"5\" from environment variable PLAYTCHA_TIMEOUT: it has no unit;",
        "g-env, PLAYTCHA-0007: timeout = \"5\" from environment variable PLAYTCHA_GUARDS_LOGIN_TIMEOUT: it has no unit;",
        "init, PLAYTCHA-0007: timeout = \"5\" from init-param timeout of filter 'signup': it has no unit;"
    })
    void aProblemSaysWhereTheValueCameFrom(String place, String start) {
        Given given = Given.complete().contextParam("playtcha.guards", "login");
        List<String> initParams = new ArrayList<>(List.of("guard", "login"));
        set(given, place, "5", initParams);
        given.filter("signup", initParams.toArray(String[]::new));

        assertThat(given.problems()).singleElement().asString().startsWith(start);
    }

    @Test
    void offHidesAnInheritedValue() {
        GuardSettings settings = Given.complete()
                .contextParam("playtcha.failure-path", "/denied")
                .contextParam("playtcha.proxy", "http://proxy:3128")
                .contextParam("playtcha.fail-open-per-minute", "5")
                .filter("signup", "failure-path", "off", "proxy", "off", "fail-open-per-minute", "off")
                .signup();

        assertThat(settings.get(Setting.FAILURE_PATH)).isEmpty();
        assertThat(settings.get(Setting.PROXY)).isEqualTo(ProxySetting.NONE);
        assertThat(settings.get(Setting.FAIL_OPEN_PER_MINUTE)).isEmpty();
    }

    @Test
    void offHidesAnInheritedBaseUrlSoThatItIsMissing() {
        assertThat(Given.complete().filter("signup", "base-url", "off").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0001: base-url is not set, and filter 'signup' needs it");
    }

    @Test
    void whatWebXmlOverridesIsAWarningThatNamesBoth() {
        Given given = Given.complete()
                .contextParam("playtcha.fail-closed", "false")
                .contextParam("playtcha.mode", "enforce")
                .systemProperty("playtcha.fail-closed", "true")
                .environment("PLAYTCHA_FAIL_CLOSED", "1")
                .environment("PLAYTCHA_MODE", "enforce")
                .environment("PLAYTCHA_TIMEOUT", "4s")
                .environment("PLAYTCHA_BREAKER", "")
                .environment("PLAYTCHA_SECRET", "another-secret")
                .filter("signup", "timeout", "3s", "breaker", "true");

        assertThat(given.load().warnings())
                .containsExactlyInAnyOrder(
                        "PLAYTCHA-0030: fail-closed = \"true\" from system property playtcha.fail-closed is overridden by"
                                + " fail-closed = \"false\" from context-param playtcha.fail-closed.",
                        "PLAYTCHA-0030: fail-closed = \"1\" from environment variable PLAYTCHA_FAIL_CLOSED is overridden"
                                + " by fail-closed = \"false\" from context-param playtcha.fail-closed.",
                        "PLAYTCHA-0030: timeout = \"4s\" from environment variable PLAYTCHA_TIMEOUT is overridden by"
                                + " timeout = \"3s\" from init-param timeout of filter 'signup'.",
                        "PLAYTCHA-0030: secret = (not shown) from environment variable PLAYTCHA_SECRET is overridden by"
                                + " secret = (not shown) from context-param playtcha.secret.");
    }

    @Test
    void aSystemPropertyMayOverrideTheEnvironmentUnnoticed() {
        Given given = Given.complete()
                .systemProperty("playtcha.timeout", "3s")
                .environment("PLAYTCHA_TIMEOUT", "4s")
                .filter("signup");

        assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(3);
        assertThat(given.load().warnings()).isEmpty();
    }

    @Test
    void expressionsAreResolvedInEverySourceContextParamsFirst() {
        Given given = new Given()
                .contextParam("app.host", "context.example")
                .contextParam("playtcha.base-url", "https://${app.host}/${app.path:p}")
                .contextParam("playtcha.secret", Given.SECRET)
                .systemProperty("app.host", "system.example")
                .systemProperty("playtcha.mode", "${app.mode}")
                .environment("APP_MODE", "monitor")
                .environment("PLAYTCHA_FAILURE_PATH", "/${DENIED_PAGE}")
                .environment("DENIED_PAGE", "denied")
                .filter("signup", "timeout", "${app.timeout:${app.seconds:3}s}");

        GuardSettings settings = given.signup();
        assertThat(settings.baseUrl()).hasToString("https://context.example/p");
        assertThat(settings.isMonitoring()).isTrue();
        assertThat(settings.get(Setting.FAILURE_PATH)).contains("/denied");
        assertThat(settings.get(Setting.TIMEOUT)).hasSeconds(3);
    }

    @Test
    void anExpressionThatCannotBeResolvedIsAProblemNotAnAbsence() {
        Given given = Given.complete()
                .contextParam("playtcha.fail-closed", "${app.fail-closed}")
                .environment("PLAYTCHA_FAIL_CLOSED", "1")
                .filter("signup");

        assertThat(given.problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: fail-closed = \"${app.fail-closed}\" from context-param"
                        + " playtcha.fail-closed: it has an expression that is not set anywhere and has no default");
    }

    /** As MicroProfile Config looks names up; a key of this library has its one name alone. */
    @ParameterizedTest
    @ValueSource(strings = {"shop.time-out", "shop_time_out", "SHOP_TIME_OUT"})
    void aNameInAnExpressionIsFoundInTheEnvironmentInEachSpelling(String variable) {
        Given given = Given.complete()
                .environment(variable, "7s")
                .environment("playtcha_connect_timeout", "600ms")
                .filter("signup", "timeout", "${shop.time-out}");

        assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(7);
        assertThat(given.signup().get(Setting.CONNECT_TIMEOUT)).hasSeconds(1);
    }

    @Test
    void anUnknownKeyOfAMapIsNamedAsItStandsThere() {
        assertThatThrownBy(() -> new Given()
                        .builder()
                        .map(Map.of("secret", Given.SECRET, "base-url", Given.URL, "tiemout", "3s"))
                        .load())
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .containsExactly(
                                        "PLAYTCHA-0002: key tiemout of the map is unknown; the nearest valid name is"
                                                + " timeout."));
    }

    @Test
    void expressionsAreResolvedInAMapOfSettingsToo() {
        LoadedSettings loaded = new Given()
                .systemProperty("host", "api.example")
                .builder()
                .map(Map.of("secret", Given.SECRET, "base-url", "https://${host}"))
                .load();

        assertThat(loaded.guards().get("default").baseUrl()).hasToString("https://api.example");
    }

    @Test
    void anExpressionWithAnEmptyResultIsNotSet() {
        Given given = Given.complete()
                .contextParam("playtcha.fail-closed", "${app.fail-closed:}")
                .environment("PLAYTCHA_FAIL_CLOSED", "1")
                .filter("signup");

        assertThat(given.signup().get(Setting.FAIL_CLOSED)).isTrue();
    }

    @Test
    void theSecretIsTakenAsItIsWrittenWithAWarningWhereItLooksLikeAnExpression() {
        Given given = new Given()
                .contextParam("playtcha.secret", "${app.secret}")
                .contextParam("playtcha.base-url", Given.URL)
                .systemProperty("app.secret", "resolved")
                .filter("signup");

        assertThat(given.signup().secret().current()).isEqualTo("${app.secret}");
        assertThat(given.load().warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0033: secret from context-param playtcha.secret looks like an expression");
    }

    @Test
    void expressionsCanBeSwitchedOffAsMicroProfileConfigHasIt() {
        Given given = Given.complete()
                .systemProperty("mp.config.property.expressions.enabled", "false")
                .filter("signup", "token-param", "${a}");

        assertThat(given.signup().get(Setting.TOKEN_PARAM)).contains("${a}");
    }

    @Test
    void systemPropertiesAreReadWhenTheSettingsAreLoaded() {
        Properties properties = new Properties();
        SettingsLoader loader = new Given().filter("signup").builder().platform(properties, Map.of());
        properties.setProperty("playtcha.secret", Given.SECRET);
        properties.setProperty("playtcha.base-url", Given.URL);

        assertThat(loader.load().filters()).containsOnlyKeys("signup");
    }

    @Test
    void aFileOfMicroProfileConfigThatNothingReadsIsAWarning(@TempDir Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("META-INF")).resolve("microprofile-config.properties");
        ClassLoader bare = new Given.WithoutMicroProfile(getClass().getClassLoader());
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, bare)) {
            Files.writeString(file, "playtcha.url-patterns=/signup\nplaytcha.fail-closed=true\nother=1\n");
            LoadedSettings loaded = Given.complete().loader(loader).load();
            assertThat(loaded.registrations()).isEmpty();
            assertThat(loaded.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("PLAYTCHA-0056: META-INF/microprofile-config.properties sets playtcha.fail-closed,"
                            + " playtcha.url-patterns, but nothing reads that file");

            Files.writeString(file, "other=1\n");
            assertThat(Given.complete().loader(loader).load().warnings()).isEmpty();
        }
    }
}
