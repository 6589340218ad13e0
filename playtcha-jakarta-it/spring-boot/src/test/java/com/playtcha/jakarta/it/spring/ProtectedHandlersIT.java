package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Controller;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Section 10: {@code @PlaytchaProtected} on handlers of Spring MVC. */
@ExtendWith(OutputCaptureExtension.class)
class ProtectedHandlersIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    static Iterable<EmbeddedServer> servers() {
        return EmbeddedServer.present();
    }

    @BeforeEach
    void reset() {
        PLAYTCHA.reset();
    }

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    /** Its methods inherit the guard of the class, which leaves safe methods open. */
    @RestController
    @PlaytchaProtected
    static class Accounts {
        @PostMapping("/accounts")
        String create(@RequestParam(defaultValue = "") String name) {
            return "created " + name;
        }

        @PostMapping("/accounts/json")
        String createFromJson(@RequestBody Map<String, String> body) {
            return "created " + body.get("name");
        }

        @PostMapping("/accounts/stream")
        String createFromStream(HttpServletRequest request) throws IOException {
            return new String(request.getInputStream().readAllBytes(), "UTF-8");
        }

        @PostMapping("/accounts/later")
        Callable<String> createLater() {
            return () -> "created later";
        }

        @GetMapping("/accounts")
        String list() {
            return "listed";
        }

        @GetMapping("/accounts/costly")
        @PlaytchaProtected("strict")
        String costly() {
            return "searched";
        }
    }

    /** An interface whose annotation its implementation inherits. */
    interface Letters {
        @PlaytchaProtected("strict")
        ResponseEntity<String> subscribe();
    }

    /** A controller that answers with pages. */
    @Controller
    static class LettersController implements Letters {
        @Override
        @PostMapping("/letters")
        public ResponseEntity<String> subscribe() {
            return ResponseEntity.ok("subscribed");
        }

        @PostMapping("/letters/open")
        ResponseEntity<String> open() {
            return ResponseEntity.ok("open");
        }
    }

    /** Its annotations have no effect. */
    static class Service {
        @PlaytchaProtected
        void work() {
            // Nothing calls it.
        }
    }

    private static RunningApplication start(EmbeddedServer server, Class<?>... beans) {
        return start(server, Map.of(), beans);
    }

    private static RunningApplication start(EmbeddedServer server, Map<String, String> more, Class<?>... beans) {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        settings.putAll(more);
        settings.put("playtcha.guards.strict.fail-closed", "true");
        settings.put("playtcha.token-json-pointer", "/token");
        return RunningApplication.start(server, settings, context -> {
            for (Class<?> bean : beans) {
                ((GenericApplicationContext) context).registerBean(bean);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("servers")
    @Covers(Feature.REST)
    void aControllersMethodsAreGuarded(EmbeddedServer server, CapturedOutput log) throws Exception {
        try (RunningApplication app = start(server, Accounts.class, LettersController.class)) {
            HttpResponse<String> denied = app.post("/accounts", "name=Ada");
            assertThat(denied.statusCode()).isEqualTo(400);
            assertThat(denied.headers().firstValue("Content-Type"))
                    .as("a @RestController answers with problem details, whatever the visitor prefers")
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
            assertThat(denied.body()).contains("\"code\":\"token_missing\"");
            assertThat(app.post("/accounts", "playtcha-response=ok-1&name=Zo%C3%AB")
                            .body())
                    .isEqualTo("created Zoë");
            assertThat(app.post("/accounts", "playtcha-response=ok-1").statusCode())
                    .isEqualTo(403);
            assertThat(app.post("/accounts/later", "playtcha-response=ok-2").body())
                    .as("once per request, over the asynchronous dispatch too")
                    .isEqualTo("created later");
            assertThat(app.get("/accounts").body()).isEqualTo("listed");
            assertThat(app.get("/accounts/costly").statusCode())
                    .as("an annotation of the method guards it whatever the HTTP method")
                    .isEqualTo(400);
            assertThat(app.send("GET", "/accounts/costly", "", "X-Playtcha-Token", "ok-3")
                            .body())
                    .isEqualTo("searched");
            assertThat(app.post("/free", "name=Ada").body()).isEqualTo("UNGUARDED Ada");
        }

        assertThat(log).contains("Guard default is used by", "handler " + Accounts.class.getName() + ".create");
        assertThat(log).doesNotContain("has no effect").doesNotContain("guards nothing");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aJsonBodyWithTheTokenStaysReadable(EmbeddedServer server) throws Exception {
        try (RunningApplication app = start(server, Accounts.class)) {
            for (String path : new String[] {"/accounts/json", "/accounts/stream"}) {
                String body = "{\"token\":\"ok" + path.replace('/', '-') + "\",\"name\":\"Zoë\"}";
                assertThat(app.send("POST", path, body, "Content-Type", "application/json")
                                .body())
                        .isEqualTo(path.endsWith("json") ? "created Zoë" : body);
            }
            assertThat(app.send("POST", "/accounts/json", "{}", "Content-Type", "application/json")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    /** A handler of another kind. */
    @PlaytchaProtected("strict")
    static class Legacy implements HttpRequestHandler {
        @Override
        public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("handled");
        }
    }

    /** A handler of a {@code RouterFunction}. */
    @PlaytchaProtected
    static class Routed implements HandlerFunction<ServerResponse> {
        @Override
        public ServerResponse handle(ServerRequest request) {
            return ServerResponse.ok().body("routed");
        }

        static RouterFunction<ServerResponse> route() {
            return RouterFunctions.route().POST("/routed", new Routed()).build();
        }

        /** Filters hide the handler behind functions of their own. */
        static RouterFunction<ServerResponse> filtered() {
            return RouterFunctions.route()
                    .POST("/filtered/open", request -> ServerResponse.ok().body("open"))
                    .path(
                            "/filtered",
                            routes -> routes.POST("/guarded", new Routed()).after((request, response) -> response))
                    .filter((request, next) -> next.handle(request))
                    .build();
        }
    }

    /** A further servlet, whose handlers are in a context of its own. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class Further {
        @Bean
        Accounts accounts() {
            return new Accounts();
        }

        static ServletRegistrationBean<DispatcherServlet> servlet() {
            AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
            context.register(Further.class);
            ServletRegistrationBean<DispatcherServlet> servlet =
                    new ServletRegistrationBean<>(new DispatcherServlet(context), "/further/*");
            servlet.setName("further");
            servlet.setLoadOnStartup(1);
            return servlet;
        }
    }

    private static void registerOthers(ConfigurableApplicationContext context) {
        GenericApplicationContext beans = (GenericApplicationContext) context;
        beans.registerBean("/legacy", Legacy.class);
        beans.registerBean("routed", RouterFunction.class, Routed::route);
        beans.registerBean("filtered", RouterFunction.class, Routed::filtered);
        beans.registerBean("further", ServletRegistrationBean.class, Further::servlet);
    }

    @Test
    void handlersOfEveryKindAndServletAreGuarded(CapturedOutput log) throws Exception {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        settings.put("playtcha.guards.strict.fail-closed", "true");
        try (RunningApplication app =
                RunningApplication.start(EmbeddedServer.TOMCAT, settings, ProtectedHandlersIT::registerOthers)) {
            for (String path : new String[] {"/legacy", "/routed", "/filtered/guarded", "/further/accounts"}) {
                assertThat(app.post(path, "").statusCode()).as(path).isEqualTo(400);
                assertThat(app.post(path, "playtcha-response=ok" + path.replace('/', '-'))
                                .statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(app.post("/filtered/open", "").body()).isEqualTo("open");
        }

        assertThat(log).contains("handler " + Legacy.class.getName()).doesNotContain("has no effect");
    }

    @Test
    @Covers(Feature.SETTINGS_OF_BEANS)
    void theSettingsOfEachHandlersGuardAreRequired() {
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        new HashMap<>(PLAYTCHA.properties()),
                        context -> ((GenericApplicationContext) context).registerBean("/legacy", Legacy.class)))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("handler " + Legacy.class.getName());
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        new HashMap<>(PLAYTCHA.properties()),
                        context -> ((GenericApplicationContext) context)
                                .registerBean("further", ServletRegistrationBean.class, Further::servlet)))
                .hasRootCauseInstanceOf(PlaytchaConfigurationException.class)
                .rootCause()
                .hasMessageContaining(Accounts.class.getName() + ".costly");
    }

    @Test
    void anInheritedAnnotationAppliesAndAPageIsDeniedAsAPage() throws Exception {
        PLAYTCHA.always(com.playtcha.jakarta.testkit.Reply.error(500, "db_error", "down"));
        try (RunningApplication app = start(EmbeddedServer.TOMCAT, LettersController.class)) {
            HttpResponse<String> denied = app.post("/letters", "playtcha-response=ok-1");
            assertThat(denied.statusCode()).as("guard strict fails closed").isEqualTo(503);
            assertThat(denied.body()).as("the application's error page").containsAnyOf("Whitelabel", "Not now");
            assertThat(app.post("/letters/open", "").body()).isEqualTo("open");
        }
    }

    @Test
    void whatSpringMvcDoesNotCallIsAWarning(CapturedOutput log) {
        try (RunningApplication app = start(EmbeddedServer.TOMCAT, Service.class)) {
            assertThat(app.bean(Service.class)).isNotNull();
        }

        assertThat(log).containsOnlyOnce("@PlaytchaProtected on " + Service.class.getName() + " has no effect");
    }

    @Test
    @Covers(Feature.SETTINGS_OF_BEANS)
    void theSettingsOfAHandlersGuardAreRequired() {
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        new HashMap<>(PLAYTCHA.properties()),
                        context -> ((GenericApplicationContext) context).registerBean(Accounts.class)))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("strict")
                .hasMessageContaining(Accounts.class.getName() + ".costly");
    }

    /** Spring Boot 3.5 calls it through a proxy of its interfaces, because a method of it is asynchronous. */
    @RestController
    interface Interfaced {
        @PostMapping("/interfaced")
        String post();

        @Async
        default void work() {}
    }

    static class Implementing implements Interfaced {
        @Override
        @PlaytchaProtected("strict")
        public String post() {
            return "posted";
        }
    }

    @EnableAsync
    @TestConfiguration(proxyBeanMethods = false)
    static class Proxied {
        @Bean
        Interfaced interfaced() {
            return new Implementing();
        }
    }

    @Test
    @Covers(Feature.SETTINGS_OF_BEANS)
    void aHandlerBehindAProxyOfItsInterfacesRequiresItsSettingsToo() throws Exception {
        try (RunningApplication app = start(EmbeddedServer.TOMCAT, Proxied.class)) {
            assertThat(app.post("/interfaced", "").statusCode()).isEqualTo(400);
        }
        assertThatThrownBy(() -> RunningApplication.start(
                        EmbeddedServer.TOMCAT,
                        new HashMap<>(PLAYTCHA.properties()),
                        context -> ((GenericApplicationContext) context).registerBean(Proxied.class)))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("'strict', which handler " + Implementing.class.getName() + ".post names");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/signup", ""})
    void aGuardOfHandlersThatIsSwitchedOffIsOneWarning(String patterns, CapturedOutput log) throws Exception {
        Map<String, String> settings = Map.of(
                "playtcha.enabled", "false",
                "playtcha.url-patterns", patterns,
                "playtcha.guards.strict.enabled", "true");
        try (RunningApplication app = start(EmbeddedServer.TOMCAT, settings, Accounts.class)) {
            assertThat(app.post("/accounts", "").statusCode()).isEqualTo(200);
        }

        assertThat(log).containsOnlyOnce("PLAYTCHA-0035: guard 'default' is switched off by enabled = false");
    }

    /** Handlers of a mapping that consists of others, as that of Spring Data REST does. */
    @PlaytchaProtected("strict")
    static class Composed {
        @PostMapping("/composed")
        @ResponseBody
        String post() {
            return "posted";
        }

        record Mapping(HandlerMapping part) implements HandlerMapping, Iterable<HandlerMapping>, PriorityOrdered {
            static Mapping of(ApplicationContext context) {
                RequestMappingHandlerMapping part = new RequestMappingHandlerMapping() {
                    @Override
                    protected boolean isHandler(Class<?> type) {
                        return type == Composed.class;
                    }
                };
                part.setApplicationContext(context);
                part.afterPropertiesSet();
                return new Mapping(part);
            }

            @Override
            public HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
                return part.getHandler(request);
            }

            @Override
            public int getOrder() {
                return 0;
            }

            @Override
            public Iterator<HandlerMapping> iterator() {
                return List.of(part).iterator();
            }
        }

        static void register(ConfigurableApplicationContext context) {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean(Composed.class);
            beans.registerBean("composed", HandlerMapping.class, () -> Mapping.of(context));
        }
    }

    @Test
    void handlersOfAMappingThatConsistsOfOthersRequireTheirSettings(CapturedOutput log) throws Exception {
        assertThatThrownBy(() ->
                        RunningApplication.start(EmbeddedServer.TOMCAT, PLAYTCHA.properties(), Composed::register))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("handler " + Composed.class.getName() + ".post");
        Map<String, String> settings = new HashMap<>(PLAYTCHA.properties());
        settings.put("playtcha.guards.strict.fail-closed", "true");
        try (RunningApplication app = RunningApplication.start(EmbeddedServer.TOMCAT, settings, Composed::register)) {
            assertThat(app.post("/composed", "").statusCode()).isEqualTo(400);
            assertThat(app.post("/composed", "playtcha-response=ok-1").body()).isEqualTo("posted");
        }

        assertThat(log).doesNotContain("has no effect");
    }

    @ParameterizedTest
    @ValueSource(strings = "/")
    void theHandlerOfEveryPathRequiresItsSettings(String path, CapturedOutput log) throws Exception {
        ApplicationContextInitializer<ConfigurableApplicationContext> handler =
                context -> ((GenericApplicationContext) context).registerBean(path, Legacy.class);
        assertThatThrownBy(() -> RunningApplication.start(EmbeddedServer.TOMCAT, PLAYTCHA.properties(), handler))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("handler " + Legacy.class.getName());
        Map<String, String> settings = new HashMap<>(PLAYTCHA.properties());
        settings.put("playtcha.guards.strict.fail-closed", "true");
        try (RunningApplication app = RunningApplication.start(EmbeddedServer.TOMCAT, settings, handler)) {
            assertThat(app.post("/", "").statusCode()).isEqualTo(400);
            assertThat(app.post("/", "playtcha-response=ok-1").body()).isEqualTo("handled");
        }

        assertThat(log).doesNotContain("has no effect");
    }
}
