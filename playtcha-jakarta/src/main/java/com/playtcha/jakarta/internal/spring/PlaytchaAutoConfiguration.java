package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.late.LateResults;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.handler.MappedInterceptor;

/** Configures the guards of a Spring Boot application with servlets. Public for Spring only. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Import(GuardBeans.class)
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

    /** After all that register filters of the application. */
    @Bean
    @Order
    ServletContextInitializer playtchaLaterFilters() {
        return PlaytchaInitializer::checkLaterFilters;
    }

    /** The guards of handlers that have {@code @PlaytchaProtected}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DispatcherServlet.class)
    static class Handlers {
        @Bean
        HandlerGuards playtchaHandlerGuards(SpringApplicationGuards guards, ListableBeanFactory beans) {
            return new HandlerGuards(guards, beans);
        }

        @Bean
        MvcPaths playtchaMvcPaths(SpringApplicationGuards guards, ApplicationContext context) {
            return new MvcPaths(guards, context);
        }

        /** Applies to each handler mapping, also where an application configures Spring MVC itself. */
        @Bean
        MappedInterceptor playtchaHandlerInterceptor(HandlerGuards guards) {
            return new MappedInterceptor(null, null, guards);
        }
    }

    /** The endpoint {@code playtchalate} of the Actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebEndpoint.class)
    static class Actuator {
        @Bean
        LateEndpoint playtchaLateEndpoint(LateResults late) {
            return new LateEndpoint(late);
        }
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
                        .withDetails(guards.application.notes())
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
                        .withDetails(guards.application.notes())
                        .withDetails(problems)
                        .build();
            };
        }
    }
}
