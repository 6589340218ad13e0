package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.it.challengeapp.HeaderPolicy;
import com.playtcha.jakarta.it.challengeapp.VisitorFilter;
import com.playtcha.jakarta.it.challengeapp.WhoServlet;
import com.playtcha.jakarta.it.contract.ChallengeContract;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.ChallengeSettings;
import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.StandIns;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** Section 11 with filters that register themselves, beans, and handlers of Spring MVC. */
class ChallengeIT implements ChallengeContract {
    private static final Path LOG = Path.of(System.getProperty("it.work"), "challenge.log");

    private static RunningApplication running;

    /** Handlers that ask some visitors only. */
    @RestController
    static class Handlers {
        @PostMapping("/handlers/roles")
        @PlaytchaProtected("roles")
        String roles(@RequestAttribute("playtcha.required") boolean required) {
            return "required " + required;
        }

        @PostMapping("/handlers/failures")
        @PlaytchaProtected("failures")
        String failures(@RequestAttribute("playtcha.required") boolean required) {
            return "required " + required;
        }
    }

    /** A counter that nodes could share. */
    static class SharedCounter implements FailureCounter {
        final Map<String, Integer> counts = new ConcurrentHashMap<>();

        @Override
        public void record(String key, Duration window) {
            counts.merge(key, 1, Integer::sum);
        }

        @Override
        public int count(String key, Duration window) {
            return counts.getOrDefault(key, 0);
        }

        @Override
        public void clear(String key) {
            counts.remove(key);
        }
    }

    private static RunningApplication start(Class<?>... beans) {
        Map<String, Object> settings = new HashMap<>(StandIns.MAIN.properties());
        settings.putAll(ChallengeSettings.settings());
        ChallengeSettings.GUARDS
                .keySet()
                .forEach(guard -> settings.put("playtcha.guards." + guard + ".url-patterns", "/who/" + guard));
        settings.put("playtcha.guards.canary.secret", "canary-of-the-actuator");
        settings.put("playtcha.timeout", "20s");
        settings.put("playtcha.connect-timeout", "10s");
        settings.put("logging.file.name", LOG.toString());
        return RunningApplication.start(EmbeddedServer.TOMCAT, settings, context -> {
            GenericApplicationContext application = (GenericApplicationContext) context;
            application.registerBean(HeaderPolicy.class);
            application.registerBean("who", ServletRegistrationBean.class, () -> {
                return new ServletRegistrationBean<>(new WhoServlet(), "/who/*", "/does/*");
            });
            application.registerBean("visitors", FilterRegistrationBean.class, () -> {
                FilterRegistrationBean<VisitorFilter> filter = new FilterRegistrationBean<>(new VisitorFilter());
                filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
                return filter;
            });
            for (Class<?> bean : beans) {
                application.registerBean(bean);
            }
        });
    }

    @BeforeAll
    static void start() {
        running = start(Handlers.class);
    }

    @BeforeEach
    void forget() {
        StandIns.reset();
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @Override
    public DeployedApplication app() {
        return new DeployedApplication(URI.create(running.url()), new ServerLog(LOG));
    }

    @Test
    @Covers(Feature.CHALLENGE)
    void handlersAskSomeVisitorsOnly() throws Exception {
        assertThat(running.post("/handlers/roles", "", "X-User", "staff").body())
                .isEqualTo("required false");
        assertThat(running.post("/handlers/roles", "", "X-User", "ann").statusCode())
                .isEqualTo(400);
        assertThat(running.post("/handlers/roles", "", "X-User", "staff", "X-Policy", "required")
                        .statusCode())
                .isEqualTo(400);
        assertThat(running.post("/handlers/roles", "playtcha-response=" + StandIns.token("ok"), "X-User", "ann")
                        .body())
                .isEqualTo("required true");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    void metricsSayWhatWasExemptAndWhy() throws Exception {
        running.post("/handlers/roles", "", "X-User", "staff");
        assertThat(running.get("/actuator/metrics/playtcha.verifications?tag=playtcha.outcome:EXEMPT"
                                + "&tag=playtcha.reason:exempt-roles&tag=playtcha.guard:roles")
                        .body())
                .contains("\"statistic\":\"COUNT\"");
    }

    @Test
    void noEndpointOfTheActuatorShowsTheSecret() throws Exception {
        String links = running.get("/actuator").body();
        List<String> endpoints = Pattern.compile("\"href\":\"[^\"{]*(/actuator/[^\"{/]+)\"")
                .matcher(links)
                .results()
                .map(link -> link.group(1))
                .filter(endpoint -> !endpoint.endsWith("/heapdump"))
                .toList();
        assertThat(endpoints).contains("/actuator/env", "/actuator/configprops", "/actuator/beans");
        for (String endpoint : endpoints) {
            assertThat(running.get(endpoint).body()).as(endpoint).doesNotContain("canary-of-the-actuator");
        }
        assertThat(running.get("/actuator/env").body()).contains("playtcha.guards.canary.secret");
    }

    @Test
    @Covers(Feature.CHALLENGE)
    void aCounterIsABean() throws Exception {
        try (RunningApplication app = start(Handlers.class, SharedCounter.class)) {
            app.bean(PlaytchaGuards.class).failures().record("127.0.0.1", "ann");
            assertThat(app.post("/handlers/failures", "").body()).isEqualTo("required false");
            app.bean(PlaytchaGuards.class).failures().record("127.0.0.1");
            assertThat(app.post("/handlers/failures", "").statusCode()).isEqualTo(400);
            assertThat(app.bean(SharedCounter.class).counts)
                    .containsEntry("address:7f000001", 2)
                    .hasSize(2);
        }
    }
}
