package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Section 10: an executable jar, on each embedded server. */
@ExtendWith(OutputCaptureExtension.class)
class SpringBootIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    private final LibraryThreads threads = new LibraryThreads();

    static List<EmbeddedServer> servers() {
        return EmbeddedServer.present();
    }

    @BeforeEach
    void reset() {
        PLAYTCHA.accept();
        PLAYTCHA.reset();
    }

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    private static Map<String, Object> settings(String... more) {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private static void setEnvironment(ConfigurableApplicationContext context, Map<String, Object> variables) {
        context.getEnvironment()
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", variables));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aFormThatTheServerRefusesGetsTheErrorPage(EmbeddedServer server) throws Exception {
        try (RunningApplication app = RunningApplication.start(
                server,
                settings("playtcha.url-patterns", "/signup", "spring.servlet.multipart.max-file-size", "1KB"))) {
            String form = "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n"
                    + "x".repeat(2000) + "\r\n--b--\r\n";
            HttpResponse<String> denied = app.send(
                    "POST", "/signup", form, "Content-Type", "multipart/form-data; boundary=b", "Accept", "text/html");
            assertThat(denied.statusCode()).isIn(400, 413);
            assertThat(denied.body()).as("the application's error page").containsAnyOf("Whitelabel", "Not now");
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    @Covers(Feature.SETTINGS)
    void settingsRegisterTheFilterOfEachGuard(EmbeddedServer server, CapturedOutput log) throws Exception {
        try (RunningApplication app = RunningApplication.start(
                server,
                settings(
                        "playtcha.url-patterns", "/signup",
                        "playtcha.guards.news.url-patterns", "/news",
                        "playtcha.guards.news.fail-closed", "true"))) {
            HttpResponse<String> good = app.post("/signup", "playtcha-response=ok-1&name=Zo%C3%AB");
            assertThat(good.statusCode()).isEqualTo(200);
            assertThat(good.body()).isEqualTo("VERIFIED Zoë");
            assertThat(PLAYTCHA.requestCount())
                    .as("no filter is registered twice")
                    .isEqualTo(1);

            HttpResponse<String> replayed = app.post("/signup", "playtcha-response=ok-1");
            assertThat(replayed.statusCode()).isEqualTo(403);
            assertThat(replayed.body()).as("the application's error page").containsAnyOf("Whitelabel", "Not now");
            assertThat(replayed.headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(value -> assertThat(value).contains("no-store"));

            PLAYTCHA.refuse();
            assertThat(app.post("/signup", "playtcha-response=ok-2").body()).startsWith("UNAVAILABLE");
            assertThat(app.post("/news", "playtcha-response=ok-3").statusCode()).isEqualTo(503);
            assertThat(app.post("/free", "name=Ada").body()).isEqualTo("UNGUARDED Ada");
        }

        assertThat(log).doesNotContain("NOT guarded").doesNotContain("guards nothing");
        threads.assertNoneIsLeft();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aPatternThatBeginsWithTheContextPathIsAWarning(EmbeddedServer server, CapturedOutput log) throws Exception {
        Map<String, Object> settings =
                settings("playtcha.url-patterns", "/demo/signup", "server.servlet.context-path", "/demo");
        try (RunningApplication app = RunningApplication.start(server, settings)) {
            assertThat(app.post("/demo/signup", "name=Ada").body())
                    .as("the warning is true")
                    .startsWith("UNGUARDED");
        }

        assertThat(log)
                .containsOnlyOnce("Filter playtcha is mapped to /demo/signup, which begins with the application's"
                        + " context path /demo");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aPatternWithoutThePathOfSpringMvcIsAWarning(EmbeddedServer server, CapturedOutput log) throws Exception {
        Map<String, Object> settings = settings("playtcha.url-patterns", "/signup", "spring.mvc.servlet.path", "/api");
        try (RunningApplication app = RunningApplication.start(server, settings)) {
            assertThat(app.post("/api/signup", "name=Ada").body())
                    .as("the warning is true")
                    .startsWith("UNGUARDED");
        }

        assertThat(log)
                .containsOnlyOnce("Filter playtcha guards /signup, which no servlet, file or other filter of the"
                        + " application answers.")
                .containsOnlyOnce("for the servlet on /api/* it would be /api/signup");
    }

    /** The servlet of Spring MVC gets every path. */
    @ParameterizedTest
    @MethodSource("servers")
    void aPatternThatNoHandlerOfSpringMvcAnswersIsAWarning(EmbeddedServer server, CapturedOutput log) throws Exception {
        String patterns = "/singup, /signup, /error, /actuator/health, /actuator/playtchalate/1";
        try (RunningApplication app = RunningApplication.start(server, settings("playtcha.url-patterns", patterns))) {
            assertThat(app.post("/signup", "").statusCode()).isEqualTo(400);
        }

        assertThat(log)
                .containsOnlyOnce("Filter playtcha guards /singup, which no servlet, file or other filter of the"
                        + " application answers.")
                .containsOnlyOnce(", which no servlet");
    }

    /** Forms, of which some have more than one path. */
    @RestController
    static class Forms {
        @PostMapping({"/join", "/register"})
        String join() {
            return "joined";
        }

        @PostMapping({"/{lang}/contact", "/api/{version}/contact"})
        String contact() {
            return "sent";
        }

        @PostMapping({"/orders", "/orders/"})
        String order() {
            return "ordered";
        }

        @PostMapping({"/votes", "/polls"})
        @PlaytchaProtected
        String vote() {
            return "voted";
        }

        @PostMapping("/topics/{topic}")
        String topic() {
            return "sent";
        }

        @PostMapping("/{lang:de|fr}/news")
        String news() {
            return "sent";
        }

        @PutMapping("/join")
        String change() {
            return "changed";
        }

        @GetMapping({"/orders", "/about"})
        String page() {
            return "page";
        }

        /** Chosen for no POST but that to /help. */
        @RequestMapping({"/help", "/orders"})
        String help() {
            return "help";
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHandlerWithAPathThatNoGuardCoversBesideAGuardedOneIsAWarning(EmbeddedServer server, CapturedOutput log)
            throws Exception {
        for (String servlet : List.of("", "/app")) {
            String patterns = Stream.of("/signup", "/join", "/en/contact", "/orders", "/votes", "/topics/a", "/de/news")
                    .map(path -> servlet + path)
                    .collect(Collectors.joining(", "));
            try (RunningApplication app = RunningApplication.start(
                    server,
                    settings(
                            "playtcha.url-patterns",
                            patterns,
                            "spring.mvc.servlet.path",
                            servlet.isEmpty() ? "/" : servlet),
                    context -> ((GenericApplicationContext) context).registerBean(Forms.class))) {
                assertThat(app.post(servlet + "/join", "").statusCode()).isEqualTo(400);
                assertThat(app.post(servlet + "/en/contact", "").statusCode()).isEqualTo(400);
                assertThat(app.post(servlet + "/register", "").body())
                        .as("open")
                        .isEqualTo("joined");
                assertThat(app.post(servlet + "/fr/contact", "").body())
                        .as("open")
                        .isEqualTo("sent");
            }
        }

        Pattern open = Pattern.compile("\\.(\\w+) answers (\\S+), which is guarded, and (.+) too, which no guard");
        assertThat(open.matcher(log).results().map(each -> each.group(1) + " " + each.group(2) + " " + each.group(3)))
                .containsExactlyInAnyOrder(twice(
                        "guarded /signup /free, /news",
                        "join /join /register",
                        "contact /en/contact /api/{version}/contact, /{lang}/contact"));
    }

    private static String[] twice(String... lines) {
        return Stream.of(lines, lines).flatMap(Stream::of).toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"/denyed, true", "/actuator/health?of=denied, false"})
    void aFailurePathThatNoHandlerOfSpringMvcAnswersIsAWarning(String page, boolean isWarned, CapturedOutput log)
            throws Exception {
        Map<String, Object> settings = settings("playtcha.url-patterns", "/signup", "playtcha.failure-path", page);
        try (RunningApplication app = RunningApplication.start(EmbeddedServer.TOMCAT, settings)) {
            assertThat(app.post("/signup", "").statusCode() == 404).isEqualTo(isWarned);
        }

        assertThat(log.getAll().contains("failure-path " + page + " of filter playtcha is neither a file"))
                .isEqualTo(isWarned);
    }

    /** Lets Spring MVC ignore the case of paths. */
    static class AnyCase implements WebMvcConfigurer {
        @Override
        public void configurePathMatch(PathMatchConfigurer paths) {
            PathPatternParser parser = new PathPatternParser();
            parser.setCaseSensitive(false);
            paths.setPatternParser(parser);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void patternsWhereSpringMvcIgnoresTheCaseOfPathsAreAWarning(EmbeddedServer server, CapturedOutput log)
            throws Exception {
        try (RunningApplication app = RunningApplication.start(
                server,
                settings("playtcha.url-patterns", "/signup"),
                context -> ((GenericApplicationContext) context).registerBean(AnyCase.class))) {
            assertThat(app.post("/SIGNUP", "").body()).as("the warning is true").startsWith("UNGUARDED");
        }

        assertThat(log).containsOnlyOnce("/SIGNUP is open where /signup is guarded");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aTrailingSlashLeadsAroundNoGuard(EmbeddedServer server, CapturedOutput log) throws Exception {
        try (RunningApplication app = RunningApplication.start(server, settings("playtcha.url-patterns", "/signup"))) {
            assertThat(app.post("/signup/", "name=Ada").statusCode()).isEqualTo(400);
        }

        assertThat(log).doesNotContain("may serve the same under");
    }

    /** An application's filter, of which the guards of the first pattern run before, and those of the second after. */
    private static FilterRegistrationBean<Filter> denying() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(
                (request, response, chain) -> ((HttpServletResponse) response).sendError(418));
        filter.setOrder(0);
        return filter;
    }

    @ParameterizedTest
    @MethodSource("servers")
    @Covers(Feature.SETTINGS)
    void filterOrderIsThePlaceOfAGuardAmongTheFilters(EmbeddedServer server) throws Exception {
        Map<String, Object> settings = settings(
                "playtcha.url-patterns", "/signup",
                "playtcha.guards.news.url-patterns", "/news",
                "playtcha.guards.news.filter-order", "1");
        try (RunningApplication app = RunningApplication.start(
                server,
                settings,
                context -> ((GenericApplicationContext) context)
                        .registerBean("denying", FilterRegistrationBean.class, SpringBootIT::denying))) {
            assertThat(app.post("/signup", "").statusCode()).isEqualTo(400);
            assertThat(app.post("/news", "").statusCode()).isEqualTo(418);
        }
        settings.put("playtcha.filter-order", "first");
        assertThatThrownBy(() -> RunningApplication.start(server, settings))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining("filter-order = \"first\"");
    }

    @ParameterizedTest
    @MethodSource("servers")
    @Covers(Feature.WRONG_SETTINGS)
    void wrongSettingsFailTheStartWithAllProblemsAtOnce(EmbeddedServer server, CapturedOutput log) {
        Map<String, Object> wrong = settings(
                "playtcha.url-patterns", "/signup",
                "playtcha.fail-closed", "maybe",
                "playtcha.timeuot", "PT2S",
                "playtcha.timeout", "${NOT_SET}");

        assertThatThrownBy(() -> RunningApplication.start(server, wrong))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining("fail-closed = \"maybe\" from Spring property playtcha.fail-closed (")
                .hasMessageContaining("playtcha.timeuot")
                .hasMessageContaining("the nearest valid name is playtcha.timeout")
                .hasMessageContaining("a placeholder that cannot be resolved");

        assertThat(log.getOut())
                .contains("APPLICATION FAILED TO START", "3 problems in its settings")
                .doesNotContain(PLAYTCHA.secret());
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    void anInjectedVerifierMakesSettingsRequired() {
        assertThatThrownBy(() -> RunningApplication.start(EmbeddedServer.TOMCAT, Map.of()))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining("an injected PlaytchaVerifier")
                .hasMessageContaining("base-url is not set")
                .hasMessageContaining("set playtcha.base-url in application.yml or application.properties");
    }

    @Test
    @Covers(Feature.SETTINGS)
    void yamlHasListsAndWordsAndRelaxedNamesAndProfiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("application.yml");
        Files.writeString(file, """
                site: %s
                playtcha:
                  baseUrl: ${site}
                  secret: %s
                  urlPatterns:
                    - /signup
                    - /news
                  tokenHeader: off
                  fail_closed: no
                  timeout: 1500ms
                ---
                spring:
                  config:
                    activate:
                      on-profile: strict
                playtcha:
                  failClosed: on
                """.formatted(PLAYTCHA.baseUrl(), PLAYTCHA.secret()));
        PLAYTCHA.refuse();

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                Map.of("spring.config.location", file.toUri().toString(), "spring.config.name", "application"))) {
            assertThat(app.post("/signup", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(200);
            assertThat(app.post("/news", "").statusCode()).isEqualTo(400);
        }
    }

    @Test
    @Covers(Feature.SETTINGS)
    void aGuardWithoutSettingsOfItsOwnIsAKeyInYaml(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("application.yml");
        Files.writeString(file, """
                playtcha:
                  guards:
                    news:
                    payments:
                      url-patterns: /pay
                """);

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings("spring.config.location", file.toUri().toString()))) {
            assertThat(app.bean(PlaytchaGuards.class).names()).containsExactlyInAnyOrder("default", "news", "payments");
        }
    }

    /** The server's own report of a filter that cannot start has no cause. */
    @ParameterizedTest
    @MethodSource("servers")
    @Covers(Feature.WRONG_SETTINGS)
    void aWrongInitParamOfAFilterThatIsABeanIsInTheFailureReport(EmbeddedServer server, CapturedOutput log) {
        FilterRegistrationBean<PlaytchaFilter> filter = new FilterRegistrationBean<>(new PlaytchaFilter());
        filter.addUrlPatterns("/signup");
        filter.addInitParameter("timeuot", "PT1S");

        assertThatThrownBy(() -> RunningApplication.start(
                        server,
                        settings(),
                        context -> ((GenericApplicationContext) context)
                                .registerBean("declared", FilterRegistrationBean.class, () -> filter)))
                .rootCause()
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("init-param timeuot of filter 'declared' is unknown");

        assertThat(log).contains("APPLICATION FAILED TO START").doesNotContain("VerificationFilter");
    }

    @Test
    @Covers(Feature.WRONG_SETTINGS)
    void guardsInAListAreAProblemThatAsksForTheirNames(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("application.yml");
        Files.writeString(file, """
                playtcha:
                  guards:
                    - url-patterns: /news
                """);

        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        settings("spring.config.location", file.toUri().toString())))
                .rootCause()
                .isInstanceOfSatisfying(
                        PlaytchaConfigurationException.class,
                        wrong -> assertThat(wrong.getProblems())
                                .singleElement()
                                .asString()
                                .contains("playtcha.guards[0].url-patterns", "3:21")
                                .endsWith("; write playtcha.guards.<name>.url-patterns."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application.yml        | '  failClosed: true\n  fail-closed: false'",
                "application.properties | 'playtcha.failClosed=true\nplaytcha.fail-closed=false'",
            })
    @Covers(Feature.WRONG_SETTINGS)
    void aKeyInTwoSpellingsIsAProblem(String name, String twice, @TempDir Path folder) throws Exception {
        Path file = folder.resolve(name);
        Files.writeString(file, (name.endsWith("yml") ? "playtcha:\n" : "") + twice.translateEscapes());

        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        settings(
                                "playtcha.url-patterns",
                                "/signup",
                                "spring.config.location",
                                file.toUri().toString())))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining(name)
                .hasMessageContaining("written more than once, as playtcha.fail-closed and playtcha.failClosed");
    }

    /** Spring reads such names from the environment alone, and what they say would be missing without a word. */
    @Test
    @Covers(Feature.WRONG_SETTINGS)
    void namesOfTheEnvironmentInAFileAreAWarningUnlessAPlaceholderHasThem(@TempDir Path folder, CapturedOutput log)
            throws Exception {
        Path file = folder.resolve("local.env");
        Files.writeString(
                file,
                "PLAYTCHA_FAIL_CLOSED=1\nPLAYTCHA_URL_PATTERNS=/signup\nPLAYTCHA_GUARDS_NEWS_URL_PATTERNS=/news\n");

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings(
                        "spring.config.import",
                        "file:" + file + "[.properties]",
                        "playtcha.url-patterns",
                        "${PLAYTCHA_URL_PATTERNS}"))) {
            assertThat(app.post("/signup", "").statusCode()).isEqualTo(400);
        }

        assertThat(log)
                .containsOnlyOnce("PLAYTCHA_FAIL_CLOSED of a file has no effect")
                .contains("write playtcha.fail-closed there.")
                .containsOnlyOnce("PLAYTCHA_GUARDS_NEWS_URL_PATTERNS of a file has no effect")
                .contains("write playtcha.guards.<name>.url-patterns there.")
                .doesNotContain("PLAYTCHA_URL_PATTERNS of a file");
    }

    /** The page that it names is open, and another one that is guarded hides it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "spring:|  playtcha:|    url-patterns: /signup; spring.playtcha.url-patterns",
                "playtcha-url-patterns: /signup; playtcha-url-patterns",
                "playtcha:|  - url-patterns: /signup; playtcha[0].url-patterns",
                "playtcha: on; playtcha"
            })
    @Covers(Feature.WRONG_SETTINGS)
    void patternsThatAreNotBelowThePrefixAreAWarning(String yaml, String name, @TempDir Path folder, CapturedOutput log)
            throws Exception {
        Path file = folder.resolve("application.yml");
        Files.writeString(file, yaml.replace('|', '\n'));

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings(
                        "spring.config.location",
                        file.toUri().toString(),
                        "playtcha.guards.news.url-patterns",
                        "/news"))) {
            assertThat(app.post("/news", "").statusCode()).isEqualTo(400);
            assertThat(app.post("/signup", "").statusCode()).isEqualTo(200);
        }

        assertThat(log)
                .containsPattern("Spring property \\Q" + name + "\\E \\([^\n]*application.yml[^\n]* is not read by this"
                        + " library, because the names of settings begin with \"playtcha\\.\"; if it is meant as one,"
                        + " write playtcha\\.url-patterns");
    }

    /** Spring would leave the others out, and the pages that they name would be open. */
    @ParameterizedTest
    @CsvSource({"playtcha.url-patterns[0],playtcha.url-patterns[2]", "playtcha.url-patterns,playtcha.url-patterns[0]"})
    @Covers(Feature.WRONG_SETTINGS)
    void aListOfWhichSpringReadsAPartIsAProblem(String first, String other) {
        assertThatThrownBy(() ->
                        RunningApplication.start(EmbeddedServer.TOMCAT, settings(first, "/signup", other, "/news")))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining("url-patterns cannot be read")
                .hasMessageContaining("because " + other + " would be left out");
    }

    @Test
    @Covers(Feature.ENVIRONMENT)
    void environmentOverridesFilesWithoutAWarning(CapturedOutput log) throws Exception {
        PLAYTCHA.refuse();
        Map<String, Object> variables = Map.of("PLAYTCHA_FAIL_CLOSED", "1", "PLAYTCHA_URLPATTERNS", "/signup");

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings("playtcha.fail-closed", "false"),
                context -> setEnvironment(context, variables))) {
            assertThat(app.post("/signup", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(503);
        }

        assertThat(log).doesNotContain("overridden");
    }

    @Test
    @Covers(Feature.ENVIRONMENT)
    void aSecretOfTheEnvironmentIsTakenAsItIsWritten() throws Exception {
        String secret = "s3cr3t-${a:b}-0123456789";
        Map<String, Object> variables = Map.of("PLAYTCHA_SECRET", secret, "PLAYTCHA_URLPATTERNS", "/signup");

        try (PlaytchaStandIn other = PlaytchaStandIn.builder().secret(secret).start();
                RunningApplication app = RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        Map.of("playtcha.base-url", other.baseUrl().toString()),
                        context -> setEnvironment(context, variables))) {
            assertThat(app.post("/signup", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @Covers(Feature.INJECTION)
    void verifiersAndGuardsAreBeansAndDecisionsAreEvents() throws Exception {
        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT, settings("playtcha.guards", "news", "playtcha.guards.news.fail-closed", "on"))) {
            for (String by : List.of("plain", "named", "guards", "context", "news")) {
                assertThat(app.post("/verify", "by=" + by + "&token=ok-" + by).body())
                        .isEqualTo("VERIFIED true");
            }
            PLAYTCHA.refuse();
            assertThat(app.post("/verify", "by=plain&token=ok-1").body()).isEqualTo("UNAVAILABLE true");
            assertThat(app.post("/verify", "by=news&token=ok-2").body()).isEqualTo("UNAVAILABLE false");
            for (int i = 0; i < 25; i++) {
                app.post("/verify", "by=plain&token=ok-more-" + i);
            }

            TestApplication application = app.bean(TestApplication.class);
            assertThat(application.listened).contains("default VERIFIED", "news VERIFIED", "news UNAVAILABLE");
            assertThat(application.events).contains("default VERIFIED", "news UNAVAILABLE");
            await().untilAsserted(() -> assertThat(application.events).contains("breaker OPEN"));
        }
    }

    @Test
    @Covers(Feature.LATE)
    void lateResultsUseTheDataSourceAndTheHandlerThatAreBeans(CapturedOutput log) throws Exception {
        Map<String, Object> settings = settings(
                "playtcha.callback-path", "/pingback",
                "playtcha.callback-key", "0123456789abcdef",
                "playtcha.late-datasource", "dataSource",
                "spring.datasource.url", "jdbc:h2:mem:late-" + System.nanoTime());
        try (RunningApplication app = RunningApplication.start(EmbeddedServer.TOMCAT, settings)) {
            LateResults late = app.bean(LateResults.class);
            late.getTasks().track("task-1");
            assertThat(app.post("/pingback", "key=0123456789abcdef&id=task-1&code=solved")
                            .statusCode())
                    .isEqualTo(200);
            await().untilAsserted(() ->
                    assertThat(app.bean(TestApplication.class).delivered).containsExactly("task-1"));
            await().untilAsserted(() -> assertThat(
                            late.getTasks().find("task-1").orElseThrow().getState())
                    .isEqualTo(LateState.DELIVERED));
        }

        assertThat(log).doesNotContain("could not be closed").doesNotContain("HikariDataSource has been closed");
    }

    @Test
    void aDataSourceThatIsNoBeanIsAProblem(CapturedOutput log) {
        Map<String, Object> settings = settings(
                "playtcha.url-patterns", "/signup",
                "playtcha.late-verdicts", "true",
                "playtcha.late-datasource", "dataSuorce");
        assertThatThrownBy(
                () -> RunningApplication.start(EmbeddedServer.TOMCAT, settings).close());
        assertThat(log)
                .containsPattern("late-datasource = \"dataSuorce\" from Spring property playtcha.late-datasource \\("
                        + "[^\n]*: no bean has this name[^\n]*DataSource bean");
    }

    /** Spring Boot configures Undertow's own factory for them, which this test replaces. */
    /** A second handler of late results. */
    static final class SecondHandler implements LateResultHandler {
        @Override
        public void handle(LateResult result, Delivery delivery) {}
    }

    @ParameterizedTest
    @MethodSource("servers")
    void twoHandlersFailTheStartAndAreNamed(EmbeddedServer server, CapturedOutput log) {
        assertThatThrownBy(() -> RunningApplication.start(
                        server,
                        settings(),
                        context -> ((GenericApplicationContext) context).registerBean("second", SecondHandler.class))
                .close());
        assertThat(log)
                .containsPattern(
                        "more than one Spring bean is a LateResultHandler, [^\n]*: handler \\([^\n]*, second \\("
                                + Pattern.quote(SecondHandler.class.getName()));
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT", "JETTY"})
    @EnabledForJreRange(min = JRE.JAVA_21)
    void guardsOnVirtualThreads(EmbeddedServer server) throws Exception {
        try (RunningApplication app = RunningApplication.start(
                server, settings("playtcha.url-patterns", "/thread", "spring.threads.virtual.enabled", "true"))) {
            assertThat(app.post("/thread", "playtcha-response=ok-1").body()).isEqualTo("true");
        }
    }

    @Test
    @Covers(Feature.SETTINGS)
    void theActuatorHasHealthAndMetrics() throws Exception {
        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings(
                        "playtcha.url-patterns", "/signup",
                        "playtcha.callback-path", "/pingback",
                        "playtcha.callback-key", "0123456789abcdef",
                        "playtcha.late-datasource", "dataSource",
                        "spring.datasource.url", "jdbc:h2:mem:health-" + System.nanoTime()))) {
            app.post("/signup", "playtcha-response=ok-1");
            app.post("/signup", "");

            assertThat(app.get("/actuator/metrics/playtcha.verifications?tag=playtcha.outcome:VERIFIED")
                            .body())
                    .contains("\"statistic\":\"COUNT\",\"value\":1.0", "playtcha.guard", "playtcha.reason");
            assertThat(app.get("/actuator/metrics/playtcha.verification.duration")
                            .statusCode())
                    .isEqualTo(200);
            PLAYTCHA.refuse();
            app.post("/signup", "playtcha-response=ok-2");
            assertThat(app.get("/actuator/health/playtcha").body())
                    .as("a guard that fails open does not need Playtcha")
                    .contains("\"status\":\"UP\"");
            app.bean(LateResults.class).pause();
            assertThat(app.get("/actuator/health/playtcha").body())
                    .contains("\"status\":\"UP\"", "handlers are paused");
            app.bean(LateResults.class).resume();
            assertThat(app.get("/actuator/health/playtcha").body()).doesNotContain("paused");
            assertThat(app.get("/actuator/playtchalate").statusCode()).isEqualTo(200);
            assertThat(app.send("POST", "/actuator/playtchalate", "{}", "Content-Type", "application/json")
                            .statusCode())
                    .as("the endpoint only reads")
                    .isEqualTo(405);
            assertThat(app.send("DELETE", "/actuator/playtchalate/task-1", "").statusCode())
                    .isEqualTo(405);

            try (Connection database = app.bean(DataSource.class).getConnection();
                    Statement statement = database.createStatement()) {
                statement.execute("DROP ALL OBJECTS");
            }
            app.post("/pingback", "key=0123456789abcdef&id=task-1&code=solved");
            await().untilAsserted(() -> assertThat(
                            app.get("/actuator/health/playtcha").body())
                    .contains("\"status\":\"DOWN\"", "late results"));
        }
    }

    @Test
    @Covers(Feature.LATE)
    void theActuatorListsRetriesAndDiscardsDeadLettersWhereItMay() throws Exception {
        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings(
                        "playtcha.callback-path", "/pingback",
                        "playtcha.callback-key", "0123456789abcdef",
                        "playtcha.late-datasource", "dataSource",
                        "spring.datasource.url", "jdbc:h2:mem:endpoint-" + System.nanoTime(),
                        "management.endpoint.playtchalate.access", "unrestricted"))) {
            String late = "/actuator/playtchalate";
            for (int i = 1; i <= 4; i++) {
                app.post("/pingback", "key=0123456789abcdef&id=fails-" + i + "&code=solved");
            }
            await().untilAsserted(() -> assertThat(
                            app.get(late + "?state=dead-letter").body())
                    .contains("fails-1", "fails-2", "fails-3", "fails-4"));

            String first = app.get(late + "?limit=3").body();
            String cursor = first.replaceAll("(?s).*\"nextCursor\":\"([^\"]*)\".*", "$1");
            String all = first + app.get(late + "?limit=3&cursor=" + cursor).body();
            for (int i = 1; i <= 4; i++) {
                assertThat(all).containsOnlyOnce("\"id\":\"fails-" + i + "\"");
            }
            assertThat(app.get(late + "?error=fails-2").body())
                    .contains("\"id\":\"fails-2\"", "no account for fails-2", "\"state\":\"DEAD_LETTER\"")
                    .doesNotContain("fails-3", "solved");
            assertThat(app.get(late + "?olderThan=1h").body()).contains("\"items\":[]");
            assertThat(app.get(late + "/fails-1").body())
                    .contains("\"kind\":\"TASK\"", "\"failures\":1")
                    .doesNotContain("solved");
            assertThat(app.get(late + "/unknown").statusCode()).isEqualTo(404);
            assertThat(app.get(late + "?cursor=x").statusCode()).isEqualTo(400);
            assertThat(app.get(late + "?state=DELIVERED").statusCode()).isEqualTo(400);

            assertThat(app.send("DELETE", late, "").statusCode())
                    .as("nothing is discarded by mistake")
                    .isEqualTo(400);
            for (String unknown : List.of("stat=retrying", "limit=1", "cursor=x")) {
                assertThat(app.send("DELETE", late + "?olderThan=0s&" + unknown, "")
                                .statusCode())
                        .as("nor where a filter is misspelt, or means nothing here: " + unknown)
                        .isEqualTo(400);
            }
            assertThat(app.get(late + "?stat=retrying").statusCode()).isEqualTo(400);
            for (String method : List.of("GET", "POST", "DELETE")) {
                assertThat(app.send(method, late + "/fails-1?state=retrying", "")
                                .statusCode())
                        .as("nor of one item, by its id, whatever its state")
                        .isEqualTo(400);
            }
            assertThat(app.send("DELETE", late + "/unknown", "").statusCode()).isEqualTo(404);
            assertThat(app.send("DELETE", late + "/fails-1", "").statusCode()).isEqualTo(200);
            assertThat(app.send("DELETE", late + "?error=fails-2", "").body()).isEqualTo("{\"items\":1}");
            app.bean(TestApplication.class).delivered.add("repaired");
            assertThat(app.send("POST", late + "/fails-3", "").statusCode()).isEqualTo(200);
            assertThat(app.send("POST", late, "{\"error\":\"fails-4\"}", "Content-Type", "application/json")
                            .body())
                    .isEqualTo("{\"items\":1}");
            await().untilAsserted(() -> assertThat(app.get(late).body()).contains("\"items\":[]"));
            assertThat(app.get(late + "/fails-1").body()).contains("DISCARDED");
            assertThat(app.get(late + "/fails-2").body()).contains("DISCARDED");
            assertThat(app.get(late + "/fails-4").body()).contains("DELIVERED");
        }
    }

    @Test
    @Covers(Feature.LATE)
    void theActuatorShowsAnItemThatItsListHasFromTheSpool(@TempDir Path folder) throws Exception {
        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings(
                        "playtcha.callback-path", "/pingback",
                        "playtcha.callback-key", "0123456789abcdef",
                        "playtcha.late-dir", folder.toString(),
                        "playtcha.late-datasource", "dataSource",
                        "spring.datasource.url", "jdbc:h2:mem:spooled-" + System.nanoTime()))) {
            String late = "/actuator/playtchalate";
            try (Connection database = app.bean(DataSource.class).getConnection();
                    Statement statement = database.createStatement()) {
                statement.execute("DROP ALL OBJECTS");
            }
            assertThat(app.post("/pingback", "key=0123456789abcdef&id=spooled-1&code=solved")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(app.get(late).body()).contains("\"id\":\"spooled-1\"", "\"spooled\":true");

            HttpResponse<String> shown = app.get(late + "/spooled-1");

            assertThat(shown.statusCode()).isEqualTo(200);
            assertThat(shown.body())
                    .contains("\"id\":\"spooled-1\"", "\"spooled\":true")
                    .doesNotContain("solved");
            assertThat(app.get(late + "/spooled-2").statusCode())
                    .as("nobody knows, while the database is down")
                    .isEqualTo(503);
        }
    }

    @Test
    @Covers(Feature.LATE)
    void anotherApplicationIsRefusedWhereNeitherHasAContextPath(@TempDir Path folder, CapturedOutput log) {
        Map<String, Object> settings = settings(
                "playtcha.url-patterns",
                "/signup",
                "playtcha.late-verdicts",
                "true",
                "playtcha.late-dir",
                folder.toString());
        settings.put("spring.application.name", "shop");
        try (RunningApplication shop = RunningApplication.start(EmbeddedServer.TOMCAT, settings)) {
            settings.put("spring.application.name", "blog");
            assertThatThrownBy(() -> RunningApplication.start(EmbeddedServer.TOMCAT, settings))
                    .hasMessageContaining("Unable to start web server");
            assertThat(log).contains("the application shop uses it");

            settings.put("spring.application.name", "shop");
            RunningApplication.start(EmbeddedServer.TOMCAT, settings).close();
        }
    }

    @Test
    @Covers(Feature.UNDEPLOY)
    void stopsAndStartsAgainInTheSameProcess() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (RunningApplication app =
                    RunningApplication.start(EmbeddedServer.TOMCAT, settings("playtcha.url-patterns", "/signup"))) {
                assertThat(app.post("/signup", "playtcha-response=ok-again-" + i)
                                .statusCode())
                        .isEqualTo(200);
            }
            threads.assertNoneIsLeft();
        }
    }

    @Test
    void twoApplicationsInOneProcessHaveGuardsOfTheirOwn() throws Exception {
        PLAYTCHA.refuse();
        try (RunningApplication open =
                        RunningApplication.start(EmbeddedServer.JETTY, settings("playtcha.url-patterns", "/signup"));
                RunningApplication closed = RunningApplication.start(
                        EmbeddedServer.JETTY,
                        settings("playtcha.url-patterns", "/signup", "playtcha.fail-closed", "true"))) {
            assertThat(open.post("/signup", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(200);
            assertThat(closed.post("/signup", "playtcha-response=ok-2").statusCode())
                    .isEqualTo(503);
            assertThat(open.post("/verify", "by=plain&token=ok-3").body()).isEqualTo("UNAVAILABLE true");
            assertThat(closed.post("/verify", "by=plain&token=ok-4").body()).isEqualTo("UNAVAILABLE false");
        }
    }
}
