package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.late.LateResults;
import java.util.Map;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
    @ConditionalOnMissingBean
    PlaytchaGuards playtchaGuards(SpringApplicationGuards guards) {
        return guards.application;
    }

    @Bean
    @ConditionalOnMissingBean
    LateResults lateResults(SpringApplicationGuards guards) {
        return guards.application.late();
    }

    /** The health indicator {@code playtcha} of the Actuator of Spring Boot 3.5. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    @ConditionalOnProperty(name = "management.health.playtcha.enabled", matchIfMissing = true)
    static class Boot35Health {
        @Bean
        HealthIndicator playtchaHealthIndicator(SpringApplicationGuards guards) {
            return () -> {
                Map<String, String> problems = guards.application.problems();
                return Health.status(problems.isEmpty() ? "UP" : "DOWN")
                        .withDetails(problems)
                        .build();
            };
        }
    }

    /** The same of Spring Boot 4, which has other classes of the same names. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(org.springframework.boot.health.contributor.HealthIndicator.class)
    @ConditionalOnProperty(name = "management.health.playtcha.enabled", matchIfMissing = true)
    static class Boot4Health {
        @Bean
        org.springframework.boot.health.contributor.HealthIndicator playtchaHealthIndicator(
                SpringApplicationGuards guards) {
            return () -> {
                Map<String, String> problems = guards.application.problems();
                return org.springframework.boot.health.contributor.Health.status(problems.isEmpty() ? "UP" : "DOWN")
                        .withDetails(problems)
                        .build();
            };
        }
    }
}
