package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 4: the values of the keys about late results, and what they need of each other. */
class LateSettingsTest {
    private static final String KEY = "callback-key-0123456789";

    @TempDir
    Path folder;

    private static LateSettings with(String... keysAndValues) {
        return TestSettings.late(map(keysAndValues));
    }

    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return values;
    }

    private static List<String> problems(String... keysAndValues) {
        PlaytchaConfigurationException e =
                catchThrowableOfType(PlaytchaConfigurationException.class, () -> with(keysAndValues));
        if (e == null) {
            throw new AssertionError("not refused: " + String.join(" ", keysAndValues));
        }
        return e.getProblems();
    }

    @Test
    void defaultsAreTheContractsTable() {
        LateSettings settings = with();

        assertThat(settings.isOn()).isFalse();
        assertThat(settings.get(Setting.LATE_DIR)).isEmpty();
        assertThat(settings.get(Setting.LATE_DATASOURCE)).isEmpty();
        assertThat(settings.get(Setting.CALLBACK_PATH)).isEmpty();
        assertThat(settings.get(Setting.CALLBACK_KEY)).isEmpty();
        assertThat(settings.get(Setting.POLL_URL)).isEmpty();
        assertThat(settings.pollKey()).isEmpty();
        assertThat(settings.get(Setting.CALLBACK_TIMEOUT)).isEqualTo(Duration.ofSeconds(120));
        assertThat(settings.get(Setting.POLL_INTERVAL)).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.get(Setting.POLL_EXPIRY)).isEqualTo(Duration.ofHours(1));
        assertThat(settings.get(Setting.DEAD_LETTER_RETRY)).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.get(Setting.LATE_DIR_MAX_FILES)).isEqualTo(10_000);
        assertThat(settings.get(Setting.LATE_DIR_MAX_BYTES)).isEqualTo(100L * 1024 * 1024);
        assertThat(settings.describe()).isEqualTo("off");
        assertThat(settings).hasToString("late results: off");
    }

    @Test
    void everythingCanBeSet() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "poll-key-in-a-file\n");
        LateSettings settings = with(
                "late-dir", folder.toString(),
                "late-datasource", "java:comp/env/jdbc/late",
                "callback-path", "/pingback",
                "callback-key", KEY,
                "poll-url", "HTTPS://Poll.example:8443/res?a=b",
                "poll-key-file", key.toString(),
                "callback-timeout", "3m",
                "poll-interval", "10s",
                "poll-expiry", "P30D",
                "dead-letter-retry", "1s",
                "late-dir-max-files", "7",
                "late-dir-max-bytes", "8 KiB");

        assertThat(settings.isOn()).isTrue();
        assertThat(settings.get(Setting.LATE_DIR)).contains(folder);
        assertThat(settings.get(Setting.LATE_DATASOURCE)).contains("java:comp/env/jdbc/late");
        assertThat(settings.get(Setting.CALLBACK_PATH)).contains("/pingback");
        assertThat(settings.callbackKeys()).contains(SecretSource.fixed(KEY));
        assertThat(settings.get(Setting.POLL_URL)).contains(URI.create("https://poll.example:8443/res?a=b"));
        assertThat(settings.pollKey()).contains(SecretSource.open(key, "poll-key-file"));
        assertThat(settings.get(Setting.CALLBACK_TIMEOUT)).hasMinutes(3);
        assertThat(settings.firstPoll()).hasMinutes(3);
        assertThat(settings.get(Setting.POLL_INTERVAL)).hasSeconds(10);
        assertThat(settings.get(Setting.POLL_EXPIRY)).hasDays(30);
        assertThat(settings.get(Setting.DEAD_LETTER_RETRY)).hasSeconds(1);
        assertThat(settings.get(Setting.LATE_DIR_MAX_FILES)).isEqualTo(7);
        assertThat(settings.get(Setting.LATE_DIR_MAX_BYTES)).isEqualTo(8192);
    }

    @Test
    void withoutCallbacksTheFirstPollIsAfterOneInterval() throws Exception {
        LateSettings settings =
                with("late-dir", "late", "poll-url", "https://h", "poll-key", "k", "poll-interval", "7s");

        assertThat(settings.firstPoll()).hasSeconds(7);
        assertThat(settings.get(Setting.POLL_URL)).contains(URI.create("https://h"));
        assertThat(settings.pollKey()).map(SecretSource::current).contains("k");
        assertThat(settings.get(Setting.LATE_DATASOURCE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"late-dir, /late", "late-datasource, jdbc/late"})
    void aStoreAloneIsEnough(String key, String value) {
        assertThat(with(key, value).isOn()).isTrue();
        assertThat(with(key, "OFF").isOn()).isFalse();
        assertThat(with(key, "").isOn()).isFalse();
        assertThat(with(key, " ").isOn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "late-dir",
                "late-datasource",
                "callback-path",
                "callback-key",
                "poll-url",
                "poll-key",
                "poll-key-file"
            })
    void offSwitchesAKeyOff(String key) {
        assertThat(with(key, "Off").values()).isEqualTo(with().values());
        assertThat(with(key, "off").isOn()).isFalse();
    }

    @Test
    void lateDirIsAFolderOrNotThereYet() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(with("late-dir", folder.resolve("absent").toString()).get(Setting.LATE_DIR))
                .contains(folder.resolve("absent"));
        assertThat(with("late-dir", "data/late").get(Setting.LATE_DIR)).contains(Path.of("data", "late"));
        assertThat(problems("late-dir", file.toString()))
                .containsExactly("PLAYTCHA-0007: late-dir = \"" + file + "\" from the given values: it exists and is"
                        + " not a folder; allowed is a folder, which is created if it does not exist, or off.");
        for (String absurd : List.of("a\u0000b", "a\nb", "a\u007fb", "a\u0085b")) {
            assertThat(problems("late-dir", absurd))
                    .singleElement()
                    .asString()
                    .startsWith("PLAYTCHA-0007: late-dir = ")
                    .contains("it has a control character")
                    .doesNotContain(absurd);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java:comp/DefaultDataSource",
                "java:jboss/datasources/ExampleDS",
                "java:/jdbc/late",
                "jdbc/late",
                "late"
            })
    void dataSourcesAreNamedLocally(String name) {
        assertThat(with("late-datasource", name, "late-dir", "d").get(Setting.LATE_DATASOURCE))
                .contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ldap://evil/x",
                "LDAP://evil/x",
                "ldaps:evil",
                "rmi://evil/x",
                "dns://evil",
                "iiop://evil",
                "corbaname::evil",
                "corbaloc::evil",
                "nis:x",
                "http://evil/x",
                "JAVA:comp/x",
                "java:ldap://evil/x",
                "java:java:comp",
                "jdbc/ldap://evil",
                ":x",
                "x:",
                "java:",
                "jdbc late",
                "jdbc/sp\u00e4t",
                "a\nb"
            })
    void dataSourcesOfOtherSchemesAreRefused(String name) {
        assertThat(problems("late-datasource", name, "late-dir", "d"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: late-datasource = \"")
                .endsWith(
                        "; allowed is a JNDI name such as java:comp/env/jdbc/late or jdbc/late, in visible ASCII, with no"
                                + " other scheme than java:, or off.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pingback", "/a/b.c", "/a/", "/.well-known/x", "/a..b", "/~x", "/...", "/\u00e4"})
    void callbackPathsAreExact(String path) {
        assertThat(with("late-dir", "d", "callback-path", path, "callback-key", KEY)
                        .get(Setting.CALLBACK_PATH))
                .contains(path);
    }

    @ParameterizedTest
    @CsvSource({
        "pingback, does not start with /",
        "https://h/x, does not start with /",
        "/, a pattern",
        "/*, a pattern",
        "/a/*, a pattern",
        "*.x, does not start with /",
        "/a*b, a pattern",
        "/a?x=y, no request would match",
        "/a#b, no request would match",
        "/a;b, no request would match",
        "/a%2e, no request would match",
        "/a\\b, no request would match",
        "'/a b', no request would match",
        "/a\u0001b, no request would match",
        "/a/../b, one of dots",
        "/.., one of dots",
        "/a/./b, one of dots",
        "/a/., one of dots",
        "//a, empty segment",
        "/a//b, empty segment"
    })
    void otherCallbackPathsAreRefused(String path, String why) {
        assertThat(problems("late-dir", "d", "callback-path", path, "callback-key", KEY))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: callback-path = \"")
                .contains(why)
                .endsWith("; allowed is a path within the application, such as /pingback, without a pattern or a"
                        + " query, and not /, or off.");
    }

    @Test
    void aCallbackKeyIsRequiredWithThePathAndOffIsWrittenOut() {
        assertThat(problems("late-dir", "d", "callback-path", "/cb"))
                .containsExactly(
                        "PLAYTCHA-0001: neither callback-key nor callback-key-file is set, and callback-path from the given values needs"
                                + " it; set context-param playtcha.callback-key,"
                                + " playtcha.callback-key in MicroProfile Config or as a system property, or environment"
                                + " variable PLAYTCHA_CALLBACK_KEY; allowed is at least 16 characters, none of them a control character, or"
                                + " off.");
        for (String off : List.of("off", "OFF", "Off", " off ")) {
            assertThat(with("late-dir", "d", "callback-path", "/cb", "callback-key", off)
                            .get(Setting.CALLBACK_KEY))
                    .isEmpty();
        }
    }

    @Test
    void aFileHasSeveralCallbackKeysOneALine() throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), KEY + "\r\n\n0123456789abcdef\n\n");

        LateSettings settings = with("late-dir", "d", "callback-path", "/cb", "callback-key-file", file.toString());

        assertThat(settings.callbackKeys().orElseThrow().latest()).isEqualTo(KEY + "\n0123456789abcdef");
        assertThat(settings.describe()).doesNotContain(KEY, "0123456789abcdef");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''               | it has no key",
                "'\n \n'          | it has no key",
                "'0123456789abcdef\nfifteen-chars-0\n' | one of its keys is shorter than 16 characters",
                "'0123456789abcdef\t\n' | it has a control character"
            })
    void aFileWithAWeakKeyOrNoneIsRefused(String text, String problem) throws IOException {
        Path file = Files.writeString(
                folder.resolve("keys"), text.replace("\\n", "\n").replace("\\t", "\t"));

        assertThat(problems("late-dir", "d", "callback-path", "/cb", "callback-key-file", file.toString()))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: callback-key-file = ")
                .contains(problem)
                .doesNotContain("0123456789abcdef");
    }

    @Test
    void aFileInPlaceOfTheCallbackKeyMustNotBeOffToo() {
        assertThat(problems("late-dir", "d", "callback-path", "/cb", "callback-key-file", "off"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0001: neither callback-key nor callback-key-file is set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifteen-chars-0", "off-off", "f\u00fcnfzehn-chars", "sixteen-chars\t012"})
    void weakCallbackKeysAreRefusedAndNotShown(String key) {
        assertThat(problems("late-dir", "d", "callback-path", "/cb", "callback-key", key))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: callback-key = (not shown) from the given values: it ")
                .doesNotContain(key);
    }

    @Test
    void aCallbackKeyOfSixteenCharactersIsEnough() {
        assertThat(with("late-dir", "d", "callback-path", "/cb", "callback-key", "si\u00dfteen chars 01~")
                        .get(Setting.CALLBACK_KEY))
                .contains(SecretSource.fixed("si\u00dfteen chars 01~"));
        assertThat(with("late-dir", "d", "callback-path", "/cb", "callback-key", "0123456789abcdef")
                        .get(Setting.CALLBACK_KEY))
                .contains(SecretSource.fixed("0123456789abcdef"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://h/res, https://h/res",
        "HTTPS://H/Res, https://H/Res",
        "https://h:443/res?a=b&c=d, https://h/res?a=b&c=d",
        "http://localhost:1/res, http://localhost:1/res",
        "http://127.0.0.1:1, http://127.0.0.1:1",
        "http://[::1]:1/res, http://[::1]:1/res"
    })
    void pollUrlsAreHttpsOrLoopback(String url, String uri) {
        assertThat(with("late-dir", "d", "poll-key", "k", "poll-url", url).get(Setting.POLL_URL))
                .hasValueSatisfying(value -> assertThat(value.toString()).isEqualToIgnoringCase(uri));
    }

    @ParameterizedTest
    @CsvSource({
        "h/res, does not start with https://",
        "ftp://h/res, does not start with https://",
        "file:///etc/passwd, does not start with https://",
        "https:h, names no valid host",
        "https:///res, names no valid host",
        "https://h:0/res, port",
        "https://h:99999/res, port",
        "https://user:password@h/res, user-info",
        "https://h/res#x, fragment",
        "https://h/a b, is not a URL"
    })
    void otherPollUrlsAreRefused(String url, String why) {
        assertThat(problems("late-dir", "d", "poll-key", "k", "poll-url", url))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: poll-url = ")
                .contains(why)
                .doesNotContain("password")
                .endsWith("; allowed is a URL such as https://host/res, without user-info and fragment, or off.");
    }

    @Test
    void plainHttpNeedsToBeAllowed() {
        assertThat(problems("late-dir", "d", "poll-key", "k", "poll-url", "http://h/res?x=secret"))
                .containsExactly(
                        "PLAYTCHA-0012: poll-url = \"http://h/res?***\" from the given values: plain http would"
                                + " send the key in clear text; write https, or set allow-http = true; allowed is a URL such as"
                                + " https://host/res, without user-info and fragment, or off.");
        assertThat(with("late-dir", "d", "poll-key", "k", "poll-url", "http://h/res", "allow-http", "true")
                        .get(Setting.POLL_URL))
                .contains(URI.create("http://h/res"));
    }

    @Test
    void withoutAPollKeyNoneIsSent() {
        assertThat(with("late-dir", "d", "poll-url", "https://h").pollKey()).isEmpty();
        assertThat(with("late-dir", "d", "poll-url", "https://h", "poll-key-file", "off")
                        .pollKey())
                .isEmpty();
        assertThat(with("late-dir", "d", "poll-url", "https://h", "poll-key", "off")
                        .pollKey())
                .isEmpty();
    }

    @Test
    void aPollKeyAndItsFileAreNotBothSet() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "poll-key-in-a-file");

        assertThat(problems("late-dir", "d", "poll-url", "https://h", "poll-key", "k", "poll-key-file", key.toString()))
                .containsExactly("PLAYTCHA-0022: poll-key from the given values and poll-key-file from the given"
                        + " values are both set; remove one, or set it to off.");
        assertThat(with("late-dir", "d", "poll-url", "https://h", "poll-key", "off", "poll-key-file", key.toString())
                        .pollKey())
                .map(SecretSource::current)
                .contains("poll-key-in-a-file");
    }

    @Test
    void badPollKeysAreRefusedAndNotShown() throws IOException {
        assertThat(problems("late-dir", "d", "poll-url", "https://h", "poll-key", "poll\tkey-0123"))
                .containsExactly("PLAYTCHA-0007: poll-key = (not shown) from the given values: it has a control"
                        + " character, such as a line break or a tab; allowed is the key, not blank, without control"
                        + " characters, or off.");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertThat(problems("late-dir", "d", "poll-url", "https://h", "poll-key-file", empty.toString()))
                .containsExactly(
                        "PLAYTCHA-0007: poll-key-file = \"" + empty + "\" from the given values: it is empty or blank;"
                                + " allowed is a readable UTF-8 file of at most 64 KiB, or off.");
        assertThat(problems("late-dir", "d", "poll-url", "https://h", "poll-key-file", "the-key-misplaced"))
                .containsExactly("PLAYTCHA-0007: poll-key-file = (not shown) from the given values: the file does not"
                        + " exist; allowed is a readable UTF-8 file of at most 64 KiB, or off.");
    }

    @ParameterizedTest
    @CsvSource({
        "callback-timeout, PT0.0009S, too short",
        "callback-timeout, 721h, too long",
        "callback-timeout, 120, no unit",
        "callback-timeout, off, not a duration",
        "poll-interval, PT0.0009S, too short",
        "poll-interval, P31D, too long",
        "poll-interval, 0s, too short",
        "poll-interval, -PT1S, too short",
        "poll-expiry, PT0.0009S, too short",
        "poll-expiry, P31D, too long",
        "poll-expiry, 721h, too long",
        "dead-letter-retry, PT0.0009S, too short",
        "dead-letter-retry, 61m, too long"
    })
    void durationsOutOfRangeAreRefused(String key, String text, String why) {
        assertThat(problems(key, text))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: " + key + " = \"" + text + "\" from the given values: it ")
                .contains(
                        why,
                        "; allowed is a duration with a unit, such as PT30S, 30s, 500ms, 5m or 1h, from PT0.001S to ");
    }

    @Test
    void durationsAtTheirEndsAreTaken() {
        assertThat(with("callback-timeout", "1ms").get(Setting.CALLBACK_TIMEOUT))
                .hasMillis(1);
        assertThat(with("callback-timeout", "P30D").get(Setting.CALLBACK_TIMEOUT))
                .hasDays(30);
        assertThat(with("poll-interval", "1ms").get(Setting.POLL_INTERVAL)).hasMillis(1);
        assertThat(with("poll-interval", "P30D").get(Setting.POLL_INTERVAL)).hasDays(30);
        assertThat(with("poll-expiry", "500ms").get(Setting.POLL_EXPIRY)).hasMillis(500);
        assertThat(with("poll-expiry", "720h").get(Setting.POLL_EXPIRY)).hasDays(30);
        assertThat(with("dead-letter-retry", "1ms").get(Setting.DEAD_LETTER_RETRY))
                .hasMillis(1);
        assertThat(with("dead-letter-retry", "1h").get(Setting.DEAD_LETTER_RETRY))
                .hasHours(1);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "104857600, 104857600",
        "100 MiB, 104857600",
        "100MiB, 104857600",
        "100mib, 104857600",
        "100  MIB, 104857600",
        "1 KiB, 1024",
        "2GiB, 2147483648",
        "1024 GiB, 1099511627776",
        "1099511627776, 1099511627776"
    })
    void sizesAreReadInEverySpelling(String text, long bytes) {
        assertThat(with("late-dir-max-bytes", text).get(Setting.LATE_DIR_MAX_BYTES))
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0 GiB",
                "-1",
                "1.5 MiB",
                "1 MB",
                "1 M",
                "1 TiB",
                "MiB",
                "off",
                "1025 GiB",
                "1099511627777",
                "999999999999999999 GiB",
                "99999999999999999999",
                "\u0663 MiB",
                "1 MiB 1"
            })
    void otherSizesAreRefused(String text) {
        assertThat(problems("late-dir-max-bytes", text))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0007: late-dir-max-bytes = \"" + text + "\" from the given values: it is ")
                .endsWith("; allowed is a number of bytes, or of KiB, MiB or GiB, such as 100 MiB, from 1 byte to 1024"
                        + " GiB.");
    }

    @Test
    void theNumberOfFilesHasItsBounds() {
        assertThat(with("late-dir-max-files", "1").get(Setting.LATE_DIR_MAX_FILES))
                .isEqualTo(1);
        assertThat(with("late-dir-max-files", "10000000").get(Setting.LATE_DIR_MAX_FILES))
                .isEqualTo(10_000_000);
        for (String text : List.of("0", "10000001", "-1", "off", "1e3")) {
            assertThat(problems("late-dir-max-files", text))
                    .singleElement()
                    .asString()
                    .startsWith("PLAYTCHA-0007: late-dir-max-files = \"" + text + "\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"callback-path, /cb, callback-key", "poll-url, https://h, poll-key"})
    void aStoreIsRequired(String key, String value, String secret) {
        assertThat(problems(key, value, secret, KEY))
                .containsExactly("PLAYTCHA-0001: neither late-dir nor late-datasource is set, and " + key
                        + " from the given values needs it; set context-param"
                        + " playtcha.late-dir, playtcha.late-dir in MicroProfile Config or as a system property, or"
                        + " environment variable PLAYTCHA_LATE_DIR; allowed is a folder, which is created if it"
                        + " does not exist, or off.");
    }

    @Test
    void otherKeysAreRefused() {
        assertThat(problems("late-dri", "d", "timeout", "2s", "late-verdicts", "true"))
                .containsExactlyInAnyOrder(
                        "PLAYTCHA-0002: the key late-dri is unknown; the nearest valid name is late-dir.",
                        "PLAYTCHA-0003: the key timeout has no effect there; it is a setting of a guard.",
                        "PLAYTCHA-0003: the key late-verdicts has no effect there; it is a setting of a guard.");
        assertThat(Given.problemsWith("late-dir", "d"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0003: the key late-dir has no effect there; an application has one late-dir");
    }

    @Test
    void theStartUpLineShowsEverythingButKeys() {
        LateSettings settings = with(
                "late-dir", "/" + KEY,
                "callback-path", "/cb",
                "callback-key", KEY,
                "poll-url", "https://h/res?token=hunter2",
                "poll-key", "a-poll-key");

        assertThat(settings.describe())
                .isEqualTo(
                        "late-dir=/***, late-datasource=off, late-database=proven, late-concurrency=8, late-max-untracked=100000,"
                                + " late-max-attempts=unlimited, late-handler-timeout=PT60S, late-retention=P7D, late-virtual-threads=false, late-max-waiting=32, callback-path=/cb, callback-key=***, callback-key-file=off,"
                                + " poll-url=https://h/res?***, poll-key=***, poll-key-file=off, callback-timeout=PT120S, poll-interval=PT30S, poll-expiry=PT1H,"
                                + " dead-letter-retry=PT5M, late-dir-max-files=10000, late-dir-max-bytes=100 MiB");
        assertThat(settings).hasToString("late results: " + settings.describe());
        assertThat(with("late-dir", "d", "callback-path", "/cb", "callback-key", "off")
                        .describe())
                .contains("callback-key=off");
    }
}
