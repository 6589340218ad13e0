package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Callbacks of a service, which has neither a session nor a CSRF token, beside Spring Security. */
class SpringSecurityIT {
    private static final String KEY = "a-key-of-the-callbacks";

    @TempDir
    private Path folder;

    static List<EmbeddedServer> servers() {
        return EmbeddedServer.present();
    }

    /** What docs/spring-boot.md says. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Documented {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers("/results")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .csrf(csrf -> csrf.ignoringRequestMatchers("/results"))
                    .formLogin(Customizer.withDefaults())
                    .build();
        }
    }

    /** Spring Security's own rules. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Closed {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }
    }

    private RunningApplication start(EmbeddedServer server, Class<?> security) {
        Map<String, String> settings = Map.of(
                "playtcha.base-url",
                "http://127.0.0.1:9",
                "playtcha.secret",
                "not-used",
                "playtcha.late-dir",
                folder.resolve("late").toString(),
                "playtcha.callback-path",
                "/results",
                "playtcha.callback-key",
                KEY);
        return RunningApplication.start(
                server, settings, context -> ((GenericApplicationContext) context).registerBean(security));
    }

    private static int callBack(RunningApplication app, String key) throws Exception {
        return app.post("/results", "id=t1&code=done", "X-Callback-Key", key).statusCode();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aCallbackPassesWithItsKeyAlone(EmbeddedServer server) throws Exception {
        try (RunningApplication app = start(server, Documented.class)) {
            assertThat(callBack(app, KEY)).isEqualTo(200);
            assertThat(callBack(app, "a-key-of-somebody-else")).isEqualTo(403);
            assertThat(app.post("/free", "name=Ada").statusCode())
                    .as("other pages need what they needed")
                    .isNotEqualTo(200);
            TestApplication application = app.bean(TestApplication.class);
            await().until(() -> application.delivered.equals(List.of("t1")));
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void withoutTheRulesItDoesNotArrive(EmbeddedServer server) throws Exception {
        try (RunningApplication app = start(server, Closed.class)) {
            assertThat(callBack(app, KEY)).isEqualTo(403);
        }
    }
}
