package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Section 10: an executable jar, on each embedded server. */
@ExtendWith(OutputCaptureExtension.class)
class SpringBootIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

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
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-"));
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
                .hasMessageContaining("base-url is not set");
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
    @Covers(Feature.ENVIRONMENT)
    void environmentOverridesFilesWithoutAWarning(CapturedOutput log) throws Exception {
        PLAYTCHA.refuse();
        Map<String, Object> variables = Map.of("PLAYTCHA_FAIL_CLOSED", "1", "PLAYTCHA_URLPATTERNS", "/signup");

        try (RunningApplication app = RunningApplication.start(
                EmbeddedServer.TOMCAT,
                settings("playtcha.fail-closed", "false"),
                context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                "systemEnvironment",
                                new SystemEnvironmentPropertySource("systemEnvironment", variables)))) {
            assertThat(app.post("/signup", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(503);
        }

        assertThat(log).doesNotContain("overridden");
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
                            late.getTasks().find("task-1").orElseThrow().state())
                    .isEqualTo(LateState.DELIVERED));
        }

        assertThat(log).doesNotContain("could not be closed").doesNotContain("HikariDataSource has been closed");
    }

    /** Spring Boot configures Undertow's own factory for them, which this test replaces. */
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
    @Covers(Feature.UNDEPLOY)
    void stopsAndStartsAgainInTheSameProcess() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (RunningApplication app =
                    RunningApplication.start(EmbeddedServer.TOMCAT, settings("playtcha.url-patterns", "/signup"))) {
                assertThat(app.post("/signup", "playtcha-response=ok-again-" + i)
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("playtcha-"));
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
