package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.UrlHandlerFilter;

/** Section 10: a guard in a chain of Spring Security covers what Spring MVC and Spring Security take for its path. */
class SecurityPathsIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    private static RunningApplication start(Map<String, ?> settings, Class<?>... beans) {
        Map<String, Object> all = new HashMap<>(PLAYTCHA.properties());
        all.put("playtcha.guards", "login, free");
        all.putAll(settings);
        return RunningApplication.start(EmbeddedServer.TOMCAT, all, context -> {
            ((GenericApplicationContext) context).registerBean(Security.class);
            for (Class<?> bean : beans) {
                ((GenericApplicationContext) context).registerBean(bean);
            }
        });
    }

    /** Answers one path by itself, as a log-in of a single-page application does. */
    private static final class JsonLogIn extends OncePerRequestFilter {
        private final String path;

        JsonLogIn(String path) {
            this.path = path;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            if (request.getRequestURI().equals(path)) {
                response.setStatus(204);
            } else {
                chain.doFilter(request, response);
            }
        }
    }

    /** Guards a path, and a log-in that the application moves after Spring Security has configured it. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Security {
        @Bean
        SecurityFilterChain chain(
                HttpSecurity http,
                @Value("${test.log-in:}") String logIn,
                @Value("${test.guarded:/free}") String[] guarded)
                throws Exception {
            if (!logIn.isEmpty()) {
                http.addFilterBefore(new JsonLogIn(logIn), LogoutFilter.class);
            }
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .with(
                            PlaytchaConfigurer.playtcha(),
                            guards -> guards.logIn("login").guard("free", guarded))
                    .formLogin(form -> form.loginPage("/login")
                            .withObjectPostProcessor(new ObjectPostProcessor<UsernamePasswordAuthenticationFilter>() {
                                @Override
                                public <T extends UsernamePasswordAuthenticationFilter> T postProcess(T filter) {
                                    filter.setFilterProcessesUrl("/moved");
                                    filter.setAuthenticationFailureHandler(
                                            (request, response, denied) -> response.sendError(418));
                                    return filter;
                                }
                            }))
                    .build();
        }

        /** At the place that Spring Boot gives it, and by its name. */
        @Bean
        FilterRegistrationBean<Filter> chains(@Qualifier("springSecurityFilterChain") Filter chains) {
            FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(chains);
            filter.setName("springSecurityFilterChain");
            filter.setOrder(-100);
            return filter;
        }

        /** Passes on, as that of Spring Session does, which Spring Boot hides behind a class of its own. */
        @Bean
        FilterRegistrationBean<Filter> sessions() {
            FilterRegistrationBean<Filter> filter =
                    new FilterRegistrationBean<>((request, response, chain) -> chain.doFilter(request, response));
            filter.setName("springSessionRepositoryFilter");
            return filter;
        }

        /** Behind the chain, as each filter without an order. */
        @Bean
        FilterRegistrationBean<UrlHandlerFilter> slashes() {
            return new FilterRegistrationBean<>(
                    UrlHandlerFilter.trailingSlashHandler("/**").wrapRequest().build());
        }
    }

    @Test
    void aTrailingSlashLeadsAroundNoGuardOfAChain() throws Exception {
        try (RunningApplication app = start(Map.of())) {
            assertThat(app.post("/free", "").statusCode()).isEqualTo(403);
            assertThat(app.post("/free/", "").statusCode()).isEqualTo(403);
            assertThat(app.post("/free/", "playtcha-response=ok-1").body()).startsWith("VERIFIED");
        }
    }

    @Test
    void aPathIsGuardedBelowThePathOfTheServletToo() throws Exception {
        try (RunningApplication app = start(Map.of("spring.mvc.servlet.path", "/app"))) {
            assertThat(app.post("/app/free", "").statusCode()).isEqualTo(403);
            assertThat(app.post("/app/free", "playtcha-response=ok-2").body()).startsWith("VERIFIED");
        }
    }

    /** The chain might answer every path, and of these it answers one. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aPatternWithoutThePathOfTheServletIsAWarningBesideAChainToo(CapturedOutput log) throws Exception {
        Map<String, String> settings =
                Map.of("spring.mvc.servlet.path", "/app", "playtcha.url-patterns", "/signup, /moved, /logout");
        try (RunningApplication app = start(settings)) {
            assertThat(app.post("/app/signup", "").body()).as("open").startsWith("UNGUARDED");
        }
        assertThat(log)
                .containsOnlyOnce("guards /signup, which no servlet, file or other filter")
                .contains("for the servlet on /app/* it would be /app/signup")
                .doesNotContain("guards /moved, which")
                .doesNotContain("guards /logout, which");
    }

    /** Of the servlet of Spring MVC and the chain, each might answer every path. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aPatternThatNeitherSpringMvcNorTheChainAnswersIsAWarning(CapturedOutput log) {
        start(Map.of("playtcha.url-patterns", "/singup, /signup, /moved, /logout"))
                .close();
        assertThat(log)
                .containsOnlyOnce("guards /singup, which no servlet, file or other filter")
                .containsOnlyOnce(", which no servlet");
    }

    /** Whoever followed the warning would open the log-in. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aPatternThatAFilterOfTheChainMayAnswerIsNoWarning(CapturedOutput log) throws Exception {
        Map<String, String> settings = Map.of(
                "spring.mvc.servlet.path", "/app", "test.log-in", "/api/login", "playtcha.url-patterns", "/api/login");
        try (RunningApplication app = start(settings)) {
            assertThat(app.post("/app/free", "").statusCode()).isEqualTo(403);
        }
        assertThat(log).doesNotContain("guards /api/login, which");
    }

    /** The log-in, whose form a post-processor has moved away from /login, is none. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aPathOfAGuardInAChainThatNothingAnswersIsAWarning(CapturedOutput log) throws Exception {
        for (String servlet : List.of("/", "/app")) {
            Map<String, String> settings = Map.of(
                    "spring.mvc.servlet.path", servlet, "test.guarded", "/fere, /free/, /free, /forms/**, /logout");
            try (RunningApplication app = start(settings)) {
                assertThat(app.post(("/".equals(servlet) ? "" : servlet) + "/free", "")
                                .statusCode())
                        .isEqualTo(403);
            }
        }
        assertThat(log.toString().split("The guard free of PlaytchaConfigurer guards /fere, which no handler"))
                .hasSize(3);
        assertThat(log.toString().split(", which no handler")).hasSize(3);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aPathOfAGuardInAChainWhereSpringMvcIgnoresTheCaseOfPathsIsAWarning(CapturedOutput log) throws Exception {
        try (RunningApplication app = start(Map.of(), SpringBootIT.AnyCase.class)) {
            assertThat(app.post("/FREE", "").body()).as("the warning is true").startsWith("UNGUARDED");
        }
        assertThat(log).containsOnlyOnce("Spring MVC ignores the case of paths");
    }

    @Test
    void aLogInIsGuardedWhereAPostProcessorMovesIt() throws Exception {
        PLAYTCHA.reset();
        try (RunningApplication app = start(Map.of())) {
            assertThat(app.post("/moved", "username=ada&password=secret").statusCode())
                    .as("the handler that the post-processor has set gets the denial")
                    .isEqualTo(418);
            app.post("/moved", "username=ada&password=secret&playtcha-response=ok-3");
            PLAYTCHA.verifications().of("ok-3").once();
        }
    }
}
