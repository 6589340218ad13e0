package com.playtcha.jakarta.internal.spring;

import java.util.Map;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** The health indicator {@code playtcha} of the Actuator of Spring Boot 3.5. Public for Spring only. */
@AutoConfiguration(after = PlaytchaAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(SpringApplicationGuards.class)
@ConditionalOnProperty(name = "management.health.playtcha.enabled", matchIfMissing = true)
public class Boot35Health {

    /** For Spring. */
    public Boot35Health() {}

    @Bean
    HealthIndicator playtchaHealthIndicator(SpringApplicationGuards guards) {
        return () -> {
            Map<String, String> problems = guards.application.problems();
            return (problems.isEmpty() ? Health.up() : Health.down())
                    .withDetails(problems)
                    .build();
        };
    }
}
