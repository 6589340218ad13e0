package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: where an application's settings of late results come from, and when they are required. */
class LateLoadingTest {
    private static final String KEY = "callback-key-0123456789";
    private static final String POLL_KEY = "poll-key-0123456789";

    @TempDir
    Path folder;

    /** A usable value of each key. */
    private static final Map<String, String> EXAMPLES = new LinkedHashMap<>();

    static {
        EXAMPLES.put("late-dir", "/srv/late");
        EXAMPLES.put("late-datasource", "java:comp/env/jdbc/late");
        EXAMPLES.put("late-database", "unproven");
        EXAMPLES.put("late-concurrency", "9");
        EXAMPLES.put("late-max-untracked", "67");
        EXAMPLES.put("late-max-attempts", "69");
        EXAMPLES.put("late-handler-timeout", "PT70S");
        EXAMPLES.put("late-retention", "PT71M");
        EXAMPLES.put("late-virtual-threads", "true");
        EXAMPLES.put("late-max-waiting", "68");
        EXAMPLES.put("callback-path", "/pingback");
        EXAMPLES.put("callback-key", KEY);
        EXAMPLES.put("poll-url", "https://poll.example/res");
        EXAMPLES.put("poll-key", POLL_KEY);
        EXAMPLES.put("callback-timeout", "PT61S");
        EXAMPLES.put("poll-interval", "PT62S");
        EXAMPLES.put("poll-expiry", "PT63M");
        EXAMPLES.put("dead-letter-retry", "PT64S");
        EXAMPLES.put("late-dir-max-files", "65");
        EXAMPLES.put("late-dir-max-bytes", "66 KiB");
    }

    static Set<String> keys() {
        return EXAMPLES.keySet();
    }

    private static void assertExamples(LateSettings late) {
        assertThat(late.isOn()).isTrue();
        assertThat(late.get(Setting.LATE_DIR)).contains(Path.of("/srv/late"));
        assertThat(late.get(Setting.LATE_DATASOURCE)).contains("java:comp/env/jdbc/late");
        assertThat(late.get(Setting.LATE_DATABASE)).isEqualTo(LateSettings.DatabaseSupport.UNPROVEN);
        assertThat(late.get(Setting.LATE_CONCURRENCY)).isEqualTo(9);
        assertThat(late.get(Setting.LATE_MAX_UNTRACKED)).isEqualTo(67);
        assertThat(late.get(Setting.LATE_MAX_ATTEMPTS)).hasValue(69);
        assertThat(late.get(Setting.LATE_HANDLER_TIMEOUT)).hasSeconds(70);
        assertThat(late.get(Setting.LATE_RETENTION)).hasMinutes(71);
        assertThat(late.get(Setting.LATE_VIRTUAL_THREADS)).isTrue();
        assertThat(late.get(Setting.LATE_MAX_WAITING)).isEqualTo(68);
        assertThat(late.get(Setting.CALLBACK_PATH)).contains("/pingback");
        assertThat(late.callbackKeys()).contains(SecretSource.fixed(KEY));
        assertThat(late.get(Setting.POLL_URL)).contains(URI.create("https://poll.example/res"));
        assertThat(late.pollKey()).contains(SecretSource.fixed(POLL_KEY));
        assertThat(late.get(Setting.CALLBACK_TIMEOUT)).hasSeconds(61);
        assertThat(late.get(Setting.POLL_INTERVAL)).hasSeconds(62);
        assertThat(late.get(Setting.POLL_EXPIRY)).hasMinutes(63);
        assertThat(late.get(Setting.DEAD_LETTER_RETRY)).hasSeconds(64);
        assertThat(late.get(Setting.LATE_DIR_MAX_FILES)).isEqualTo(65);
        assertThat(late.get(Setting.LATE_DIR_MAX_BYTES)).isEqualTo(66 * 1024);
    }

    @Test
    void everyKeyIsExemplifiedButTheFiles() {
        assertThat(Setting.OF_LATE)
                .extracting(setting -> setting.key)
                .filteredOn(key -> !key.endsWith("-key-file"))
                .containsExactlyElementsOf(EXAMPLES.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"context-param", "system property", "environment"})
    void everyKeyIsFoundInEverySource(String source) {
        Given given = Given.complete();
        EXAMPLES.forEach((key, value) -> {
            switch (source) {
                case "context-param" -> given.contextParam("playtcha." + key, value);
                case "system property" -> given.systemProperty("playtcha." + key, value);
                default -> given.environment(Sources.environmentName("playtcha." + key), value);
            }
        });
        LoadedSettings loaded = given.load();

        assertExamples(loaded.late());
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.late().describe()).doesNotContain(KEY, POLL_KEY);
    }

    /** They belong to the application (contract, section 4). */
    @ParameterizedTest
    @MethodSource("keys")
    void aKeyOfTheApplicationUnderAGuardOrFilterIsAProblemThatSaysWhereItBelongs(String key) {
        String value = EXAMPLES.get(key);

        assertThat(Given.complete().filter("signup", key, value).problems())
                .containsExactly("PLAYTCHA-0003: init-param " + key + " of filter 'signup' has no effect there; an"
                        + " application has one " + key + " for all guards and filters: set context-param playtcha."
                        + key + ", playtcha." + key + " in MicroProfile Config or as a system property, or environment"
                        + " variable " + Sources.environmentName("playtcha." + key) + ".");
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "login")
                        .contextParam("playtcha.guards.login." + key, value)
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003: context-param playtcha.guards.login." + key + " has no effect there;")
                .contains("set context-param playtcha." + key + ",");
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "login")
                        .systemProperty("playtcha.guards.login." + key, value)
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0031: ")
                .contains("playtcha.guards.login." + key + " has no effect there");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void whatWebXmlSaysGoesBeforeTheEnvironmentAndTheWarningNamesBoth(String key) {
        String variable = Sources.environmentName("playtcha." + key);
        String other = switch (key) {
            case "callback-key", "poll-key" -> "another-key-0123456789";
            case "late-dir" -> "/elsewhere";
            case "late-datasource" -> "jdbc/other";
            case "callback-path" -> "/elsewhere";
            case "poll-url" -> "https://other.example";
            case "late-dir-max-files",
                    "late-dir-max-bytes",
                    "late-concurrency",
                    "late-max-untracked",
                    "late-max-waiting" -> "1";
            default -> "PT59S";
        };
        Given given = Given.complete().environment(variable, other);
        EXAMPLES.forEach((name, value) -> given.contextParam("playtcha." + name, value));
        LoadedSettings loaded = given.load();

        assertExamples(loaded.late());
        assertThat(loaded.warnings())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0030: " + key + " = ")
                .contains(" from environment variable " + variable + " is overridden by " + key + " = ")
                .endsWith(" from context-param playtcha." + key + ".")
                .doesNotContain("another-key", KEY, POLL_KEY);
    }

    @Test
    void expressionsAreResolvedInKeysToo() {
        LateSettings late = new Given()
                .environment("PLAYTCHA_LATE_DIR", "${data}/late")
                .contextParam("data", "/srv")
                .contextParam("playtcha.callback-path", "/cb")
                .contextParam("playtcha.callback-key", "${mounted.key}")
                .contextParam("mounted.key", KEY)
                .load()
                .late();

        assertThat(late.get(Setting.LATE_DIR)).contains(Path.of("/srv/late"));
        assertThat(late.callbackKeys()).contains(SecretSource.fixed(KEY));
        assertThat(new Given()
                        .contextParam("playtcha.late-dir", "/a")
                        .contextParam("playtcha.callback-path", "/cb")
                        .contextParam("playtcha.callback-key", "${absent.key.0123456789}")
                        .problems())
                .containsExactly("PLAYTCHA-0007: callback-key = (not shown) from context-param playtcha.callback-key:"
                        + " it has an expression that is not set anywhere and has no default; allowed is"
                        + " at least 16 characters, none of them a control character, or off.");
    }

    @Test
    void aCallbackInboxAloneNeedsNeitherSecretNorBaseUrl() {
        Given given = new Given()
                .contextParam("playtcha.late-dir", "/a")
                .contextParam("playtcha.callback-path", "/cb")
                .contextParam("playtcha.callback-key", KEY);
        LoadedSettings loaded = given.load();

        assertThat(loaded.isInUse()).isTrue();
        assertThat(loaded.late().isOn()).isTrue();
        assertThat(loaded.guards()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
        assertThat(given.filter("signup").problems()).hasSize(2);
    }

    @Test
    void aFolderAloneSwitchesOnButUsesNothing() {
        LoadedSettings loaded =
                new Given().contextParam("playtcha.late-dir", "/a").load();

        assertThat(loaded.late().isOn()).isTrue();
        assertThat(loaded.isInUse()).isFalse();
    }

    @Test
    void withoutAnyOfThemLateResultsAreOff() {
        LoadedSettings loaded = Given.complete().filter("signup").load();

        assertThat(loaded.late()).isEqualTo(TestSettings.late(Map.of()));
        assertThat(loaded.filters().get("signup").get(Setting.LATE_VERDICTS)).isFalse();
    }

    @Test
    void lateVerdictsAreAGuardsOwnAndInherited() {
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.late-dir", "/a")
                .contextParam("playtcha.late-verdicts", "true")
                .contextParam("playtcha.guards", "login, api")
                .contextParam("playtcha.guards.login.late-verdicts", "off")
                .filter("signup")
                .filter("in", "guard", "login")
                .filter("back", "guard", "login", "late-verdicts", "yes")
                .load();

        assertThat(loaded.filters().get("signup").get(Setting.LATE_VERDICTS)).isTrue();
        assertThat(loaded.filters().get("in").get(Setting.LATE_VERDICTS)).isFalse();
        assertThat(loaded.filters().get("back").get(Setting.LATE_VERDICTS)).isTrue();
        assertThat(loaded.guards().get("api").get(Setting.LATE_VERDICTS)).isTrue();
        assertThat(loaded.guards().get("api").describe()).endsWith("late-verdicts=true");
        assertThat(Given.with("late-verdicts", "1")).isNotEqualTo(Given.with());
    }

    @Test
    void lateVerdictsOfAGuardInUseNeedAStore() {
        assertThat(Given.complete().filter("signup", "late-verdicts", "true").problems())
                .containsExactly("PLAYTCHA-0001: neither late-dir nor late-datasource is set, and late-verdicts of"
                        + " filter 'signup' needs it; set context-param playtcha.late-dir, playtcha.late-dir in"
                        + " MicroProfile Config or as a system property, or environment variable PLAYTCHA_LATE_DIR;"
                        + " allowed is a folder, which is created if it does not exist, or off.");
        assertThat(Given.complete()
                        .contextParam("playtcha.late-verdicts", "true")
                        .contextParam("playtcha.url-patterns", "/signup")
                        .problems())
                .singleElement()
                .asString()
                .contains("late-verdicts of guard 'default' needs it");
        LoadedSettings switchedOff = Given.complete()
                .filter("signup", "late-verdicts", "true", "enabled", "false")
                .load();
        assertThat(switchedOff.late().isOn()).isFalse();
    }

    @Test
    void lateVerdictsOfAGuardThatNothingUsesHarmNoOneUntilItIsUsed() {
        Given given = Given.complete().contextParam("playtcha.late-verdicts", "true");
        LoadedSettings unused = given.load();

        assertThat(unused.late().isOn()).isFalse();
        assertThat(unused.guards()).isEmpty();
        assertThatThrownBy(() -> given.builder()
                        .uses(List.of(new UsageSite("default", "a call")))
                        .load())
                .hasMessageContaining("late-verdicts of guard 'default' (used by a call) needs it");
    }

    @Test
    void aDataSourceWithoutAFolderIsAWarning() {
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.late-datasource", "jdbc/late")
                .filter("signup", "late-verdicts", "true")
                .load();

        assertThat(loaded.late().get(Setting.LATE_DATASOURCE)).isPresent();
        assertThat(loaded.warnings())
                .containsExactly("PLAYTCHA-0048: late-datasource is set without late-dir: while the database is down,"
                        + " callbacks are answered with 503, and requests that are allowed without verification are not"
                        + " tracked; set late-dir to a folder of this node.");
    }

    @Test
    void anOpenCallbackIsAWarning() {
        assertThat(new Given()
                        .contextParam("playtcha.late-dir", "/a")
                        .contextParam("playtcha.callback-path", "/cb")
                        .environment("PLAYTCHA_CALLBACK_KEY", "Off")
                        .load()
                        .warnings())
                .containsExactly("PLAYTCHA-0049: callback-key is switched off by environment variable"
                        + " PLAYTCHA_CALLBACK_KEY: anyone who can reach callback-path can deliver results.");
    }

    @Test
    void whatAllowsHttpForOneGuardDoesNotAllowItForTheApplication() {
        Given given = Given.complete()
                .contextParam("playtcha.late-dir", "/a")
                .contextParam("playtcha.poll-url", "http://h")
                .contextParam("playtcha.poll-key", POLL_KEY)
                .filter("signup", "allow-http", "true");

        assertThat(given.problems()).singleElement().asString().startsWith("PLAYTCHA-0012: poll-url = \"http://h\"");
        assertThat(given.contextParam("playtcha.allow-http", "true")
                        .load()
                        .late()
                        .get(Setting.POLL_URL))
                .contains(URI.create("http://h"));
    }

    @Test
    void codeThatUsesLateResultsNeedsAStore() {
        SettingsLoader nothing = new Given()
                .builder()
                .uses(List.of(new UsageSite(null, "field a.B.tasks"), new UsageSite(null, "handler a.C")));
        PlaytchaConfigurationException e = catchThrowableOfType(PlaytchaConfigurationException.class, nothing::load);

        assertThat(e.getProblems())
                .containsExactly(
                        "PLAYTCHA-0047: late results are used by field a.B.tasks, handler a.C, but nothing stores them;"
                                + " set late-dir to a folder for the embedded database, or late-datasource to the JNDI"
                                + " name of a database that all nodes share.");
        LoadedSettings kept = new Given()
                .contextParam("playtcha.late-dir", "/a")
                .builder()
                .uses(List.of(new UsageSite(null, "field a.B.tasks")))
                .load();
        assertThat(kept.isInUse()).isTrue();
        assertThat(kept.late().isOn()).isTrue();
    }

    @Test
    void theKillSwitchLeavesLateResultsOn() {
        LoadedSettings loaded = Given.complete()
                .environment("PLAYTCHA_ENABLED", "false")
                .contextParam("playtcha.late-dir", "/a")
                .filter("signup", "late-verdicts", "true")
                .load();

        assertThat(loaded.filters().get("signup").isEnabled()).isFalse();
        assertThat(loaded.late().isOn()).isTrue();
        assertThat(loaded.late().get(Setting.LATE_DIR)).contains(Path.of("/a"));
    }

    @Test
    void theKillSwitchForgivesWrongSettingsAndThenLateResultsAreOff() {
        LoadedSettings loaded = new Given()
                .environment("PLAYTCHA_ENABLED", "false")
                .contextParam("playtcha.callback-path", "/*")
                .contextParam("playtcha.callback-key", "short")
                .filter("signup")
                .load();

        assertThat(loaded.late().isOn()).isFalse();
        assertThat(loaded.warnings())
                .extracting(warning -> warning.substring(0, 13))
                .contains("PLAYTCHA-0001", "PLAYTCHA-0007");
    }

    @Test
    void aBadValueThatNothingUsesIsAWarning() {
        LoadedSettings loaded =
                new Given().contextParam("playtcha.dead-letter-retry", "soon").load();

        assertThat(loaded.warnings()).singleElement().asString().startsWith("PLAYTCHA-0007: dead-letter-retry");
        assertThat(Given.complete()
                        .contextParam("playtcha.dead-letter-retry", "soon")
                        .filter("signup")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: dead-letter-retry");
    }

    @ParameterizedTest
    @CsvSource({
        "playtcha.late-dirs, playtcha.late-dir",
        "playtcha.callback.key, playtcha.callback-key",
        "playtcha.latedatasource, playtcha.late-datasource",
        "playtcha.pol-url, playtcha.poll-url",
        "playtcha.late-dir-max-byte, playtcha.late-dir-max-bytes"
    })
    void theNearestKeyIsNamed(String name, String nearest) {
        assertThat(Given.complete()
                        .contextParam("playtcha.guards", "api")
                        .contextParam(name, KEY)
                        .problems())
                .containsExactly("PLAYTCHA-0002: context-param " + name + " is unknown; the nearest valid name is "
                        + nearest + ".");
    }

    @Test
    void aGuardsUnfinishedBusinessHasAName() {
        String long1 = "f".repeat(300) + "1";
        String long2 = "f".repeat(300) + "2";
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.guards", "login")
                .contextParam("playtcha.url-patterns", "/x")
                .filter("plain", "timeout", "", "mode", " ")
                .filter("picks", "guard", "login")
                .filter("own", "timeout", "3s")
                .filter("both", "guard", "login", "mode", "monitor")
                .filter(long1, "mode", "monitor")
                .filter(long2, "mode", "monitor")
                .load();

        assertThat(loaded.filters().get("plain").source()).isEqualTo("default");
        assertThat(loaded.filters().get("picks").source()).isEqualTo("login");
        assertThat(loaded.filters().get("own").source()).isEqualTo("default/own");
        assertThat(loaded.filters().get("both").source()).isEqualTo("login/both");
        assertThat(loaded.guards().get("login").source()).isEqualTo("login");
        assertThat(loaded.registrations().get("playtcha").source()).isEqualTo("default");
        assertThat(TestSettings.guard("signup", Given.COMPLETE).source()).isEqualTo("signup");
        assertThat(loaded.filters().get(long1).source())
                .hasSizeLessThanOrEqualTo(200)
                .isNotEqualTo(loaded.filters().get(long2).source());
        assertThat(loaded.filters().get(long1)).isEqualTo(loaded.filters().get(long2));
    }

    /** Puts the keys under random settings, in random sources. */
    @Test
    void whateverIsWrongNoKeyIsShown() throws IOException {
        String filed = "filed-key-0123456789";
        Path file = Files.writeString(folder.resolve("key"), filed);
        List<String> keys = List.of(KEY, POLL_KEY, filed);
        Random random = new Random(20261123);
        int refused = 0;
        for (int round = 0; round < 500; round++) {
            Given given =
                    Given.complete().contextParam("playtcha.guards", "login").filter("signup", "guard", "login");
            given.contextParam("playtcha.late-dir", "/srv/late").contextParam("playtcha.callback-path", "/cb");
            given.contextParam("playtcha.poll-url", "https://h/");
            given.environment("PLAYTCHA_CALLBACK_KEY", KEY);
            given.systemProperty("playtcha.poll-key", POLL_KEY);
            if (random.nextBoolean()) {
                given.contextParam("playtcha.poll-key-file", file.toString());
            }
            for (int i = 0; i < 3; i++) {
                String key = Setting.ALL.get(random.nextInt(Setting.ALL.size())).key;
                String value = random.nextBoolean() ? KEY : POLL_KEY;
                if (key.equals("enabled") || key.equals("guards")) {
                    continue;
                }
                switch (random.nextInt(4)) {
                    case 0 -> given.contextParam("playtcha." + key, value);
                    // What the keys themselves are stays set: else they would be none.
                    case 1 -> given.systemProperties.putIfAbsent("playtcha." + key, "/" + value + "?" + value);
                    case 2 -> given.environment.putIfAbsent(Sources.environmentName("playtcha." + key), value + " ");
                    default -> given.contextParam("playtcha.guards.login." + key, "https://h/" + value);
                }
            }
            String text;
            try {
                LoadedSettings loaded = given.load();
                text = loaded.warnings() + loaded.late().describe() + loaded.late();
            } catch (PlaytchaConfigurationException e) {
                refused++;
                text = String.valueOf(e.getMessage());
            }
            assertThat(text).doesNotContain(keys);
        }
        assertThat(refused).isBetween(100, 499);
    }
}
