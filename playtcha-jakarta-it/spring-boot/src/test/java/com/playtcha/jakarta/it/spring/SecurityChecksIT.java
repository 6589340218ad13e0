package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.DefaultAuthenticationEventPublisher;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationProvider;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.webauthn.authentication.PublicKeyCredentialRequestOptionsFilter;
import org.springframework.security.web.webauthn.management.WebAuthnRelyingPartyOperations;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Section 10: mistakes in chains of Spring Security, by which a form is open, are warnings when the application starts. */
class SecurityChecksIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    @TempDir
    private Path folder;

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    /** Starts an application, uses it, and returns its log. */
    private String log(
            EmbeddedServer server, Class<?> security, Map<String, ?> settings, ThrowingConsumer<RunningApplication> use)
            throws Exception {
        Path log = folder.resolve("log");
        Map<String, Object> all = new HashMap<>(PLAYTCHA.properties());
        all.putAll(settings);
        all.put("logging.file.name", log.toString());
        try (RunningApplication own = RunningApplication.start(
                server, all, context -> ((GenericApplicationContext) context).registerBean(security))) {
            use.accept(own);
        }
        return Files.readString(log);
    }

    /** With a manager as Spring Security's pages show it, as a bean or in the chain, and with what makes its failures count. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class OwnManager {
        @Bean
        ProviderManager manager(Environment environment, ApplicationEventPublisher events) {
            ProviderManager manager = new ProviderManager(new DaoAuthenticationProvider(
                    name -> User.withUsername(name).password("{noop}secret").build()));
            if (environment.getProperty("events", Boolean.class, false)) {
                manager.setAuthenticationEventPublisher(new DefaultAuthenticationEventPublisher(events));
            }
            return manager;
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http, ProviderManager manager, Environment environment)
                throws Exception {
            if (environment.getProperty("in-chain", Boolean.class, false)) {
                http.authenticationManager(manager);
            }
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .formLogin(Customizer.withDefaults())
                    .with(PlaytchaConfigurer.playtcha(), guards -> guards.logIn("login"))
                    .build();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void aManagerWhoseFailuresAreNotHeardOfIsAWarning(boolean events, boolean inChain) throws Exception {
        Map<String, Object> settings =
                Map.of("playtcha.guards.login.after-failures", "1", "events", events, "in-chain", inChain);
        String log = log(EmbeddedServer.TOMCAT, OwnManager.class, settings, own -> {
            own.post("/login", "username=ada&password=wrong");
            assertThat(own.bean(PlaytchaGuards.class).failures().count("127.0.0.1", "ada"))
                    .isEqualTo(events ? 1 : 0);
        });
        assertThat(log.contains("the bean manager, publishes no events")).isNotEqualTo(events);
    }

    /** Has a log-in by a controller, and two managers that publish no events, of which one checks no passwords. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class LogInByController {
        @Bean
        @Primary
        ProviderManager quiet() {
            return new ProviderManager(new DaoAuthenticationProvider(
                    name -> User.withUsername(name).password("{noop}secret").build()));
        }

        @Bean
        ProviderManager certificates() {
            return new ProviderManager(new PreAuthenticatedAuthenticationProvider());
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .build();
        }

        @Bean
        LogInPage logInPage(AuthenticationManager manager) {
            return new LogInPage(manager);
        }
    }

    /** Checks passwords itself. */
    @RestController
    record LogInPage(AuthenticationManager manager) {
        @PostMapping("/log-in")
        String logIn(String name, String password) {
            try {
                return manager.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(name, password))
                        .getName();
            } catch (AuthenticationException e) {
                return "wrong";
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void aManagerThatAControllerCallsIsAWarningByItsName(int afterFailures, boolean warned) throws Exception {
        Map<String, Object> settings =
                Map.of("playtcha.url-patterns", "/log-in", "playtcha.after-failures", afterFailures);
        String log = log(EmbeddedServer.TOMCAT, LogInByController.class, settings, own -> {
            own.post("/log-in", "name=ada&password=wrong&playtcha-response=ok-1");
            assertThat(own.bean(PlaytchaGuards.class).failures().count("127.0.0.1", "ada"))
                    .isZero();
        });
        assertThat(log.contains("the bean quiet, publishes no events")).isEqualTo(warned);
        assertThat(log).doesNotContain("the bean certificates");
    }

    /** Has guards that see their paths, guards that do not, and guards of which that is not known before there are requests. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Chains {
        private static SecurityFilterChain chain(HttpSecurity http, Consumer<PlaytchaConfigurer> guards)
                throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .with(PlaytchaConfigurer.playtcha(), guards::accept)
                    .build();
        }

        @Bean
        WebSecurityCustomizer customizer() {
            return web -> web.ignoring()
                    .requestMatchers(request -> request.getRequestURI().equals("/ignored"))
                    .requestMatchers("/assets/**", "/skipped");
        }

        @Bean
        @Order(1)
        SecurityFilterChain header(HttpSecurity http) throws Exception {
            http.securityMatcher(request -> request.getHeader("X-Api") != null);
            return chain(http, guards -> guards.guard("api", "/api"));
        }

        @Bean
        @Order(2)
        SecurityFilterChain ownChain(HttpSecurity http) throws Exception {
            http.securityMatcher("/own/**").formLogin(Customizer.withDefaults());
            return chain(
                    http, guards -> guards.logIn("own").guard("own", "/orders", "/own/orders", "/parts/**", "/shared"));
        }

        @Bean
        @Order(3)
        SecurityFilterChain put(HttpSecurity http) throws Exception {
            http.securityMatcher(request -> request.getMethod().equals("PUT"));
            return chain(http, guards -> guards.guard("rest", "/put"));
        }

        @Bean
        @Order(4)
        SecurityFilterChain lastChain(HttpSecurity http) throws Exception {
            http.formLogin(form -> form.loginProcessingUrl("/own/session"));
            return chain(
                    http,
                    guards -> guards.logIn("rest")
                            .guard("rest", "/shared", "/ignored", "/skipped", "/own/early")
                            .guard(
                                    "rest",
                                    PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, "/own/matched"),
                                    PathPatternRequestMatcher.withDefaults().matcher("/shared")));
        }

        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    /** Takes orders. */
    @RestController
    static class Orders {
        @PostMapping({"/own/orders", "/own/early", "/ignored", "/skipped"})
        String order() {
            return "ordered";
        }
    }

    static List<EmbeddedServer> servers() {
        return EmbeddedServer.present();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aPathThatAGuardInAChainNeverSeesIsAWarning(EmbeddedServer server) throws Exception {
        Map<String, Object> settings = Map.of(
                "playtcha.guards.api.fail-closed", "true",
                "playtcha.guards.own.fail-closed", "true",
                "playtcha.guards.rest.fail-closed", "true");
        String log = log(server, Chains.class, settings, own -> {
            assertThat(own.post("/own/orders", "").statusCode()).isEqualTo(403);
            assertThat(own.post("/ignored", "").body()).as("open").isEqualTo("ordered");
            assertThat(own.post("/skipped", "").body()).as("open").isEqualTo("ordered");
        });
        Pattern missed = Pattern.compile("The guard (\\S+) of PlaytchaConfigurer never sees (\\S+): its \\S+, (\\S+),");
        assertThat(missed.matcher(log).results().map(each -> each.group(1) + " " + each.group(2) + " " + each.group(3)))
                .containsExactlyInAnyOrder(
                        "own /orders ownChain",
                        "own /login ownChain",
                        "rest /ignored lastChain",
                        "rest /skipped lastChain",
                        "rest /own/early lastChain",
                        "rest /own/matched lastChain",
                        "rest /own/session lastChain");
    }

    /** Guards paths, of which filters of Spring Security answer some before the guard. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class AnsweredBefore {
        @Bean
        SecurityFilterChain logIns(HttpSecurity http) throws Exception {
            http.formLogin(Customizer.withDefaults())
                    .oneTimeTokenLogin(links -> links.tokenGenerationSuccessHandler(
                            (request, response, token) -> response.getWriter().write("sent")))
                    // As a log-in by passkey adds it.
                    .addFilterBefore(
                            new PublicKeyCredentialRequestOptionsFilter(unused(WebAuthnRelyingPartyOperations.class)),
                            AuthorizationFilter.class);
            return Chains.chain(
                    http,
                    guards -> guards.guard(
                            "rest",
                            "/login",
                            "/ott/generate",
                            "/login/ott",
                            "/webauthn/authenticate/options",
                            "/own/orders"));
        }

        private static <T> T unused(Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ada").password("{noop}secret").build());
        }

        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aPathThatSpringSecurityAnswersBeforeTheGuardIsAWarning(EmbeddedServer server) throws Exception {
        String log =
                log(server, AnsweredBefore.class, Map.of("playtcha.guards.rest.fail-closed", "true"), application -> {
                    assertThat(application.post("/own/orders", "").statusCode()).isEqualTo(403);
                    assertThat(application.post("/ott/generate", "username=ada").body())
                            .as("open")
                            .isEqualTo("sent");
                });
        Pattern answered = Pattern.compile(
                "The guard rest of PlaytchaConfigurer never sees (\\S+): (\\w+) of its \\S+, logIns, answers");
        assertThat(answered.matcher(log).results().map(each -> each.group(1) + " " + each.group(2)))
                .containsExactlyInAnyOrder(
                        "/login UsernamePasswordAuthenticationFilter",
                        "/ott/generate GenerateOneTimeTokenFilter",
                        "/login/ott OneTimeTokenAuthenticationFilter",
                        "/webauthn/authenticate/options PublicKeyCredentialRequestOptionsFilter");
    }

    /** Has the filter of Spring Security where Spring Boot places it. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Placed extends AnsweredBefore {
        @Bean
        DelegatingFilterProxyRegistrationBean securityFilterChainRegistration() {
            DelegatingFilterProxyRegistrationBean filter =
                    new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
            filter.setOrder(-100);
            return filter;
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 400", "0, 302"})
    void aLogInBeforeAFilterOfUrlPatternsIsAWarning(String order, int status) throws Exception {
        Map<String, String> settings = Map.of(
                "playtcha.guards.rest.fail-closed", "true",
                "playtcha.url-patterns", "/login, /own/orders",
                "playtcha.filter-order", order);
        String log = log(EmbeddedServer.TOMCAT, Placed.class, settings, application -> {
            assertThat(application
                            .post("/login", "username=ada&password=secret")
                            .statusCode())
                    .isEqualTo(status);
            assertThat(application.post("/own/orders", "").statusCode()).isIn(400, 403);
        });
        Pattern unseen =
                Pattern.compile("Filter (\\S+) never sees (\\S+): (\\w+) of Spring Security answers it before");
        assertThat(unseen.matcher(log).results().map(each -> each.group(1) + " " + each.group(2) + " " + each.group(3)))
                .isEqualTo(status == 302 ? List.of("playtcha /login UsernamePasswordAuthenticationFilter") : List.of());
    }
}
