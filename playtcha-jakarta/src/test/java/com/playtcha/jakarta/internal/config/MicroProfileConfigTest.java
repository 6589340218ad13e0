package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import io.smallrye.config.DotEnvConfigSourceProvider;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: MicroProfile Config where an implementation is present; here SmallRye Config. */
class MicroProfileConfigTest {
    private static final String COMPLETE =
            "playtcha.secret=sk_live_0123456789\nplaytcha.base-url=https://api.example\n";

    @TempDir
    Path folder;

    private URLClassLoader loader;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("META-INF"));
        loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @AfterEach
    void close() throws IOException {
        ConfigProviderResolver resolver = ConfigProviderResolver.instance();
        resolver.releaseConfig(ConfigProvider.getConfig(loader));
        loader.close();
    }

    private Given given(String properties) throws IOException {
        Files.writeString(folder.resolve("META-INF/microprofile-config.properties"), properties);
        return new Given().loader(loader);
    }

    /** A configuration whose environment can be chosen. */
    private Given given(Map<String, String> properties, Map<String, String> environment) {
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(
                        new EnvConfigSource(environment, 300), new PropertiesConfigSource(properties, "the file", 100))
                .build();
        ConfigProviderResolver.instance().registerConfig(config, loader);
        Given given = new Given().loader(loader);
        given.environment.putAll(environment);
        return given;
    }

    @Test
    void settingsOfLateResultsAreRead() throws IOException {
        LateSettings late = given("playtcha.late-dir=${app.data}/late\n"
                        + "app.data=/srv\n"
                        + "playtcha.callback-path=/pingback\n"
                        + "playtcha.callback-key=${app.key}\n"
                        + "app.key=callback-key-0123456789\n"
                        + "playtcha.late-dir-max-bytes=1 GiB\n")
                .load()
                .late();

        assertThat(late.get(Setting.LATE_DIR)).contains(Path.of("/srv/late"));
        assertThat(late.callbackKeys()).contains(SecretSource.fixed("callback-key-0123456789"));
        assertThat(late.get(Setting.LATE_DIR_MAX_BYTES)).isEqualTo(1L << 30);
    }

    @Test
    void theApplicationsFileIsRead() throws IOException {
        GuardSettings settings = given(COMPLETE
                        + "playtcha.fail-closed=1\n"
                        + "app.path=denied\n"
                        + "playtcha.failure-path=/${app.path}\n"
                        + "playtcha.timeout=\n"
                        + "playtcha.token-param=\\\\${not-an-expression}\n"
                        + "playtcha.guards=login\n"
                        + "playtcha.guards.login.mode=monitor\n")
                .filter("signup", "guard", "login")
                .signup();

        assertThat(settings.secret().current()).isEqualTo("sk_live_0123456789");
        assertThat(settings.get(Setting.FAIL_CLOSED)).isTrue();
        assertThat(settings.get(Setting.FAILURE_PATH)).contains("/denied");
        assertThat(settings.get(Setting.TIMEOUT)).hasSeconds(2);
        assertThat(settings.get(Setting.TOKEN_PARAM)).contains("${not-an-expression}");
        assertThat(settings.isMonitoring()).isTrue();
    }

    /** Variables, which are listed too, may be meant for other programs. */
    @Test
    void patternsBehindAnotherPrefixAreAWarning() {
        Map<String, String> file = Map.of(
                "playtcha.secret", "sk_live_0123456789",
                "playtcha.base-url", "https://api.example",
                "playtcha.url-patterns", "/signup",
                "playtcha-url-patterns", "/contact");

        assertThat(given(file, Map.of("OTHER_PLAYTCHA_URL_PATTERNS", "/other"))
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .contains("playtcha-url-patterns", "is not read by this library");
    }

    @Test
    void theSecretIsTakenRaw() throws IOException {
        GuardSettings settings = given("playtcha.secret=a${b}c\nplaytcha.base-url=https://api.example\nb=B\n")
                .filter("signup")
                .signup();

        assertThat(settings.secret().current()).isEqualTo("a${b}c");
    }

    @Test
    void aContextParamGoesBeforeItAndItBeforeTheDefault() throws IOException {
        Given given = given(COMPLETE + "playtcha.timeout=3s\nplaytcha.mode=monitor\n")
                .contextParam("playtcha.timeout", "4s")
                .filter("signup");

        assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(4);
        assertThat(given.signup().isMonitoring()).isTrue();
    }

    @Test
    void aSystemPropertyReachesUsThroughItAndGoesBeforeTheFile() throws IOException {
        System.setProperty("playtcha.timeout", "5s");
        try {
            Given given = given(COMPLETE + "playtcha.timeout=3s\n").filter("signup");

            assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(5);
        } finally {
            System.clearProperty("playtcha.timeout");
        }
    }

    /** An implementation takes an empty value for an absent one and looks no further (contract, section 4). */
    @Test
    void anEmptyValueOfAnEarlierSourceDoesNotHideTheFile() throws IOException {
        System.setProperty("playtcha.timeout", "");
        System.setProperty("playtcha.mode", "  ");
        System.setProperty("playtcha.fail-closed", "${app.unset:}");
        System.setProperty("page", "");
        try {
            Given given = given(COMPLETE
                            + "playtcha.timeout=${app.seconds}s\n"
                            + "app.seconds=3\n"
                            + "playtcha.mode=monitor\n"
                            + "playtcha.fail-closed=true\n"
                            + "page=denied\n"
                            + "playtcha.failure-path=/${page}\n")
                    .filter("signup");

            assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(3);
            assertThat(given.signup().isMonitoring()).isTrue();
            assertThat(given.signup().get(Setting.FAIL_CLOSED)).isTrue();
            assertThat(given.signup().get(Setting.FAILURE_PATH)).contains("/denied");
        } finally {
            System.clearProperty("playtcha.timeout");
            System.clearProperty("playtcha.mode");
            System.clearProperty("playtcha.fail-closed");
            System.clearProperty("page");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "playtcha.fail-closed=true",
                "mp.config.profile=prod; %prod.playtcha.fail-closed=true",
                "mp.config.profile=dev, prod; playtcha.fail-closed=false; %dev.playtcha.fail-closed=false;"
                        + " %prod.playtcha.fail-closed=true"
            })
    void anEmptyVariableOfTheEnvironmentHidesNeitherTheFileNorAProfilesValueInIt(String file) {
        Map<String, String> properties = new HashMap<>(Given.prefixed());
        for (String line : file.split("; ")) {
            String[] parts = line.split("=");
            properties.put(parts[0], parts[1]);
        }
        GuardSettings settings = given(properties, Map.of("PLAYTCHA_FAIL_CLOSED", ""))
                .filter("signup")
                .signup();

        assertThat(settings.get(Setting.FAIL_CLOSED)).isTrue();
    }

    @Test
    void ofSeveralSourcesBehindAnEmptyValueTheFirstDecidesAndIsNamed() {
        Map<String, String> file = new HashMap<>(Given.prefixed());
        file.put("playtcha.timeout", "5s");
        Config config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(
                        new PropertiesConfigSource(file, "the file", 100),
                        new EnvConfigSource(Map.of("PLAYTCHA_TIMEOUT", "4"), 300),
                        new PropertiesConfigSource(Map.of("playtcha.timeout", ""), "the operator", 400))
                .build();
        ConfigProviderResolver.instance().registerConfig(config, loader);

        assertThat(new Given().loader(loader).filter("signup").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: timeout = \"4\" from MicroProfile Config source \"EnvConfigSource");
    }

    @Test
    void expressionsMayNameContextParams() throws IOException {
        Given given = given(COMPLETE + "playtcha.failure-path=/${page}\npage=from-the-file\n")
                .contextParam("page", "from-web-xml")
                .filter("signup");

        assertThat(given.signup().get(Setting.FAILURE_PATH)).contains("/from-web-xml");
    }

    @Test
    void aProblemNamesTheSourceAndTheProperty() throws IOException {
        assertThat(given(COMPLETE + "playtcha.timeout=3\n").filter("signup").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: timeout = \"3\" from MicroProfile Config source \"PropertiesConfigSource")
                .contains("microprofile-config.properties", "property playtcha.timeout: it has no unit");
    }

    @Test
    void anExpressionThatCannotBeResolvedIsAProblemNotAnAbsence() throws IOException {
        assertThat(given(COMPLETE + "playtcha.fail-closed=${nowhere}\n")
                        .filter("signup")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: fail-closed = \"${nowhere}\" from MicroProfile Config source");
    }

    @Test
    void unknownKeysOfConfigurationFilesAreProblems() throws IOException {
        assertThat(given("playtcha.url-pattern=/signup\nplaytcha.guards.login.timeout=3s\nother.key=1\n")
                        .problems())
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("PLAYTCHA-0002: MicroProfile Config source")
                        .contains("property playtcha.url-pattern is unknown")
                        .endsWith("the nearest valid name is playtcha.url-patterns."))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("PLAYTCHA-0004: ")
                        .contains("playtcha.guards.login.timeout has no effect"));
    }

    @Test
    void environmentVariablesSetValuesAndUnknownOnesAreNoProblem() {
        Map<String, String> environment = Map.of(
                "PLAYTCHA_FAIL_CLOSED", "1",
                "PLAYTCHA_GUARDS_LOGIN_TOKEN_PARAM", "t",
                "PLAYTCHA_NO_SUCH_THING", "x");
        Given given = given(
                        Map.of(
                                "playtcha.secret", Given.SECRET,
                                "playtcha.base-url", Given.URL,
                                "playtcha.guards", "login"),
                        environment)
                .filter("signup", "guard", "login");

        assertThat(ConfigProvider.getConfig(loader).getPropertyNames())
                .as("the trap: names made from the environment")
                .contains("playtcha.fail.closed", "playtcha.no.such.thing");
        assertThat(given.signup().get(Setting.FAIL_CLOSED)).isTrue();
        assertThat(given.signup().get(Setting.TOKEN_PARAM)).contains("t");
        assertThat(given.load().warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0031: environment variable PLAYTCHA_NO_SUCH_THING is unknown;");
    }

    /** Its names are those of the environment, and SmallRye Config makes others of them. */
    @Test
    void aDotenvFileIsLikeTheEnvironment() throws IOException {
        Path file = folder.resolve(".env");
        Files.writeString(file, "PLAYTCHA_FAIL_CLOSED=1\nPLAYTCHA_GUARDS_LOGIN_URL_PATTERNS=/login\n");
        ConfigProviderResolver.instance()
                .registerConfig(
                        new SmallRyeConfigBuilder()
                                .addDefaultInterceptors()
                                .withSources(new DotEnvConfigSourceProvider(
                                        file.toUri().toString()))
                                .withSources(new PropertiesConfigSource(Given.prefixed(), "the file", 100))
                                .build(),
                        loader);
        Given given = new Given().loader(loader).filter("signup");

        assertThat(given.signup().get(Setting.FAIL_CLOSED)).isTrue();
        assertThat(given.load().warnings())
                .singleElement()
                .asString()
                .contains("PLAYTCHA_GUARDS_LOGIN_URL_PATTERNS has no effect", "set PLAYTCHA_GUARDS to login.");
    }

    @Test
    void anEnvironmentValueThatWebXmlOverridesIsAWarning() {
        Given given = given(Map.of(), Map.of("PLAYTCHA_FAIL_CLOSED", "1"))
                .contextParam("playtcha.secret", Given.SECRET)
                .contextParam("playtcha.base-url", Given.URL)
                .filter("signup", "fail-closed", "false");

        assertThat(given.load().warnings())
                .containsExactly("PLAYTCHA-0030: fail-closed = \"1\" from environment variable PLAYTCHA_FAIL_CLOSED is"
                        + " overridden by fail-closed = \"false\" from init-param fail-closed of filter 'signup'.");
    }

    @Test
    void anUnknownSystemPropertyIsAWarningHereToo() throws IOException {
        System.setProperty("playtcha.tiemout", "5s");
        try {
            Given given =
                    given(COMPLETE).systemProperty("playtcha.tiemout", "5s").filter("signup");

            assertThat(given.load().warnings()).singleElement().asString().startsWith("PLAYTCHA-0031: ");
        } finally {
            System.clearProperty("playtcha.tiemout");
        }
    }

    @Test
    void aConfigurationThatCannotBeHadIsAWarningAndTheRestIsRead() {
        // made.
        ClassLoader broken = new ClassLoader(getClass().getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("no resources here");
            }
        };
        Given given = new Given()
                .loader(broken)
                .environment("PLAYTCHA_SECRET", Given.SECRET)
                .environment("PLAYTCHA_BASE_URL", Given.URL)
                .systemProperty("playtcha.timeout", "3s")
                .filter("signup");

        assertThat(given.signup().get(Setting.TIMEOUT)).hasSeconds(3);
        assertThat(given.load().warnings()).singleElement().asString().startsWith("PLAYTCHA-0032: ");
    }

    @Test
    void aSourceThatFailsIsAProblemWithoutItsMessage() {
        Map<String, String> properties = new HashMap<>(Map.of("playtcha.secret", Given.SECRET)) {
            private static final long serialVersionUID = 1L;

            @Override
            public String get(Object key) {
                if ("playtcha.base-url".equals(key)) {
                    throw new IllegalStateException("cannot decrypt " + Given.SECRET);
                }
                return super.get(key);
            }
        };
        Config config = new SmallRyeConfigBuilder()
                .withSources(new ConfigSource() {
                    @Override
                    public Set<String> getPropertyNames() {
                        return properties.keySet();
                    }

                    @Override
                    public String getValue(String name) {
                        return properties.get(name);
                    }

                    @Override
                    public String getName() {
                        return "failing";
                    }
                })
                .build();
        ConfigProviderResolver.instance().registerConfig(config, loader);

        Throwable thrown =
                catchThrowable(() -> new Given().loader(loader).filter("signup").load());
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .singleElement()
                                .asString()
                                .startsWith("PLAYTCHA-0025: base-url cannot be read from MicroProfile Config")
                                .doesNotContain("decrypt", Given.SECRET));
    }
}
