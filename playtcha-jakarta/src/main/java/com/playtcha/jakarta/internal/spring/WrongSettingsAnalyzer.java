package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports wrong settings in the way of Spring Boot, without a stack trace. */
final class WrongSettingsAnalyzer extends AbstractFailureAnalyzer<PlaytchaConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, PlaytchaConfigurationException problems) {
        return new FailureAnalysis(
                String.valueOf(problems.getMessage()),
                "Correct what each problem names. Settings are read from application.yml or application.properties, system"
                        + " properties, and environment variables such as PLAYTCHA_SECRET.",
                problems);
    }
}
