package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenialTextsTest {
    /** The codes of docs/failures.md that are answered in the visitor's language. */
    private static final List<String> KINDS = List.of(
            "token_missing",
            "token_ambiguous",
            "token_malformed",
            "body_unreadable",
            "rejected",
            "throttled",
            "overloaded",
            "unavailable",
            "configuration",
            "body_too_large");

    @TempDir
    Path folder;

    private static Properties library(String language) throws IOException {
        Properties texts = new Properties();
        try (Reader in = new InputStreamReader(
                DenialTexts.class.getResourceAsStream("denials_" + language + ".properties"), StandardCharsets.UTF_8)) {
            texts.load(in);
        }
        return texts;
    }

    static List<String> languages() {
        return DenialTexts.LANGUAGES;
    }

    @ParameterizedTest
    @MethodSource("languages")
    void everyLanguageHasEveryText(String language) throws IOException {
        Properties texts = library(language);
        Set<String> english = library("en").stringPropertyNames();

        assertThat(english)
                .containsAll(KINDS.stream().map(kind -> kind + ".title").toList());
        assertThat(english)
                .containsAll(KINDS.stream().map(kind -> kind + ".detail").toList());
        assertThat(texts.stringPropertyNames()).isEqualTo(english);
        assertThat(texts.values())
                .allSatisfy(text ->
                        assertThat(text.toString()).isNotBlank().doesNotContain("\"", "\\", "<", ">", "\uFFFD"));
    }

    @ParameterizedTest
    @MethodSource("languages")
    void noTextIsLeftInEnglish(String language) throws IOException {
        if (!language.equals("en")) {
            assertThat(library(language).values())
                    .doesNotContainAnyElementsOf(library("en").values());
        }
    }

    /** A class loader without files, which counts what it is asked for. */
    private static final class CountingLoader extends ClassLoader {
        final Set<String> names = new HashSet<>();
        int lookUps;

        CountingLoader() {
            super(null);
        }

        @Override
        public URL getResource(String name) {
            lookUps++;
            names.add(name);
            return null;
        }
    }

    @Test
    void languagesThatDoNotExistAreNotLookedUp() {
        CountingLoader application = new CountingLoader();
        DenialTexts texts = new DenialTexts(application);
        for (int i = 0; i < 1000; i++) {
            String madeUp = "q" + (char) ('a' + i / 26 % 20) + (char) ('a' + i % 26) + "-Q" + (char) ('A' + i % 26);
            assertThat(texts.find(List.of(madeUp)).language()).isEqualTo("en");
        }
        assertThat(application.names)
                .allSatisfy(name -> assertThat(name).matches("playtcha-denials(_|_en)?\\.properties"));
    }

    @Test
    void aKeyThatNamesNoTextIsInTheLogOnce() throws IOException {
        write("playtcha-denials.properties", "token_expired.titel=Too late");
        try (URLClassLoader application =
                        new URLClassLoader(new URL[] {folder.toUri().toURL()}, null);
                CapturedLog log = new CapturedLog(DenialTexts.class.getName(), Level.WARN)) {
            DenialTexts texts = new DenialTexts(application);
            texts.find(List.of("en"));
            texts.find(List.of("de"));

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("playtcha-denials.properties", "[token_expired.titel]");
        }
    }

    @Test
    void languagesAreLookedUpOnceAndNoneIsPushedOut() throws IOException {
        CountingLoader application = new CountingLoader();
        DenialTexts texts = new DenialTexts(application);
        List<Locale> locales = List.of(Locale.getAvailableLocales());
        locales.forEach(locale -> texts.find(List.of(locale.toLanguageTag())));
        int first = application.lookUps;
        locales.forEach(locale -> texts.find(List.of(locale.toLanguageTag())));

        assertThat(application.lookUps).isEqualTo(first);
        write("playtcha-denials_it.properties", "rejected.title=Verifica non superata");
        DenialTexts full =
                new DenialTexts(new URLClassLoader(new URL[] {folder.toUri().toURL()}, null));
        locales.forEach(locale -> full.find(List.of(locale.toLanguageTag())));
        assertThat(full.find(List.of("it-IT")).language()).isEqualTo("it");
    }

    private DenialTexts.Texts find(String acceptLanguage) throws IOException {
        ClassLoader application = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null);
        return new DenialTexts(application).find(List.of(acceptLanguage));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "de | de",
                "de-CH, en;q=0.8 | de",
                "fr-CA;q=0.5, ES | es",
                "JA-jp-u-ca-japanese | ja",
                "it, nl;q=0.9, fr;q=0.1 | fr",
                "de;q=0, fr;q=0.2 | fr",
                "en-GB,en;q=0.9,de;q=0.8 | en",
                "*, de;q=0.1 | de"
            })
    void firstKnownLanguageIsUsed(String header, String language) throws IOException {
        assertThat(find(header).language()).isEqualTo(language);
        assertThat(find(header).values()).isEqualTo(library(language));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "it",
                "de;q=0",
                "de;q=x",
                "../../de",
                "de_DE",
                ";",
                ",,",
                "\u0000",
                "x-private",
                "-",
                "de,-"
            })
    void unknownLanguagesHaveTheEnglishTexts(String header) throws IOException {
        assertThat(find(header).language()).isEqualTo("en");
        assertThat(find(header).values()).isEqualTo(library("en"));
    }

    @Test
    void headersOfAnyLengthAndNumberAreRead() throws IOException {
        DenialTexts texts = new DenialTexts(null);
        for (String language : Locale.getISOLanguages()) {
            texts.find(List.of(language + "-AT"));
        }

        assertThat(texts.find(List.of("de,".repeat(100_000))).language()).isEqualTo("en");
        assertThat(texts.find(List.of("it", "de")).language()).isEqualTo("de");
    }

    private void write(String file, String... lines) throws IOException {
        Files.write(folder.resolve(file), List.of(lines));
    }

    @Test
    void textsOfTheApplicationComeFirstAndAddLanguages() throws IOException {
        write("playtcha-denials_de.properties", "rejected.title=Sind Sie ein Mensch?");
        write("playtcha-denials_de_CH.properties", "token_expired.title=Grüezi, abgelaufen");
        write("playtcha-denials_it.properties", "rejected.title=Verifica non superata", "rejected.detail=Riprova.");

        DenialTexts.Texts german = find("de");
        assertThat(german.find("rejected", "rejected", ".title")).isEqualTo("Sind Sie ein Mensch?");
        assertThat(german.find("token_missing", "token_missing", ".title"))
                .isEqualTo(library("de").getProperty("token_missing.title"));
        DenialTexts.Texts swiss = find("de-CH");
        assertThat(swiss.language()).isEqualTo("de-CH");
        assertThat(swiss.find("token_expired", "rejected", ".title")).isEqualTo("Grüezi, abgelaufen");
        assertThat(swiss.find("rejected", "rejected", ".title")).isEqualTo("Sind Sie ein Mensch?");
        DenialTexts.Texts italian = find("it-IT,de;q=0.5");
        assertThat(italian.language()).isEqualTo("it");
        assertThat(italian.find("anything", "rejected", ".title")).isEqualTo("Verifica non superata");
        assertThat(italian.find("throttled", "throttled", ".title"))
                .isEqualTo(library("en").getProperty("throttled.title"));
    }

    @Test
    void fileWithoutALanguageCountsForEveryLanguageWithoutAFile() throws IOException {
        write("playtcha-denials.properties", "rejected.title=Try again", "rejected.detail=Tick the box.");
        write("playtcha-denials_fr.properties", "rejected.title=Encore une fois");

        assertThat(find("").find("rejected", "rejected", ".title")).isEqualTo("Try again");
        assertThat(find("").find("token_missing", "token_missing", ".detail"))
                .isEqualTo(library("en").getProperty("token_missing.detail"));
        assertThat(find("").language()).isNull();
        assertThat(find("de").find("token_expired", "rejected", ".title")).isEqualTo("Try again");
        assertThat(find("de").language()).isNull();
        assertThat(find("fr").find("rejected", "rejected", ".title")).isEqualTo("Encore une fois");
        assertThat(find("fr").language()).isEqualTo("fr");
    }

    @Test
    void fileThatCannotBeReadIsLeftOut() throws IOException {
        write("playtcha-denials_de.properties", "rejected.title=\\u12");

        assertThat(find("de").values()).isEqualTo(library("de"));
    }

    /** A visitor would read a question mark in it. */
    @Test
    void fileThatIsNotUtf8IsLeftOutAndInTheLog() throws IOException {
        Files.write(
                folder.resolve("playtcha-denials_de.properties"),
                "rejected.title=Noch einmal f\u00fcr uns".getBytes(StandardCharsets.ISO_8859_1));

        try (CapturedLog log = new CapturedLog(DenialTexts.class.getName(), Level.WARN)) {
            assertThat(find("de").values()).isEqualTo(library("de"));
            assertThat(log.lines())
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(line).startsWith("ERROR playtcha-denials_de.properties cannot be read"));
        }
    }

    @Test
    void byteOrderMarkIsNoPartOfTheFirstKey() throws IOException {
        write("playtcha-denials_de.properties", "\uFEFFrejected.title=Noch einmal");

        assertThat(find("de").find("rejected", "rejected", ".title")).isEqualTo("Noch einmal");
    }
}
