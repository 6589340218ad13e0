package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.util.LogText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No problem, warning or start-up line ever shows a secret, whatever else is wrong (contract, section 4). */
class NeverASecretTest {
    private static final String PASSWORD = "hunter2hunter2";
    private static final List<String> SECRETS = List.of(
            "sk_live_0123456789", "sk live $&+/=", "${secret-name}", "x".repeat(300), "geheim\tgeheim", "秘密秘密秘密秘密");
    private static final List<String> AROUND = List.of(
            "%s",
            "https://%s@api.example",
            "https://user:%s@api.example/v1",
            "https://api.example?key=%s",
            "http://user:%s@proxy:3128/x",
            "http://user:%s@",
            "user:%s@proxy",
            "http://user:%s",
            "user/%s:proxy",
            "http://proxy:3128/#%s",
            "http://[::1]:%s",
            "http://user:a${%s}@proxy:1",
            "${%s}",
            "//u:%s@[::1",
            "https:\n//u:%s@x y");

    /** Puts secrets under random keys, in random sources, within random other text. */
    @Test
    void whateverIsWrongNoSecretIsShown() {
        Random random = new Random(20261121);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            String secret = SECRETS.get(random.nextInt(SECRETS.size()));
            Given given = new Given().contextParam("playtcha.guards", "login");
            given.contextParam("playtcha.secret", secret);
            given.environment("PLAYTCHA_SECRET", random.nextBoolean() ? secret : "another" + secret);
            String[] initParams = random.nextBoolean() ? new String[] {"guard", "login"} : new String[0];
            for (int i = 0; i < 4; i++) {
                String key = Setting.ALL.get(random.nextInt(Setting.ALL.size())).key;
                if (key.equals("enabled") || key.equals("guards")) {
                    continue;
                }
                boolean url = key.equals("base-url") || key.equals("proxy");
                String around = url ? AROUND.get(random.nextInt(AROUND.size())) : "%s";
                String value = around.replace("%s", secret);
                switch (random.nextInt(5)) {
                    case 0 -> given.contextParam("playtcha." + key, value);
                    case 1 -> given.systemProperty("playtcha." + key, value);
                    case 2 -> given.environment(Sources.environmentName("playtcha." + key), value);
                    case 3 -> given.contextParam("playtcha.guards.login." + key, value);
                    default -> given.systemProperty("playtcha." + key + "x", value);
                }
            }
            given.filter("signup", initParams);
            try {
                LoadedSettings loaded = given.load();
                loaded.warnings().forEach(warning -> assertHidden(warning, secret));
                assertHidden(loaded.filters().get("signup").secret().toString(), secret);
            } catch (PlaytchaConfigurationException e) {
                refused++;
                assertHidden(String.valueOf(e.getMessage()), secret);
            }
        }
        assertThat(refused).isGreaterThan(300);
    }

    private static void assertHidden(String text, String secret) {
        assertThat(text.contains(secret) || text.contains(LogText.escape(secret)))
                .as(text)
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:hunter2hunter2@proxy:3128/path",
                "http://user:hunter2hunter2@proxy",
                "http://user:hunter2hunter2@",
                "http://user:hunter2hunter2",
                "user:hunter2hunter2@proxy:3128",
                "user:hunter2hunter2",
                "http://user:hunter2hunter2/@proxy:1",
                "http://user:a@hunter2hunter2@proxy",
                "https://proxy:3128?password=hunter2hunter2",
                "http://us er:hunter2hunter2@proxy:1",
                "http://proxy:3128/#hunter2hunter2",
                "https://api.example#hunter2hunter2",
                "user/hunter2hunter2:proxy",
                "hunter2hunter2",
                "hunter2hunter2:3128",
                "http://user:/hunter2hunter2",
                "http://[::1]:hunter2hunter2",
                "http://user:pa${hunter2hunter2}@proxy:1",
                "${hunter2hunter2}",
                "https://api.example/${proxy.path:hunter2hunter2"
            })
    void thePasswordOfAProxyOrBaseUrlIsNotShown(String value) {
        Given given = Given.complete().filter("signup", "proxy", value, "base-url", value);

        assertThat(given.problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).doesNotContain(PASSWORD));
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example/v1, https://api.example/v1",
        "https://api.example:8443/v1?x, https://api.example:8443/v1?***",
        "http://[::1]:3128/x, http://[::1]:3128/x",
        "https://api.example/#x, https://api.example/#***",
        "http://[::1]:3128?x#y, http://[::1]:3128?***",
        "proxy:3128, (not shown)",
        "user:31283128@proxy.example, (not shown)",
        "proxy.example:3128, proxy.example:3128",
        "api.playtcha.example, api.playtcha.example",
        "api.playtcha.example/v1, api.playtcha.example***",
        "//api.playtcha.example/, //api.playtcha.example/",
        "https:/api.playtcha.example, https:/api.playtcha.example",
        "localhost:8089, localhost:8089",
        "127.0.0.1, 127.0.0.1",
        "sk.live.0123456789, (not shown)",
        "sk_live.example, (not shown)",
        "api.example sk_live_0123456789, (not shown)",
        "platform, platform",
        "OFF, OFF",
        "https://${host}/a, https://${host}/a",
        "https://h/${path:x}, https://h/${path:***",
        "http://a@b:1, http://***@b:1",
        "http://host:pass, http://host:***"
    })
    void whatIsNoPasswordStaysReadable(String value, String shown) {
        assertThat(ProblemReport.shown(Setting.PROXY, value, "(not shown)")).isEqualTo(shown);
    }

    @Test
    void aHarmlessValueIsShown() {
        assertThat(Given.problemsWith("base-url", "api.playtcha.example"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: base-url = \"api.playtcha.example\" from");
        assertThat(new Given()
                        .contextParam("playtcha.base-url", Given.URL)
                        .filter("signup", "secret-file", "./secrets/playtcha.txt")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: secret-file = \"./secrets/playtcha.txt\" from");
    }

    @Test
    void aSecretFromAFileIsNotShownUnderAnotherKeyEither(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from-the-file-42\n");

        assertThat(new Given()
                        .contextParam("playtcha.base-url", Given.URL)
                        .filter("signup", "secret-file", file.toString(), "mode", "from-the-file-42")
                        .problems())
                .containsExactly(
                        "PLAYTCHA-0007: mode = \"***\" from init-param mode of filter 'signup': it is neither of"
                                + " the two words; allowed is enforce or monitor.");
    }

    @Test
    void aSecretUnderBaseUrlAloneIsNotShown() {
        assertThat(new Given()
                        .contextParam("playtcha.base-url", "sk_live_ABCDEFGH12345678")
                        .filter("signup")
                        .problems())
                .hasSize(2)
                .noneSatisfy(problem -> assertThat(problem).contains("ABCDEFGH"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 185, 192, 199})
    void aLongSecretIsMaskedBeforeItsTextIsCut(int before) {
        for (String secret : List.of("y".repeat(300), "sk_live_0123456789")) {
            assertThat(Given.problemsWith("secret", secret, "mode", "-".repeat(before) + secret + "-".repeat(300)))
                    .singleElement()
                    .asString()
                    .doesNotContain("y".repeat(4), "sk_l")
                    .endsWith("allowed is enforce or monitor.");
        }
    }

    @Test
    void aSecretIsMaskedInKeysFilterNamesAndGuardNamesToo() {
        String secret = "secretsecret";
        assertThat(new Given()
                        .contextParam("playtcha.secret", secret)
                        .contextParam("playtcha.base-url", Given.URL)
                        .contextParam("playtcha.guards", secret + ",X")
                        .contextParam("playtcha." + secret, "x")
                        .contextParam("playtcha.guards.other.timeout", "2s")
                        .filter(secret, secret, "x", "guard", "absent")
                        .problems())
                .hasSize(5)
                .noneSatisfy(problem -> assertThat(problem).contains(secret));
    }

    @Test
    void aSecretWithSpacesAroundItIsMaskedWithoutThem() {
        assertThat(Given.problemsWith("secret", " sk_live_0123456789 ", "mode", " sk_live_0123456789 "))
                .singleElement()
                .asString()
                .contains("mode = \"***\" from");
    }

    @Test
    void aSecretThatIsPartOfAnotherDoesNotUncoverTheRest() {
        assertThat(new Given()
                        .contextParam("playtcha.base-url", Given.URL)
                        .contextParam("playtcha.secret", "sk_live_01")
                        .filter("signup", "secret", "sk_live_0123456789", "mode", "sk_live_0123456789")
                        .problems())
                .singleElement()
                .asString()
                .contains("mode = \"***\" from");
    }

    @Test
    void anExpressionWithinASecretIsNotNamed() {
        assertThat(Given.complete()
                        .contextParam("playtcha.secret", "sk_${live_hunter2}")
                        .filter("signup", "mode", "${playtcha.secret}")
                        .problems())
                .containsExactly("PLAYTCHA-0007: mode = \"${playtcha.secret}\" from init-param mode of filter"
                        + " 'signup': it has an expression that is not set anywhere and has no"
                        + " default; allowed is enforce or monitor.");
    }

    @Test
    void aSecretUnderAnotherKeyIsNotShownAtStartEither() {
        assertThat(Given.with("token-param", Given.SECRET).describe())
                .contains("token-param=***")
                .doesNotContain(Given.SECRET);
    }

    @Test
    void theProxyOfTheLogLineKeepsItsWords() {
        assertThat(Given.with("proxy", "off").describe()).contains("proxy=off");
        assertThat(Given.with("proxy", "Platform").describe()).contains("proxy=Platform");
        assertThat(Given.with("proxy", "http://user:hunter2@proxy:3128").describe())
                .contains("proxy=http://***@proxy:3128");
    }

    /** A record prints its components, and an exception quotes them, unless their toString is written out. */
    @Test
    void nothingThatIsLoadedPrintsASecret(@TempDir Path folder) throws IOException {
        List<String> secrets = List.of(
                Given.SECRET,
                "sk_live_of_the_filter",
                "proxy-password",
                "callback-key-0123456789",
                "poll-key-in-a-file");
        Path file = Files.writeString(folder.resolve("poll-key"), secrets.get(4));
        LoadedSettings loaded = Given.complete()
                .contextParam("playtcha.guards", "login")
                .contextParam("playtcha.guards.login.token-header", Given.SECRET)
                .contextParam("playtcha.proxy", "http://user:proxy-password@proxy:3128")
                .contextParam(
                        "playtcha.late-dir",
                        folder.resolve("callback-key-0123456789").toString())
                .contextParam("playtcha.callback-path", "/pingback")
                .contextParam("playtcha.callback-key", "callback-key-0123456789")
                .contextParam("playtcha.poll-url", "https://poll.example")
                .contextParam("playtcha.poll-key-file", file.toString())
                .filter("signup", "secret", "sk_live_of_the_filter", "token-param", "poll-key-in-a-file")
                .load();
        GuardSettings filter = loaded.filters().get("signup");

        assertThat(List.of(
                        loaded,
                        filter,
                        filter.describe(),
                        filter.secret(),
                        filter.get(Setting.PROXY),
                        loaded.late(),
                        loaded.late().describe(),
                        loaded.late().pollKey(),
                        new ExternalConfig.ConfigValue(
                                Given.SECRET, "context-param playtcha.secret", ExternalConfig.Kind.WEB_XML)))
                .allSatisfy(result -> assertThat(result.toString()).doesNotContain(secrets));
    }

    @Test
    void thePasswordOfTheProxyIsMaskedUnderAnotherKeyToo() {
        assertThat(Given.problemsWith("proxy", "http://user:proxy-password@proxy:3128", "mode", "proxy-password"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: mode = \"***\" from");
    }
}
