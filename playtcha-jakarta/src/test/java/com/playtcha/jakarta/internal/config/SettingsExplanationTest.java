package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The text that explains the settings to an operator. */
class SettingsExplanationTest {

    @Test
    void everyKeyIsExplained() {
        LoadedSettings explained = new SettingsLoader()
                .platform(new Properties(), Map.of())
                .filter("signup", Map.of())
                .inspect();

        for (Setting<?> setting : Setting.ALL) {
            assertThat(explained.explanation()).containsPattern("\n  " + setting.key + " +");
        }
        assertThat(explained.problems()).isNotEmpty();
    }

    @Test
    void whatAFilterSetsIsExplainedByItsSource() {
        LoadedSettings explained = new SettingsLoader()
                .contextParams(Map.of(
                        "playtcha.guards", "payout",
                        "playtcha.base-url", "https://user:a-password@playtcha.example",
                        "playtcha.callback-path", "/pingback",
                        "playtcha.callback-key", "a-key-of-the-callbacks"))
                .filter("pay", Map.of("guard", "payout", "secret", "sk-a-secret-of-the-shop"))
                .inspect();

        assertThat(explained.explanation())
                .containsPattern("\n  guards +payout +context-param playtcha.guards\n")
                .containsPattern("\n  guard +payout +init-param guard of filter 'pay'\n")
                .containsPattern("\n  secret +\\*\\*\\* +init-param secret of filter 'pay'\n")
                .containsPattern("\n  callback-key +\\*\\*\\* +context-param playtcha.callback-key\n")
                .doesNotContain("a-password", "a-key-of-the-callbacks", "sk-a-secret-of-the-shop");
    }
}
