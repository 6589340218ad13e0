package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.model;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.view;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.spring.PlaytchaAccessDeniedException;
import com.playtcha.jakarta.spring.PlaytchaAuthenticationException;
import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.WebAttributes;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.view.InternalResourceViewResolver;

/** Section 10: guards in chains of Spring Security, by real log-ins. */
class SecurityChainIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();
    private static final String PARTNER = "https://partner.example";

    private static RunningApplication app;

    private final Browser browser = new Browser(app);

    /** A visitor with cookies, who sends the CSRF token of the page that he saw last. */
    private static final class Browser {
        private static final Pattern CSRF = Pattern.compile("(?:csrf=|name=\"_csrf\"[^>]*value=\")([^\" ]+)");

        private final RunningApplication app;
        private final Map<String, String> cookies = new HashMap<>();
        private String csrf = "";

        Browser(RunningApplication app) {
            this.app = app;
        }

        String page(String path) throws Exception {
            HttpResponse<String> page = send("GET", path, "");
            Matcher token = CSRF.matcher(page.body());
            csrf = token.find() ? token.group(1) : csrf;
            return page.body();
        }

        HttpResponse<String> post(String path, String form, String... headers) throws Exception {
            return send("POST", path, form + "&_csrf=" + csrf, headers);
        }

        HttpResponse<String> send(String method, String path, String form, String... headers) throws Exception {
            String cookie = cookies.entrySet().stream()
                    .map(each -> each.getKey() + "=" + each.getValue())
                    .collect(Collectors.joining("; "));
            List<String> all = new ArrayList<>(List.of(headers));
            all.addAll(List.of("Cookie", cookie, "Accept", "text/html"));
            if (method.equals("POST")) {
                all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
            }
            HttpResponse<String> response = app.send(method, path, form, all.toArray(String[]::new));
            for (String set : response.headers().allValues("Set-Cookie")) {
                String[] pair = set.split(";")[0].split("=", 2);
                if (pair[1].isEmpty()) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
            return response;
        }
    }

    /** One chain with everything that an application may set, and one with Spring Security's defaults. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Chains {
        @Bean
        @Order(1)
        SecurityFilterChain own(HttpSecurity http) throws Exception {
            CorsConfiguration cors = new CorsConfiguration();
            cors.setAllowedOrigins(List.of(PARTNER));
            cors.setAllowedMethods(List.of("POST"));
            return http.securityMatcher("/own/**")
                    // Before the form log-in, whose settings it follows all the same.
                    .with(PlaytchaConfigurer.playtcha(), guards -> guards.logIn("login"))
                    .with(
                            PlaytchaConfigurer.playtcha(),
                            guards -> guards.guard("signup", "/own/signup").guard("twice", "/own/twice/**"))
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/own/home")
                            .authenticated()
                            .anyRequest()
                            .permitAll())
                    .formLogin(form -> form.loginPage("/own/login")
                            .loginProcessingUrl("/own/session")
                            .usernameParameter("email")
                            .defaultSuccessUrl("/own/home", true)
                            .failureHandler((request, response, failure) -> answer(response, failure)))
                    .logout(logout -> logout.logoutUrl("/own/logout").logoutSuccessUrl("/own/login"))
                    .rememberMe(remember -> remember.key("a key").rememberMeParameter("remember"))
                    .cors(each -> each.configurationSource(request -> cors))
                    .exceptionHandling(exceptions -> exceptions.accessDeniedHandler((request, response, denied) -> {
                        PlaytchaAccessDeniedException denial =
                                denied instanceof PlaytchaAccessDeniedException ours ? ours : null;
                        response.setStatus(denial == null ? 403 : denial.getStatus());
                        response.getWriter()
                                .print(denial == null ? "forbidden" : denial.getGuard() + ": " + denial.getMessage());
                    }))
                    .build();
        }

        private static void answer(HttpServletResponse response, AuthenticationException failure) throws IOException {
            PlaytchaAuthenticationException denial =
                    failure instanceof PlaytchaAuthenticationException ours ? ours : null;
            response.setStatus(denial == null ? 401 : denial.getStatus());
            response.getWriter()
                    .print(
                            denial == null
                                    ? "wrong password"
                                    : denial.getGuard() + " "
                                            + Objects.requireNonNull(denial.getVerification())
                                                    .getOutcome());
        }

        @Bean
        @Order(2)
        SecurityFilterChain defaults(HttpSecurity http) throws Exception {
            RequestMatcher json =
                    request -> Set.of("/session", "/json", "/json/early").contains(request.getRequestURI());
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .formLogin(Customizer.withDefaults())
                    .addFilterBefore(logIn("/json"), UsernamePasswordAuthenticationFilter.class)
                    .addFilterAfter(logIn("/json/early"), LogoutFilter.class)
                    .exceptionHandling(exceptions -> exceptions.accessDeniedPage("/news/denied"))
                    .with(
                            PlaytchaConfigurer.playtcha(),
                            guards -> guards.logIn("strict")
                                    .logIn("strict", json, (request, response, denied) -> response.setStatus(418))
                                    .guard("strict", "/news/**")
                                    .guard(
                                            "busy",
                                            request -> request.getRequestURI().equals("/free")))
                    .build();
        }

        /** A log-in of the application's own. */
        private static Filter logIn(String path) {
            return (request, response, chain) -> {
                if (((HttpServletRequest) request).getRequestURI().equals(path)) {
                    response.getWriter().print("the password is checked");
                } else {
                    chain.doFilter(request, response);
                }
            };
        }

        @Bean
        UserDetailsService users() {
            return name -> switch (name) {
                case "ada" ->
                    User.withUsername("ada")
                            .password("{noop}secret")
                            .roles("USER")
                            .build();
                case "boss@example.org" ->
                    User.withUsername("boss")
                            .password("{noop}secret")
                            .roles("STAFF")
                            .build();
                case "broken" -> throw new IllegalStateException("The database is down.");
                default -> throw new UsernameNotFoundException(name);
            };
        }

        @Bean
        Pages pages() {
            return new Pages();
        }
    }

    /** The application's pages. */
    @RestController
    static class Pages {
        @GetMapping("/own/login")
        String page(
                @RequestAttribute(PlaytchaAttributes.REQUIRED) boolean required,
                @RequestAttribute("_csrf") CsrfToken csrf) {
            return "required=" + required + " csrf=" + csrf.getToken();
        }

        @RequestMapping("/news/denied")
        String denied(HttpServletRequest request) {
            return "denied " + request.getMethod();
        }

        @GetMapping("/own/home")
        String home(Principal user) {
            return "Welcome, " + user.getName();
        }

        @PostMapping({"/own/signup", "/own/twice", "/session"})
        String guarded(@RequestAttribute("playtcha") Verification verification) {
            return verification.getOutcome() + " " + verification.getReason().getLabel();
        }
    }

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        settings.put("playtcha.guards.login.after-failures", "3");
        // The page of the log-in is shown nevertheless.
        settings.put("playtcha.guards.login.safe-methods", "off");
        settings.put("playtcha.guards.signup.exempt-roles", "STAFF");
        settings.put("playtcha.guards.twice.url-patterns", "/own/twice");
        settings.put("playtcha.guards.strict.fail-closed", "true");
        // A throttle window belongs to an address of the service.
        settings.put("playtcha.guards.busy.base-url", "http://localhost:" + PLAYTCHA.port());
        app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings,
                context -> ((GenericApplicationContext) context).registerBean(Chains.class));
    }

    @AfterAll
    static void stop() {
        app.close();
        PLAYTCHA.close();
    }

    @BeforeEach
    void reset() {
        PLAYTCHA.reset();
        PlaytchaGuards guards = app.bean(PlaytchaGuards.class);
        guards.failures().clear("127.0.0.1", "ada");
    }

    private static int failures(String address, String name) {
        return app.bean(PlaytchaGuards.class).failures().count(address, name);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("").replaceFirst("http://[^/]*", "");
    }

    @Test
    @Covers(Feature.LOG_IN)
    void aLogInNeedsATokenAndThePassword() throws Exception {
        browser.page("/login");
        HttpResponse<String> denied = browser.post("/login", "username=ada&password=secret");
        assertThat(denied.statusCode()).isEqualTo(302);
        assertThat(location(denied)).isEqualTo("/login?error");
        browser.page("/login?error");
        HttpResponse<String> wrong = browser.post("/login", "username=ada&password=wrong&playtcha-response=ok-1");
        assertThat(location(wrong)).isEqualTo("/login?error");
        HttpResponse<String> right = browser.post("/login", "username=ada&password=secret&playtcha-response=ok-2");
        assertThat(location(right)).isEqualTo("/");
        assertThat(browser.page("/own/home")).isEqualTo("Welcome, ada");
    }

    @Test
    void aTokenIsNotSpentWhereTheCsrfTokenIsMissing() throws Exception {
        browser.page("/login");
        assertThat(browser.send("POST", "/login", "username=ada&password=secret&playtcha-response=ok-1")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.send("POST", "/own/signup", "playtcha-response=ok-1").statusCode())
                .isEqualTo(403);
        PLAYTCHA.verifications().never();
    }

    @Test
    void aTokenIsRequiredAfterFailures() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(browser.page("/own/login")).contains("required=false");
            HttpResponse<String> wrong = browser.post("/own/session", "email=ada&password=wrong");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.body()).isEqualTo("wrong password");
        }
        assertThat(browser.page("/own/login")).contains("required=true");

        HttpResponse<String> denied = browser.post("/own/session", "email=ada&password=secret");
        assertThat(denied.statusCode()).isEqualTo(400);
        assertThat(denied.body()).isEqualTo("login NO_TOKEN");
        assertThat(failures("127.0.0.1", "ada"))
                .as("a denial is no failed log-in")
                .isEqualTo(3);

        HttpResponse<String> right = browser.post("/own/session", "email=ada&password=secret&playtcha-response=ok-1");
        assertThat(location(right)).isEqualTo("/own/home");
        assertThat(failures("127.0.0.1", "ada")).isZero();
        assertThat(new Browser(app).page("/own/login")).contains("required=false");
    }

    @Test
    void failuresCountForTheNameThatIsTypedIn() throws Exception {
        for (int i = 0; i < 3; i++) {
            app.bean(PlaytchaGuards.class).failures().record("192.0.2." + i, "boss@example.org");
        }
        assertThat(browser.page("/own/login")).contains("required=false");
        assertThat(browser.post("/own/session", "email=Boss@Example.org&password=secret")
                        .body())
                .isEqualTo("login NO_TOKEN");
        // The form log-in trims what no name has.
        assertThat(new Browser(app).page("/own/login")).contains("required=false");
        assertThat(browser.post("/own/session", "email=%01boss@example.org&password=secret")
                        .body())
                .isEqualTo("login NO_TOKEN");
        assertThat(browser.page("/own/login"))
                .as("the page shows the widget for the name that was denied")
                .contains("required=true");
        browser.post("/own/session", "email=boss@example.org&password=secret&playtcha-response=ok-1");
        assertThat(browser.page("/own/home")).isEqualTo("Welcome, boss");
        assertThat(failures(null, "boss@example.org")).isZero();
    }

    @Test
    void anErrorOfTheApplicationIsNoFailure() throws Exception {
        browser.page("/own/login");
        assertThat(browser.post("/own/session", "email=broken&password=x").statusCode())
                .isEqualTo(401);
        assertThat(failures("127.0.0.1", "broken")).isZero();
    }

    @Test
    void rememberMeAndLogoutNeedNoToken() throws Exception {
        browser.page("/own/login");
        browser.post("/own/session", "email=ada&password=secret&remember=on");
        assertThat(browser.cookies).containsKey("remember-me");
        browser.cookies.remove("JSESSIONID");
        assertThat(browser.page("/own/home")).isEqualTo("Welcome, ada");

        for (int i = 0; i < 3; i++) {
            app.bean(PlaytchaGuards.class).failures().record("127.0.0.1", "ada");
        }
        browser.page("/own/login");
        assertThat(browser.post("/own/session", "email=ada&password=secret").body())
                .isEqualTo("login NO_TOKEN");
        assertThat(browser.cookies).as("a denial forgets nobody").containsKey("remember-me");
        assertThat(browser.page("/own/home")).isEqualTo("Welcome, ada");

        browser.page("/own/login");
        assertThat(location(browser.post("/own/logout", ""))).isEqualTo("/own/login");
        assertThat(browser.send("GET", "/own/home", "").statusCode()).isEqualTo(302);
        PLAYTCHA.verifications().never();
    }

    @Test
    void denialsHaveTheHeadersOfTheChain() throws Exception {
        HttpResponse<String> preflight =
                browser.send("OPTIONS", "/own/signup", "", "Origin", PARTNER, "Access-Control-Request-Method", "POST");
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .contains(PARTNER);

        browser.page("/own/login");
        HttpResponse<String> denied = browser.post("/own/signup", "", "Origin", PARTNER);
        assertThat(denied.statusCode()).isEqualTo(400);
        assertThat(denied.body()).startsWith("signup: Please complete the human check");
        assertThat(denied.headers().firstValue("Access-Control-Allow-Origin")).contains(PARTNER);
        assertThat(denied.headers().allValues("X-Frame-Options")).containsExactly("DENY");
        assertThat(denied.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(denied.headers().allValues("Cache-Control"))
                .hasSize(1)
                .allMatch(value -> value.contains("no-store"));
    }

    @Test
    void aPathNeedsATokenButNotOfExemptRoles() throws Exception {
        browser.page("/own/login");
        assertThat(browser.post("/own/signup", "playtcha-response=ok-1").body()).isEqualTo("VERIFIED success");
        assertThat(browser.post("/own/signup", "playtcha-response=ok-1").statusCode())
                .isEqualTo(403);
        for (String name : List.of("ada", "boss@example.org")) {
            Browser user = new Browser(app);
            user.page("/own/login");
            user.post("/own/session", "password=secret&email=" + name);
            user.page("/own/login");
            assertThat(user.post("/own/signup", "").body())
                    .startsWith(name.equals("ada") ? "signup: Please" : "EXEMPT exempt-roles");
        }
    }

    @Test
    void aPathThatAFilterGuardsTooIsVerifiedOnce() throws Exception {
        browser.page("/own/login");
        assertThat(browser.post("/own/twice", "playtcha-response=ok-1").body()).isEqualTo("VERIFIED success");
        PLAYTCHA.verifications().of("ok-1").once();
    }

    @Test
    void aLogInByAFilterOfTheApplicationIsGuardedBeforeIt() throws Exception {
        browser.page("/login");
        // At the place that Spring Security's pages recommend, and right after the log-out.
        for (String path : List.of("/json", "/json/early")) {
            assertThat(browser.post(path, "").statusCode()).as(path).isEqualTo(418);
            assertThat(browser.post(path, "playtcha-response=ok" + path.replace('/', '-'))
                            .body())
                    .isEqualTo("the password is checked");
        }
    }

    @Test
    void aPageThatADenialIsForwardedToSeesAGetAndIsNotDeniedItself() throws Exception {
        browser.page("/login");
        HttpResponse<String> denied = browser.post("/news", "");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).isEqualTo("denied GET");
    }

    @Test
    void theDefaultHandlersAnswerToo() throws Exception {
        browser.page("/login");
        assertThat(browser.post("/news", "").statusCode()).isEqualTo(403);
        assertThat(browser.post("/news", "playtcha-response=db-error-1").statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/session", "").statusCode()).isEqualTo(418);
        assertThat(browser.post("/session", "playtcha-response=ok-1").body()).isEqualTo("VERIFIED success");
        HttpResponse<String> throttled = browser.post("/free", "playtcha-response=rate-limited-5-1");
        assertThat(throttled.statusCode()).isEqualTo(403);
        assertThat(throttled.headers().firstValue("Retry-After")).contains("5");
    }

    @Test
    void mockMvcGuardsTheChain() throws Exception {
        MockMvc mvc = MockMvcBuilders.webAppContextSetup((WebApplicationContext) app.context())
                .addFilters(app.context().getBean("springSecurityFilterChain", Filter.class))
                .build();
        MockHttpSession session = new MockHttpSession();
        String page = mvc.perform(get("/login").session(session))
                .andExpect(status().isOk())
                .andExpect(request().attribute(PlaytchaAttributes.REQUIRED, true))
                .andReturn()
                .getResponse()
                .getContentAsString();
        Matcher csrf = Browser.CSRF.matcher(page);
        assertThat(csrf.find()).isTrue();
        mvc.perform(post("/login")
                        .session(session)
                        .param("_csrf", csrf.group(1))
                        .param("username", "ada")
                        .param("password", "secret"))
                .andExpect(header().string("Location", "/login?error"));
        assertThat(session.getAttribute(WebAttributes.AUTHENTICATION_EXCEPTION))
                .isInstanceOfSatisfying(
                        PlaytchaAuthenticationException.class,
                        denied -> assertThat(denied).hasMessageStartingWith("Please complete the human check"));
        mvc.perform(post("/login")
                        .session(session)
                        .param("_csrf", csrf.group(1))
                        .param("username", "ada")
                        .param("password", "secret")
                        .param("playtcha-response", "ok-1"))
                .andExpect(header().string("Location", "/"));
    }

    @Test
    void aFormErrorOfMvcDoesNotSpendTheToken() throws Exception {
        SignUpPage page = new SignUpPage(app.bean(PlaytchaGuards.class).verifier("signup"));
        MockMvc mvc = MockMvcBuilders.standaloneSetup(page)
                .setViewResolvers(new InternalResourceViewResolver("/pages/", ".html"))
                .build();
        mvc.perform(post("/signup").param("email", "ada").param("playtcha-response", "ok-1"))
                .andExpect(view().name("signup"));
        PLAYTCHA.verifications().never();
        mvc.perform(post("/signup").param("email", "ada@example.org").param("playtcha-response", "ok-1"))
                .andExpect(view().name("redirect:/welcome"));
        mvc.perform(post("/signup").param("email", "ada@example.org"))
                .andExpect(view().name("signup"))
                .andExpect(model().attributeHasErrors("form"));
    }

    /** Guards a log-in that the chain does not have. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class WithoutLogIn {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.with(PlaytchaConfigurer.playtcha(), guards -> guards.logIn("login"))
                    .build();
        }
    }

    @Test
    void aWrongGuardFailsTheStart() {
        Map<String, String> settings = PLAYTCHA.properties();
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        settings,
                        context -> ((GenericApplicationContext) context).registerBean(Chains.class)))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining("login");
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        settings,
                        context -> ((GenericApplicationContext) context).registerBean(WithoutLogIn.class)))
                .rootCause()
                .hasMessageContaining("needs formLogin in the same chain");
    }
}
