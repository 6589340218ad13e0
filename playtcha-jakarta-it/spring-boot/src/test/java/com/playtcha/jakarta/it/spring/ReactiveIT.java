package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Section 10: a reactive application, on Netty. */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();
    private static final HttpClient VISITOR = OneShotHttp.clientBuilder().build();

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    /** A reactive application. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.security.reactive.ReactiveSecurityAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.reactive.ReactiveUserDetailsServiceAutoConfiguration",
                "org.springframework.boot.actuate.autoconfigure.security.reactive.ReactiveManagementWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration"
            })
    @RestController
    static class Reactive {
        @PostMapping("/signup")
        Mono<String> signUp(ServerWebExchange exchange) {
            return exchange.getFormData().map(form -> "welcome " + form.getFirst("name"));
        }
    }

    /** Asks for a guard. */
    @RestController
    static class Annotated {
        @PostMapping("/annotated")
        @PlaytchaProtected
        Mono<String> post() {
            return Mono.just("UNGUARDED");
        }
    }

    private static ConfigurableApplicationContext start(Map<String, String> more, Class<?>... beans) {
        return start(more, context -> {}, beans);
    }

    private static ConfigurableApplicationContext start(
            Map<String, String> more,
            ApplicationContextInitializer<ConfigurableApplicationContext> initializer,
            Class<?>... beans) {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        settings.putAll(more);
        settings.put("server.port", "0");
        settings.put("server.address", "127.0.0.1");
        settings.put("spring.config.name", "none");
        SpringApplication application = new SpringApplication(Reactive.class);
        application.setWebApplicationType(WebApplicationType.REACTIVE);
        application.setDefaultProperties(settings);
        application.addInitializers(initializer);
        application.addInitializers(context -> {
            GenericApplicationContext registry = (GenericApplicationContext) context;
            registry.registerBean("netty", netty());
            Stream.of(beans).forEach(bean -> registry.registerBean(bean));
        });
        return application.run();
    }

    private static Class<?> netty() {
        String of35 = "org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory";
        ClassLoader classes = ReactiveIT.class.getClassLoader();
        return ClassUtils.resolveClassName(
                ClassUtils.isPresent(of35, classes)
                        ? of35
                        : "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory",
                classes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"playtcha.url-patterns", "playtcha.guards.signup.url-patterns"})
    void patternsFailTheStart(String key) {
        assertThatThrownBy(() -> start(Map.of(key, "/signup")))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll(key, "verifyAsync", "docs/recipes/webflux.md");
    }

    @Test
    void declaredGuardsFailTheStart() {
        assertThatThrownBy(() -> start(Map.of("playtcha.guards", "signup")))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll("playtcha.guards", "verifyAsync");
    }

    @Test
    void patternsInTheEnvironmentOnlyAreAWarning(CapturedOutput log) {
        Map<String, Object> variables = Map.of("PLAYTCHA_GUARDS_SIGNUP_URL_PATTERNS", "/signup");
        start(
                        Map.of(),
                        context -> context.getEnvironment()
                                .getPropertySources()
                                .replace(
                                        "systemEnvironment",
                                        new SystemEnvironmentPropertySource("systemEnvironment", variables)))
                .close();
        assertThat(log).contains("PLAYTCHA_GUARDS_SIGNUP_URL_PATTERNS asks for a guard", "verifyAsync");
    }

    @ParameterizedTest
    @ValueSource(strings = {"playtchas.url-patterns", "playtcha-url-patterns", "playtcha.url-pattern"})
    void aMisspelledNameIsAWarning(String name, CapturedOutput log) {
        start(Map.of(name, "/signup")).close();
        assertThat(log).containsOnlyOnce("Spring property " + name).contains("playtcha.url-patterns");
    }

    @Test
    void aPathForCallbacksIsAWarning(CapturedOutput log) {
        start(Map.of("playtcha.callback-path", "/result", "playtcha.callback-key", "0123456789abcdef"))
                .close();
        assertThat(log).contains("playtcha.callback-path has no effect", "poll-url");
    }

    @Test
    void anAnnotationFailsTheStart() {
        assertThatThrownBy(() -> start(Map.of(), Annotated.class))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll("@PlaytchaProtected on " + Annotated.class.getName(), "verifyAsync");
    }

    /** A function that is no bean. */
    @PlaytchaProtected
    static class Routed implements HandlerFunction<ServerResponse> {
        @Override
        public Mono<ServerResponse> handle(ServerRequest request) {
            return ServerResponse.ok().bodyValue("UNGUARDED");
        }

        @Configuration(proxyBeanMethods = false)
        static class Routes {
            @Bean
            RouterFunction<ServerResponse> routes() {
                return RouterFunctions.route()
                        .path("/routed", nested -> nested.POST("", new Routed()))
                        .filter((request, next) -> next.handle(request))
                        .build();
            }
        }
    }

    @Test
    void anAnnotationOnAFunctionOfARouteFailsTheStart() {
        assertThatThrownBy(() -> start(Map.of(), Routed.Routes.class))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll("@PlaytchaProtected on " + Routed.class.getName(), "verifyAsync");
    }

    @Test
    void theRecipeGuards() throws Exception {
        try (ConfigurableApplicationContext context = start(Map.of(), SignUpGuard.class)) {
            String port = context.getEnvironment().getProperty("local.server.port");
            assertThat(post(port, "/signup", "name=Ada").statusCode()).isEqualTo(403);
            assertThat(post(port, "/%73ignup", "name=Ada").statusCode()).isEqualTo(403);
            assertThat(post(port, "/signup", "playtcha-response=ok-1&name=Ada").body())
                    .isEqualTo("welcome Ada");
            assertThat(post(port, "/signup", "playtcha-response=ok-1&name=Eve").statusCode())
                    .isEqualTo(403);
        }
    }

    private static HttpResponse<String> post(String port, String path, String form) throws Exception {
        HttpRequest request = OneShotHttp.request(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return VISITOR.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
