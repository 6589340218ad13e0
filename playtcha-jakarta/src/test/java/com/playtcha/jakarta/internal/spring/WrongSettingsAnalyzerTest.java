package com.playtcha.jakarta.internal.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class WrongSettingsAnalyzerTest {

    /** A key that has to be removed is a problem too, so the action must not ask to set it. */
    @Test
    void theActionFitsProblemsThatAskToRemoveAKey() {
        PlaytchaConfigurationException problems = new PlaytchaConfigurationException(List.of(
                "playtcha.url-patterns asks for a guard, but this application is reactive (WebFlux): remove it"));

        FailureAnalysis analysis = new WrongSettingsAnalyzer().analyze(new IllegalStateException(problems), problems);

        assertThat(analysis.getDescription()).contains("playtcha.url-patterns", "remove it");
        assertThat(analysis.getAction())
                .doesNotContain("Set these keys")
                .contains("Correct what each problem names", "application.yml", "PLAYTCHA_SECRET");
    }
}
