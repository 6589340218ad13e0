package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.Given.problemsWith;
import static com.playtcha.jakarta.internal.config.Given.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.Setting.MissingToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: each key's values. */
class SettingsValuesTest {
    @Test
    void defaultsAreTheContractsTable() {
        GuardSettings settings = with();

        assertThat(settings.name()).isEqualTo("default");
        assertThat(settings.isEnabled()).isTrue();
        assertThat(settings.secret().current()).isEqualTo(Given.SECRET);
        assertThat(settings.baseUrl()).hasToString(Given.URL);
        assertThat(settings.get(Setting.FAIL_CLOSED)).isFalse();
        assertThat(settings.get(Setting.FAIL_OPEN_PER_MINUTE)).isEmpty();
        assertThat(settings.get(Setting.MISSING_TOKEN)).isEqualTo(MissingToken.DENY);
        assertThat(settings.get(Setting.TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.get(Setting.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.get(Setting.MAX_CONCURRENT)).isEqualTo(64);
        assertThat(settings.get(Setting.MAX_RETRY_AFTER)).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.get(Setting.BREAKER)).isTrue();
        assertThat(settings.get(Setting.PROXY)).isEqualTo(ProxySetting.PLATFORM);
        assertThat(settings.get(Setting.TOKEN_PARAM)).contains("playtcha-response");
        assertThat(settings.get(Setting.TOKEN_HEADER)).contains("X-Playtcha-Token");
        assertThat(settings.get(Setting.TOKEN_JSON_POINTER)).isEmpty();
        assertThat(settings.get(Setting.MAX_TOKEN_LENGTH)).isEqualTo(4096);
        assertThat(settings.get(Setting.MAX_BODY)).isEqualTo(1048576);
        assertThat(settings.get(Setting.ENCODING))
                .hasValueSatisfying(c -> assertThat(c).hasToString("UTF-8"));
        assertThat(settings.get(Setting.SAFE_METHODS)).containsExactly("GET", "HEAD", "OPTIONS", "TRACE");
        assertThat(settings.isMonitoring()).isFalse();
        assertThat(settings.get(Setting.FAILURE_PATH)).isEmpty();
        assertThat(settings.get(Setting.URL_PATTERNS)).isEmpty();
        assertThat(settings.get(Setting.DISPATCHERS)).containsExactly("REQUEST");
    }

    @ParameterizedTest
    @CsvSource({
        "PT2S, 2000",
        "pt2s, 2000",
        "2s, 2000",
        "2S, 2000",
        "500ms, 500",
        "500MS, 500",
        "2m, 120000",
        "1h, 3600000",
        "PT0.5S, 500",
        "24h, 86400000",
        "P1D, 86400000",
        "1ms, 1"
    })
    void durationsAreReadInEverySpelling(String text, long millis) {
        assertThat(with("timeout", text).get(Setting.TIMEOUT)).hasMillis(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "2, no unit",
        "0s, too short",
        "-1s, not a duration",
        "PT-2S, too short",
        "PT0S, too short",
        "25h, too long",
        "PT24H0.001S, too long",
        "PT0.0001S, too short",
        "2 s, not a duration",
        "1.5s, not a duration",
        "soon, not a duration",
        "9999999999s, too long",
        "off, not a duration"
    })
    void otherDurationsAreRefused(String text, String why) {
        assertThat(problemsWith("timeout", text))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: timeout = \"" + text + "\" from the given values: ")
                .contains(why)
                .contains("allowed is a duration with a unit");
    }

    @Test
    void retryAfterIsCappedAtASecondOrMore() {
        assertThat(with("max-retry-after", "1s").get(Setting.MAX_RETRY_AFTER)).hasSeconds(1);
        assertThat(problemsWith("max-retry-after", "999ms"))
                .singleElement()
                .asString()
                .contains("too short");
    }

    @Test
    void connectTimeoutIsClippedByDefaultAndRefusedWhereItIsSetAboveTheTimeout() {
        assertThat(with("timeout", "500ms").get(Setting.CONNECT_TIMEOUT)).hasMillis(500);
        assertThat(with("timeout", "500ms").describe()).contains("connect-timeout=PT0.5S");
        assertThat(with("timeout", "2s", "connect-timeout", "2s").get(Setting.CONNECT_TIMEOUT))
                .hasSeconds(2);
        assertThat(problemsWith("timeout", "2s", "connect-timeout", "2001ms"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0023: connect-timeout = \"2001ms\"")
                .contains("longer than timeout = PT2S");
    }

    @ParameterizedTest
    @CsvSource({
        "true, true",
        "1, true",
        "yes, true",
        "on, true",
        "TRUE, true",
        "On, true",
        "false, false",
        "0, false",
        "no, false",
        "off, false",
        "OFF, false"
    })
    void booleansAreReadInEverySpelling(String text, boolean value) {
        assertThat(with("fail-closed", text).get(Setting.FAIL_CLOSED)).isEqualTo(value);
        assertThat(with("breaker", text).get(Setting.BREAKER)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tru", "2", "y", "enabled", "true false", "-1"})
    void otherBooleansAreRefused(String text) {
        assertThat(problemsWith("fail-closed", text))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: fail-closed");
        assertThat(problemsWith("enabled", text)).singleElement().asString().startsWith("PLAYTCHA-0007: enabled");
    }

    @ParameterizedTest
    @CsvSource({
        "max-concurrent, 0",
        "max-concurrent, 10001",
        "max-concurrent, -1",
        "max-concurrent, +5",
        "max-concurrent, 1e3",
        "max-concurrent, 99999999999",
        "max-concurrent, 18446744073709551617",
        "max-concurrent, ٣",
        "max-concurrent, off",
        "max-token-length, 0",
        "max-token-length, 65537",
        "max-body, 0",
        "max-body, 1073741825",
        "max-body, 1MB",
        "fail-open-per-minute, -1",
        "fail-open-per-minute, 2147483648",
        "fail-open-per-minute, none"
    })
    void numbersOutOfRangeAreRefused(String key, String text) {
        assertThat(problemsWith(key, text)).singleElement().asString().startsWith("PLAYTCHA-0007: " + key);
    }

    @Test
    void numbersAtTheirEndsAreTaken() {
        assertThat(with("max-concurrent", "1").get(Setting.MAX_CONCURRENT)).isEqualTo(1);
        assertThat(with("max-concurrent", "10000").get(Setting.MAX_CONCURRENT)).isEqualTo(10_000);
        assertThat(with("max-token-length", "65536").get(Setting.MAX_TOKEN_LENGTH))
                .isEqualTo(65_536);
        assertThat(with("max-body", "1073741824").get(Setting.MAX_BODY)).isEqualTo(1 << 30);
        assertThat(with("fail-open-per-minute", "0").get(Setting.FAIL_OPEN_PER_MINUTE))
                .hasValue(0);
        assertThat(with("fail-open-per-minute", "unlimited").get(Setting.FAIL_OPEN_PER_MINUTE))
                .isEmpty();
        assertThat(with("fail-open-per-minute", "off").get(Setting.FAIL_OPEN_PER_MINUTE))
                .isEmpty();
    }

    @Test
    void listsMayHaveEmptyItemsAndRepeatTheirs() {
        assertThat(with("safe-methods", ", GET ,,PUT GET,").get(Setting.SAFE_METHODS))
                .containsExactly("GET", "PUT");
        assertThat(problemsWith("safe-methods", ",")).singleElement().asString().contains("the list is empty");
    }

    @Test
    void rolesAreSplitAtCommasAlone() {
        assertThat(with("exempt-roles", " admin,, site editor ,admin").get(Setting.EXEMPT_ROLES))
                .containsExactly("admin", "site editor");
        assertThat(with("exempt-roles", "OFF").get(Setting.EXEMPT_ROLES)).isEmpty();
        assertThat(problemsWith("exempt-roles", " , "))
                .singleElement()
                .asString()
                .contains("the list is empty");
        assertThat(problemsWith("exempt-roles", "site\teditor"))
                .singleElement()
                .asString()
                .contains("control character");
    }

    @Test
    void tokenSourcesAreNamedOrOff() {
        GuardSettings off = with("token-param", "off", "token-header", "OFF", "token-json-pointer", "/a/b~1c");
        assertThat(off.get(Setting.TOKEN_PARAM)).isEmpty();
        assertThat(off.get(Setting.TOKEN_HEADER)).isEmpty();
        assertThat(off.get(Setting.TOKEN_JSON_POINTER))
                .hasValueSatisfying(p -> assertThat(p.tokens()).containsExactly("a", "b/c"));
        assertThat(with("token-param", "captcha[token]").get(Setting.TOKEN_PARAM))
                .contains("captcha[token]");
        assertThat(with("token-header", "X_My.Token~1").get(Setting.TOKEN_HEADER))
                .contains("X_My.Token~1");
    }

    @ParameterizedTest
    @CsvSource({
        "token-header, X Token",
        "token-header, X:Token",
        "token-header, Tökén",
        "token-json-pointer, token",
        "token-json-pointer, /a~2",
        "token-param, a\u0000b"
    })
    void otherTokenSourcesAreRefused(String key, String text) {
        assertThat(problemsWith(key, text)).singleElement().asString().startsWith("PLAYTCHA-0007: " + key);
    }

    @Test
    void encodingIsACharsetOrOff() {
        assertThat(with("encoding", "off").get(Setting.ENCODING)).isEmpty();
        assertThat(with("encoding", "iso-8859-1").get(Setting.ENCODING))
                .hasValueSatisfying(c -> assertThat(c).hasToString("ISO-8859-1"));
        assertThat(problemsWith("encoding", "UTF-9")).singleElement().asString().startsWith("PLAYTCHA-0007: encoding");
        assertThat(problemsWith("encoding", "a b")).singleElement().asString().startsWith("PLAYTCHA-0007: encoding");
    }

    @Test
    void safeMethodsKeepTheirCaseAndMayBeNone() {
        assertThat(with("safe-methods", "GET,get\n PROPFIND, GET").get(Setting.SAFE_METHODS))
                .containsExactly("GET", "get", "PROPFIND");
        assertThat(with("safe-methods", "off").get(Setting.SAFE_METHODS)).isEmpty();
        assertThat(problemsWith("safe-methods", "GET, P(ST"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007");
        assertThat(problemsWith("safe-methods", ",")).singleElement().asString().startsWith("PLAYTCHA-0007");
    }

    @Test
    void modeAndMissingTokenAreOneOfTwoWords() {
        assertThat(with("mode", "monitor").isMonitoring()).isTrue();
        assertThat(with("mode", "enforce").isMonitoring()).isFalse();
        assertThat(with("missing-token", "policy").get(Setting.MISSING_TOKEN)).isEqualTo(MissingToken.POLICY);
        assertThat(problemsWith("mode", "log")).singleElement().asString().startsWith("PLAYTCHA-0007: mode");
        assertThat(problemsWith("missing-token", "off"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: missing-token");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\t", "sk\nlive", "sk_live\n", "sk\u007f", "sk\u0085"})
    void emptySecretsAndControlCharactersAreRejected(String secret) {
        assertThat(problemsWith("secret", secret))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: secret = (not shown) from the given values: ");
    }

    @Test
    void secretAndBaseUrlAreRequired() {
        assertThatThrownBy(() -> TestSettings.guard(Map.of("secret", "", "base-url", "  ")))
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        e -> assertThat(e.getProblems())
                                .hasSize(2)
                                .allSatisfy(problem -> assertThat(problem).startsWith("PLAYTCHA-0001: "))
                                .anySatisfy(problem ->
                                        assertThat(problem).contains("neither secret nor secret-file is set"))
                                .anySatisfy(problem -> assertThat(problem).contains("base-url is not set")));
    }

    @Test
    void everyProblemIsListedAtOnce() {
        assertThat(problemsWith("timeout", "2", "mode", "x", "max-body", "x", "tiemout", "2s"))
                .extracting(problem -> problem.substring(0, 13))
                .containsExactlyInAnyOrder("PLAYTCHA-0007", "PLAYTCHA-0007", "PLAYTCHA-0007", "PLAYTCHA-0002");
        assertThat(problemsWith("tiemout", "2s"))
                .singleElement()
                .asString()
                .contains("the key tiemout is unknown; the nearest valid name is timeout.");
    }

    @Test
    void disabledNeedsNothingElseAndForgivesTheRest() {
        GuardSettings settings =
                TestSettings.guard("login", Map.of("enabled", "false", "timeout", "x", "nonsense", "1"));

        assertThat(settings.isEnabled()).isFalse();
        assertThat(settings.get(Setting.TIMEOUT)).hasSeconds(2);
        assertThatThrownBy(settings::secret).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(settings::baseUrl).isInstanceOf(NoSuchElementException.class);
    }

    /** Settings for tests that were left behind. */
    @ParameterizedTest
    @CsvSource({
        "secret, https://api.example, false, 0053",
        "secret, http://127.0.0.1:8089, false, ''",
        "secret, http://localhost, false, ''",
        "secret, http://stand-in:8089, true, 0053 0054",
        "secret-file, https://api.example, false, 0053",
        "real, http://stand-in:8089, true, 0054",
        "real, https://api.example, true, ''",
    })
    void theStandInsSecretOrAPlainUrlToAnotherMachineIsAWarning(
            String secret, String baseUrl, String allowHttp, String codes, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "test-secret\n");
        Given given = new Given()
                .environment("PLAYTCHA_BASE_URL", baseUrl)
                .environment("PLAYTCHA_ALLOW_HTTP", allowHttp)
                .environment(
                        secret.equals("secret-file") ? "PLAYTCHA_SECRET_FILE" : "PLAYTCHA_SECRET",
                        secret.equals("secret")
                                ? "test-secret"
                                : secret.equals("real") ? Given.SECRET : file.toString())
                .filter("signup");

        LoadedSettings loaded = given.load();

        assertThat(loaded.warnings().stream()
                        .map(warning -> warning.substring("PLAYTCHA-".length(), "PLAYTCHA-".length() + 4))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(codes);
        loaded.warnings().forEach(warning -> assertThat(loaded.explanation()).contains(warning));
    }

    @Test
    void longAndUnprintableValuesAreShownSafely() {
        assertThat(problemsWith("mode", "a\r\nb\u202Ec" + "x".repeat(500)))
                .singleElement()
                .asString()
                .contains("\"a\\u000d\\u000ab\\u202ec" + "x".repeat(194) + "…\"");
    }

    @Test
    void theStartUpLineShowsEverythingButSecrets() {
        GuardSettings settings = with(
                "proxy", "http://user:proxy-password@proxy:3128", "base-url", "https://API.example/", "timeout", "3s");

        assertThat(settings.describe())
                .startsWith("secret=***, base-url=https://API.example/, ")
                .contains("timeout=3s", "proxy=http://***@proxy:3128", "safe-methods=GET,HEAD,OPTIONS,TRACE, mode=")
                .doesNotContain(Given.SECRET, "proxy-password", "user");
        assertThat(settings.toString()).doesNotContain(Given.SECRET, "proxy-password");
        assertThat(settings.secret().toString()).doesNotContain(Given.SECRET);
    }

    @Test
    void equalSettingsAreEqual() {
        assertThat(with("timeout", "2s")).isEqualTo(with("timeout", "PT2S")).hasSameHashCodeAs(with());
        assertThat(with()).isNotEqualTo(with("timeout", "3s")).isNotEqualTo(with("secret", "another"));
        assertThat(TestSettings.guard("a", Given.COMPLETE)).isNotEqualTo(with());
    }
}
