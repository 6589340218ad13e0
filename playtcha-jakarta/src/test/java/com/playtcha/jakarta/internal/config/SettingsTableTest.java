package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTableTest {
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";
    private static final Path METADATA = Path.of(
            System.getProperty("basedir", "."), "src/main/resources/META-INF/spring-configuration-metadata.json");

    /** {@code mvn test -pl playtcha-jakarta -Dtest=SettingsTableTest -Dsettings.write} renews the page and the metadata. */
    @Test
    void theTableInTheDocsIsTheCodes() throws IOException {
        Path file = Path.of(System.getProperty("basedir", "."), "..", "docs", "settings.md");
        String page = Files.readString(file);
        assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        Map<String, String> meanings = meanings(page.substring(begin, end));
        String table = markdown(meanings);
        if (System.getProperty("settings.write") != null) {
            Files.writeString(file, page.substring(0, begin) + table + page.substring(end));
            Files.writeString(METADATA, metadata(meanings));
            return;
        }

        assertThat(page.substring(begin, end).strip()).isEqualTo(table.strip());
        assertThat(meanings.values()).doesNotContain("");
        assertThat(Files.readString(METADATA)).as("metadata for IDEs").isEqualTo(metadata(meanings));
    }

    /** The format of Spring Boot, from which IDEs complete keys in application.yml and application.properties. */
    private static String metadata(Map<String, String> meanings) {
        List<String> properties = new ArrayList<>();
        List<String> hints = new ArrayList<>();
        for (Setting<?> setting : Setting.ALL) {
            if (!setting.scopes.contains(Scope.APPLICATION)) {
                continue;
            }
            Matcher words = Pattern.compile("`([a-z]+)` or `([a-z]+)`").matcher(setting.allowed);
            Object value = setting.defaultText == null || words.matches() ? "" : setting.defaultValue();
            String name = "\"name\": \"playtcha." + setting.key + "\"";
            String literal = value instanceof Boolean || value instanceof Integer
                    ? String.valueOf(value)
                    : "\"" + setting.defaultText + "\"";
            properties.add("    {\n      " + name + ",\n      \"type\": \"" + type(setting, value)
                    + "\",\n      \"description\": \"" + plain(meanings.getOrDefault(setting.key, "")) + "\""
                    + (setting.defaultText == null ? "" : ",\n      \"defaultValue\": " + literal) + "\n    }");
            if (words.matches()) {
                hints.add("    {\n      " + name + ",\n      \"values\": [{\"value\": \"" + words.group(1)
                        + "\"}, {\"value\": \"" + words.group(2) + "\"}]\n    }");
            }
        }
        return "{\n  \"properties\": [\n" + String.join(",\n", properties) + "\n  ],\n  \"hints\": [\n"
                + String.join(",\n", hints) + "\n  ]\n}\n";
    }

    private static String type(Setting<?> setting, Object value) {
        if (setting == Setting.GUARDS) {
            // In YAML, the parent of the guards' settings.
            return "java.util.Map<java.lang.String,java.util.Map<java.lang.String,java.lang.String>>";
        }
        if (value instanceof Collection) {
            return "java.util.List<java.lang.String>";
        }
        boolean isTyped = value instanceof Boolean || value instanceof Integer || value instanceof Duration;
        return isTyped ? value.getClass().getName() : "java.lang.String";
    }

    private static String plain(String markdown) {
        return markdown.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .replaceAll("[`*]", "")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"");
    }

    /** What each key means is written by hand in the last column; everything else in the table comes from the code. */
    private static Map<String, String> meanings(String table) {
        Map<String, String> meanings = new HashMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `([^`]+)` \\|.* \\| (.*?)(?: \\*(?:Only|Not|One)[^*]*\\*)? \\|$")
                .matcher(table);
        while (row.find()) {
            meanings.put(row.group(1), row.group(2));
        }
        return meanings;
    }

    @Test
    void everyKeyIsInTheTableOnce() {
        assertThat(Setting.ALL).extracting(setting -> setting.key).doesNotHaveDuplicates();
        assertThat(markdown(Map.of()).lines()).hasSize(Setting.ALL.size() + 2);
    }

    @ParameterizedTest
    @MethodSource("withDefault")
    void theParserReadsItsOwnDefault(Setting<?> setting) {
        assertThat(setting.defaultValue()).isNotNull();
    }

    static List<Setting<?>> withDefault() {
        return Setting.ALL.stream()
                .filter(setting -> setting.defaultText != null)
                .toList();
    }

    /** A code is stable: the number of a problem that is gone is not used for another. */
    @Test
    void theCodesOfProblemsAreThese() throws IOException {
        Set<String> codes = new TreeSet<>();
        Path folder = Path.of(
                System.getProperty("basedir", "."),
                "src/main/java/" + Setting.class.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher code = Pattern.compile("\"PLAYTCHA-([0-9]{4})").matcher(Files.readString(file));
                while (code.find()) {
                    codes.add(code.group(1));
                }
            }
        }

        assertThat(String.join(" ", codes))
                .isEqualTo("0001 0002 0003 0004 0006 0007 0012 0022 0023 0025 0030 0031 0032 0033 0035 0047 0048 0049"
                        + " 0052 0053 0054 0055 0056 0057");
    }

    private static String markdown(Map<String, String> meanings) {
        StringBuilder out = new StringBuilder("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : Setting.ALL) {
            out.append("| `").append(setting.key).append("` | ");
            out.append(setting.defaultText == null ? "" : "`" + setting.defaultText + "`");
            out.append(" | ").append(setting.allowed.replace("|", "\\|")).append(" | ");
            out.append(meanings.getOrDefault(setting.key, ""))
                    .append(scope(setting.scopes))
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String scope(Set<Scope> scopes) {
        if (scopes.size() == Scope.values().length) {
            return "";
        }
        if (!scopes.contains(Scope.APPLICATION)) {
            return " *Only as an init-param.*";
        }
        return scopes.contains(Scope.GUARD) ? " *Not as an init-param.*" : " *One per application.*";
    }
}
