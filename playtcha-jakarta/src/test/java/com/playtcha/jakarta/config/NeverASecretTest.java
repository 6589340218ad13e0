package com.playtcha.jakarta.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaConfigurationException;
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
                String key =
                        Settings.ALL.get(random.nextInt(Settings.ALL.size())).key();
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
        assertThat(text.contains(secret) || text.contains(Texts.plain(secret)))
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
                "http://us er:hunter2hunter2@proxy:1"
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
        "proxy:3128, proxy:3128",
        "http://a@b:1, http://***@b:1",
        "http://host:pass, http://host:***"
    })
    void whatIsNoPasswordStaysReadable(String value, String shown) {
        assertThat(Texts.withoutUserInfo(value)).isEqualTo(shown);
    }

    @Test
    void aSecretFromAFileIsNotShownUnderAnotherKeyEither(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from-the-file-42\n");

        assertThat(new Given()
                        .contextParam("playtcha.base-url", Given.URL)
                        .filter("signup", "secret-file", file.toString(), "mode", "from-the-file-42")
                        .problems())
                .containsExactly(
                        "PLAYTCHA-0010: mode = \"***\" from init-param mode of filter 'signup': it is neither of"
                                + " the two words; allowed is enforce or monitor.");
    }
}
