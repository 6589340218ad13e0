package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.Setting.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTableTest {
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    /** {@code mvn test -pl playtcha-jakarta -Dtest=SettingsTableTest -Dsettings.write} renews the page. */
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
            return;
        }

        assertThat(page.substring(begin, end).strip()).isEqualTo(table.strip());
        assertThat(meanings.values()).doesNotContain("");
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
        assertThat(SettingsTable.ALL).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(markdown(Map.of()).lines()).hasSize(SettingsTable.ALL.size() + 2);
    }

    @ParameterizedTest
    @MethodSource("withDefault")
    void theParserReadsItsOwnDefault(Setting<?> setting) {
        assertThat(setting.defaultValue()).isNotNull();
    }

    static List<Setting<?>> withDefault() {
        return SettingsTable.ALL.stream()
                .filter(setting -> setting.defaultText != null)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyProblemHasItsOwnStableCode(ProblemCode code) {
        assertThat(code.id()).matches("PLAYTCHA-[0-9]{4}");
        assertThat(List.of(ProblemCode.values()).stream().map(ProblemCode::id)).containsOnlyOnce(code.id());
    }

    static ProblemCode[] codes() {
        return ProblemCode.values();
    }

    private static String markdown(Map<String, String> meanings) {
        StringBuilder out = new StringBuilder("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : SettingsTable.ALL) {
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
