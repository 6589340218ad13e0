package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.runtime.ApplicationGuards;
import com.playtcha.jakarta.late.LateResults;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Configures the guards of a Spring Boot application with servlets. Public for Spring only. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Import(VerifierBeans.class)
public class PlaytchaAutoConfiguration {

    /** For Spring. */
    public PlaytchaAutoConfiguration() {}

    @Bean(SpringApplicationGuards.BEAN)
    SpringApplicationGuards playtchaApplication(ConfigurableApplicationContext context) {
        return new SpringApplicationGuards(context);
    }

    @Bean
    ServletRegistration playtchaRegistration(SpringApplicationGuards application) {
        return new ServletRegistration(application);
    }

    @Bean
    @ConditionalOnMissingBean
    PlaytchaGuards playtchaGuards(SpringApplicationGuards application) {
        return ApplicationGuards.of(application.application);
    }

    @Bean
    @ConditionalOnMissingBean
    LateResults lateResults(SpringApplicationGuards application) {
        return application.application.late();
    }
}
