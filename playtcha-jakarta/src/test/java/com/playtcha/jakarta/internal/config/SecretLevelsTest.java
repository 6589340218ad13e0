package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract, section 4: {@code secret} and {@code secret-file}, not both, the more specific one decides. */
class SecretLevelsTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("secret");
        Files.writeString(file, "from-the-file\n");
    }

    private static Given given() {
        return new Given().contextParam("playtcha.base-url", Given.URL).contextParam("playtcha.guards", "login");
    }

    private static String secret(Given given) {
        return given.signup().secret().current();
    }

    @Test
    void theMoreSpecificLevelDecidesWhicheverOfTheTwoItSets() {
        assertThat(secret(given().contextParam("playtcha.secret", "global")
                        .contextParam("playtcha.guards.login.secret-file", file.toString())
                        .filter("signup", "guard", "login")))
                .isEqualTo("from-the-file");
        assertThat(secret(given().contextParam("playtcha.secret-file", file.toString())
                        .contextParam("playtcha.guards.login.secret", "of the guard")
                        .filter("signup", "guard", "login")))
                .isEqualTo("of the guard");
        assertThat(secret(given().contextParam("playtcha.secret", "global")
                        .contextParam("playtcha.guards.login.secret", "of the guard")
                        .filter("signup", "guard", "login", "secret-file", file.toString())))
                .isEqualTo("from-the-file");
    }

    @Test
    void bothAtOneLevelAreAProblemWhateverTheirSources() {
        assertThat(given().contextParam("playtcha.secret", "sk_live_global")
                        .environment("PLAYTCHA_SECRET_FILE", file.toString())
                        .filter("signup")
                        .problems())
                .filteredOn(problem -> problem.startsWith("PLAYTCHA-0022"))
                .containsExactly("PLAYTCHA-0022: secret from context-param playtcha.secret and secret-file from"
                        + " environment variable PLAYTCHA_SECRET_FILE are both set; remove one, or set it to off.");
        assertThat(given().filter("signup", "secret", "sk_live", "secret-file", file.toString())
                        .problems())
                .anySatisfy(problem -> assertThat(problem).startsWith("PLAYTCHA-0022"));
    }

    @Test
    void offHidesAnInheritedOne() {
        Given both = given().contextParam("playtcha.secret", "global")
                .contextParam("playtcha.secret-file", file.toString())
                .contextParam("playtcha.guards", "");
        assertThat(secret(both.filter("signup", "secret-file", "off"))).isEqualTo("global");
        assertThat(secret(both.filter("signup", "secret", "off"))).isEqualTo("from-the-file");
        assertThat(both.filter("signup", "secret", "off", "secret-file", "off").problems())
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0001: neither secret nor secret-file is set, and filter 'signup' needs it");
    }

    @Test
    void aHiddenSecretOfTheOperatorIsAWarning() {
        Given given = new Given()
                .environment("PLAYTCHA_SECRET_FILE", file.toString())
                .filter("signup", "secret", "sk_live_init", "base-url", Given.URL);

        assertThat(secret(given)).isEqualTo("sk_live_init");
        assertThat(given.load().warnings())
                .containsExactly("PLAYTCHA-0030: secret-file = \"" + file + "\" from environment variable"
                        + " PLAYTCHA_SECRET_FILE is overridden by secret = (not shown) from init-param secret of filter"
                        + " 'signup'.");
    }

    @Test
    void aSecretOfTheOperatorThatAFileHidesIsAWarning() {
        Given given = new Given()
                .environment("PLAYTCHA_SECRET", "sk_live_operator")
                .filter("signup", "secret-file", file.toString(), "base-url", Given.URL);

        assertThat(secret(given)).isEqualTo("from-the-file");
        assertThat(given.load().warnings())
                .containsExactly("PLAYTCHA-0030: secret = (not shown) from environment variable PLAYTCHA_SECRET is"
                        + " overridden by secret-file = \"" + file + "\" from init-param secret-file of filter"
                        + " 'signup'.");
    }

    @Test
    void secretsOfFilesAndPasswordsOfUrlsAreNotShownUnderAnotherKey() {
        Given given = given().contextParam("playtcha.secret-file", file.toString())
                .contextParam("playtcha.proxy", "http://user:pass-word-of-proxy@proxy:3128")
                .contextParam("playtcha.timeout", "from-the-file")
                .contextParam("playtcha.mode", "pass-word-of-proxy")
                .filter("signup");

        assertThat(given.problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem)
                        .contains("= \"***\" from context-param")
                        .doesNotContain("from-the-file", "pass-word-of-proxy"));
    }

    @Test
    void anUnreadableFileIsAProblemThatNamesIt() {
        Path absent = folder.resolve("absent");

        assertThat(given().contextParam("playtcha.secret-file", absent.toString())
                        .filter("signup")
                        .problems())
                .containsExactly("PLAYTCHA-0007: secret-file = \"" + absent + "\" from context-param"
                        + " playtcha.secret-file: the file does not exist; allowed is a readable UTF-8 file of at most"
                        + " 64 KiB.");
    }

    @Test
    void aSecretUnderTheKeyOfTheFileIsNotShown() {
        assertThat(given().contextParam("playtcha.secret-file", "sk_live_misplaced")
                        .filter("signup")
                        .problems())
                .allSatisfy(problem -> assertThat(problem).doesNotContain("misplaced"));
    }

    @Test
    void guardsWithOneFileHaveEqualSources() {
        LoadedSettings loaded = given().contextParam("playtcha.guards", "a b")
                .contextParam("playtcha.secret-file", "${secrets}/secret")
                .contextParam("secrets", folder.toString())
                .load();
        SecretSource a = loaded.guards().get("a").secret();

        assertThat(a).isEqualTo(loaded.guards().get("b").secret());
        assertThat(loaded.guards().get("a").describe())
                .contains("secret-file=" + file)
                .doesNotContain("from-the-file");
    }
}
