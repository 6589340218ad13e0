package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.server.ErrorPage;
import org.springframework.boot.web.server.ErrorPageRegistrar;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Section 5: a guarded form whose page is an error page is not run by an error. Servers of Servlet 6.0 show that page the
 * method of the request, and so do those of Spring Boot 3.5.
 */
class ErrorPageIT {
    private static final PlaytchaStandIn PLAYTCHA = PlaytchaStandIn.start();

    static List<EmbeddedServer> servers() {
        return EmbeddedServer.present();
    }

    @AfterAll
    static void stop() {
        PLAYTCHA.close();
    }

    /** Has a log-in that is the page for two errors, and a page for all methods. */
    @Controller
    @PlaytchaProtected
    static class Site {
        @GetMapping("/log-in")
        void logInPage(HttpServletResponse response) throws IOException {
            response.getWriter().write("page");
        }

        @PostMapping("/log-in")
        void logIn(HttpServletResponse response) throws IOException {
            response.getWriter().write("RAN");
        }

        @RequestMapping("/problem")
        void problem(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write(request.getMethod());
        }
    }

    /** A form whose method is that of its class. */
    @Controller
    @PlaytchaProtected
    @RequestMapping(path = "/order", method = RequestMethod.POST)
    static class Order {
        @RequestMapping
        void order(HttpServletResponse response) throws IOException {
            response.getWriter().write("RAN");
        }
    }

    /** Has no guard, and fails with the status of the form. */
    @RestController
    static class Failing {
        @PostMapping("/fail")
        void fail(@RequestParam int status, HttpServletResponse response) throws IOException {
            response.sendError(status);
        }

        @PostMapping("/pay")
        String pay() {
            return "RAN";
        }
    }

    /** Guards the path of an error page in a chain. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Pages {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .with(PlaytchaConfigurer.playtcha(), guards -> guards.guard("default", "/pay"))
                    .build();
        }

        /** At the place and for the dispatches that Spring Boot gives it. */
        @Bean
        FilterRegistrationBean<Filter> chains(@Qualifier("springSecurityFilterChain") Filter chains) {
            FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(chains);
            filter.setOrder(-100);
            filter.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
            return filter;
        }

        @Bean
        ErrorPageRegistrar pages() {
            return registry -> registry.addErrorPages(
                    new ErrorPage(HttpStatus.UNAUTHORIZED, "/log-in"),
                    new ErrorPage(HttpStatus.FORBIDDEN, "/log-in"),
                    new ErrorPage(HttpStatus.CONFLICT, "/order"),
                    new ErrorPage(HttpStatus.PAYMENT_REQUIRED, "/pay"),
                    new ErrorPage(HttpStatus.BAD_REQUEST, "/problem"));
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void anErrorRunsNoGuardedForm(EmbeddedServer server) throws Exception {
        Map<String, Object> settings = new HashMap<>(PLAYTCHA.properties());
        try (RunningApplication app = RunningApplication.start(server, settings, context -> {
            for (Class<?> bean : List.of(Site.class, Order.class, Failing.class, Pages.class)) {
                ((GenericApplicationContext) context).registerBean(bean);
            }
        })) {
            assertThat(app.post("/fail", "status=401").body())
                    .as("a log-in with a handler that is guarded")
                    .isEqualTo("page");
            assertThat(app.post("/fail", "status=409").body())
                    .as("a handler for POST alone")
                    .doesNotContain("RAN");
            String token = "playtcha-response=ok-" + server;
            assertThat(app.post("/log-in", token).body()).isEqualTo("RAN");
            assertThat(app.post("/log-in", token).body())
                    .as("a request that the guard denied")
                    .isEqualTo("page");
            assertThat(app.post("/fail", "status=402").body())
                    .as("a path that a chain guards")
                    .doesNotContain("RAN");
            assertThat(app.post("/log-in", "").body()).isEqualTo("GET");
            assertThat(app.post("/fail", "status=400").body()).isEqualTo("GET");
        }
    }
}
