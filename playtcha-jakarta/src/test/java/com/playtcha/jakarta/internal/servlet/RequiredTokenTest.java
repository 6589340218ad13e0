package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.NamedListener;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.servlet.SessionPass;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.catalina.valves.RemoteIpValve;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to show a token, through filters (contract, sections 5 and 11). */
class RequiredTokenTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp().initialized();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        app.close();
        playtcha.close();
    }

    private static PlaytchaGuards guards(HttpServletRequest request) {
        return (PlaytchaGuards) request.getServletContext().getAttribute("playtcha.guards");
    }

    /** Answers whether a token is required, the outcome and its reason. */
    private static void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object verification = request.getAttribute("playtcha");
        response.getWriter()
                .print(request.getAttribute("playtcha.required") + " " + request.getAttribute("playtcha.outcome") + " "
                        + (verification instanceof Verification decision
                                ? decision.getReason().getLabel()
                                : null)
                        + " " + request.getAttribute("playtcha.allowed"));
    }

    /** As a container or framework would that has authenticated the user; his name and roles are in a header here. */
    private static final Filter LOGGED_IN = (request, response, chain) -> {
        String user = ((HttpServletRequest) request).getHeader("X-User");
        chain.doFilter(
                user == null
                        ? request
                        : new HttpServletRequestWrapper((HttpServletRequest) request) {
                            @Override
                            public Principal getUserPrincipal() {
                                return () -> user;
                            }

                            @Override
                            public boolean isUserInRole(String role) {
                                return role.equals(user);
                            }
                        },
                response);
    };

    private TestApp start(String... settings) {
        return app.servlet("/form", RequiredTokenTest::show)
                .otherFilter(LOGGED_IN, "/*")
                .filter(
                        "playtcha",
                        TestApp.params(playtcha, settings),
                        EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD),
                        "/*")
                .start();
    }

    private String post(String token, String... headers) {
        return app.post("/form", TestApp.FORM, "playtcha-response=" + TestApp.encoded(token), headers)
                .body();
    }

    private String get(String path, String... headers) {
        var request = app.request(path);
        return app.send(headers.length == 0 ? request : request.headers(headers))
                .body();
    }

    @Test
    void everybodyIsAskedAndThePageSaysSo() {
        start();
        assertThat(get("/form")).isEqualTo("true null null null");
        assertThat(post("ok-1")).isEqualTo("true VERIFIED success true");
        assertThat(app.post("/form", TestApp.FORM, "a=b").statusCode()).isEqualTo(400);
    }

    @Test
    void aGuardThatIsSwitchedOffAsksNobody() {
        start("enabled", "false", "exempt-roles", "*");
        assertThat(get("/form")).isEqualTo("false null null null");
        assertThat(post("ok-1")).isEqualTo("false DISABLED switched-off true");
    }

    @Test
    void exemptUsersAreAllowedAndTheirTokenIsNotSpent() {
        start("exempt-roles", "staff");
        assertThat(get("/form", "X-User", "staff")).isEqualTo("false null null null");
        assertThat(post("ok-1", "X-User", "staff")).isEqualTo("false EXEMPT exempt-roles true");
        assertThat(playtcha.requestCount()).isZero();
        assertThat(post("ok-1")).isEqualTo("true VERIFIED success true");
        assertThat(get("/form", "X-User", "ann")).isEqualTo("true null null null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonymousUser", "anonymous"})
    void everyUserWhoIsLoggedInIsNotTheAnonymousOne(String anonymous) {
        start("exempt-roles", "*");
        assertThat(post("", "X-User", "ann")).isEqualTo("false EXEMPT exempt-roles true");
        assertThat(app.post("/form", TestApp.FORM, "a=b", "X-User", anonymous).statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP"})
    void noHeaderIsAnAddress(String header) {
        start("exempt-addresses", "192.0.2.0/24", "after-failures", "0");
        String value = header.equals("Forwarded") ? "for=192.0.2.1" : "192.0.2.1";
        assertThat(app.post("/form", TestApp.FORM, "a=b", header, value).statusCode())
                .isEqualTo(400);
        assertThat(get("/form", header, value)).isEqualTo("true null null null");
    }

    @Test
    void exemptAddressesAreAllowed() {
        start("exempt-addresses", "127.0.0.0/8");
        assertThat(post("")).isEqualTo("false EXEMPT exempt-addresses true");
        assertThat(get("/form")).isEqualTo("false null null null");
    }

    @Test
    void exemptInMonitorModeToo() {
        start("exempt-addresses", "::ffff:127.0.0.1", "mode", "monitor");
        assertThat(post("")).isEqualTo("false EXEMPT exempt-addresses true");
    }

    @Test
    void theBodyOfAnExemptRequestIsUnread() {
        app.servlet(
                "/body",
                (request, response) -> response.getWriter()
                        .print(new String(
                                request.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)));
        start("exempt-addresses", "127.0.0.1", "token-json-pointer", "/token");
        assertThat(app.post("/body", TestApp.FORM, "playtcha-response=ok-1&a=b").body())
                .isEqualTo("playtcha-response=ok-1&a=b");
        assertThat(app.post("/body", TestApp.JSON, "{broken").body()).isEqualTo("{broken");
    }

    /** Azure's Application Gateway adds the port to the address, and RemoteIpValve takes both for the address. */
    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7:", "[2001:db8::7]:"})
    void anAddressIsTheSameFromEveryPort(String address) {
        try (TomcatApp tomcat = new TomcatApp().initialized()) {
            tomcat.context().getPipeline().addValve(new RemoteIpValve());
            tomcat.servlet("/login", (request, response) -> {
                guards(request).failures().record(request.getRemoteAddr(), null);
                response.getWriter().print(request.getRemoteAddr());
            });
            tomcat.filter(
                            "playtcha",
                            TestApp.params(playtcha, "after-failures", "3"),
                            EnumSet.of(DispatcherType.REQUEST),
                            "/*")
                    .start();
            List<Integer> statuses = IntStream.range(0, 5)
                    .mapToObj(port ->
                            tomcat.post("/login", TestApp.FORM, "a=b", "X-Forwarded-For", address + (40000 + port)))
                    .map(HttpResponse::statusCode)
                    .toList();

            assertThat(statuses).containsExactly(200, 200, 200, 400, 400);
        }
    }

    @Test
    void aLogInAsksAfterFailures() {
        app.servlet("/login", (request, response) -> {
            if ("right".equals(request.getParameter("password"))) {
                guards(request).failures().clear(request.getRemoteAddr(), request.getParameter("name"));
            } else {
                guards(request).failures().record(request.getRemoteAddr(), request.getParameter("name"));
            }
            show(request, response);
        });
        start("after-failures", "3");
        for (int i = 0; i < 3; i++) {
            assertThat(app.post("/login", TestApp.FORM, "name=ann&password=wrong")
                            .body())
                    .isEqualTo("false EXEMPT after-failures true");
        }
        assertThat(get("/login?password=right&name=bob")).startsWith("true");
        assertThat(get("/form")).as("cleared by a log-in").startsWith("false");
        for (int i = 0; i < 3; i++) {
            app.post("/login", TestApp.FORM, "name=ann&password=wrong");
        }
        assertThat(app.post("/login", TestApp.FORM, "name=ann&password=right").statusCode())
                .isEqualTo(400);
        assertThat(app.post("/login", TestApp.FORM, "name=ann&password=right&playtcha-response=ok-1")
                        .body())
                .isEqualTo("true VERIFIED success true");
        assertThat(get("/form")).startsWith("false");
    }

    /** Starts the application with a filter of its own alone, as in an embedded server that is set up by hand. */
    private static TestApp withoutInitializer(TestApp plain, Map<String, String> settings) {
        return plain.servlet(
                        "/failed",
                        (request, response) -> guards(request).failures().record(request.getRemoteAddr(), null))
                .servlet("/form", RequiredTokenTest::show)
                .filter("playtcha", settings, EnumSet.of(DispatcherType.REQUEST), "/*")
                .start();
    }

    @Test
    void failuresCountWhereNoInitializerRan() {
        try (TestApp plain = new TestApp()) {
            withoutInitializer(plain, TestApp.params(playtcha, "after-failures", "1"));
            assertThat(plain.post("/form", TestApp.FORM, "").body()).isEqualTo("false EXEMPT after-failures true");
            plain.send(plain.request("/failed"));
            assertThat(plain.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aPolicyHasTheLastWordAndAListenerHearsWhereNoInitializerRan() {
        NamedListener.SEEN.clear();
        Services.naming(folder, ChallengePolicy.class, HeaderPolicy.class.getName());
        try (TestApp plain = new TestApp()) {
            plain.classLoader(Services.naming(folder, VerificationListener.class, NamedListener.class.getName()));
            withoutInitializer(plain, TestApp.params(playtcha, "exempt-addresses", "127.0.0.1"));
            assertThat(plain.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(NamedListener.SEEN).containsExactly("default NO_TOKEN");
        }
    }

    @Test
    void failuresOfANameThatAnEarlierFilterGives() {
        app.otherFilter(
                (request, response, chain) -> {
                    request.setAttribute("playtcha.name", request.getParameter("name"));
                    chain.doFilter(request, response);
                },
                "/*");
        app.servlet(
                "/failed",
                (request, response) -> guards(request).failures().record("198.51.100.7", request.getParameter("name")));
        start("after-failures", "1");
        get("/failed?name=Ann");
        assertThat(get("/form?name=ann")).startsWith("true");
        assertThat(get("/form?name=bob")).startsWith("false");
    }

    /** A policy that a service file names. */
    public static final class HeaderPolicy implements ChallengePolicy {
        static final ConcurrentLinkedQueue<String> ASKED = new ConcurrentLinkedQueue<>();

        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            HttpServletRequest http = request.unwrap(HttpServletRequest.class).orElseThrow();
            ASKED.add(request.getGuard() + " " + request.getMethod() + " " + request.getPath() + " "
                    + request.getRemoteAddress() + " "
                    + (request.getPrincipal() == null
                            ? null
                            : request.getPrincipal().getName()) + " "
                    + request.isUserInRole("staff") + " " + request.isTokenRequired());
            return switch (String.valueOf(http.getHeader("X-Policy"))) {
                case "free" -> false;
                case "throw" -> throw new IllegalArgumentException("no");
                case "ö" -> false;
                default -> !"ö".equals(http.getParameter("free"));
            };
        }
    }

    /** A policy that cannot be created. */
    public static final class BrokenPolicy implements ChallengePolicy {
        public BrokenPolicy() {
            throw new IllegalStateException("no");
        }

        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            return false;
        }
    }

    @Test
    void aPolicyHasTheLastWordAndIsAskedOncePerRequest() {
        HeaderPolicy.ASKED.clear();
        app.classLoader(Services.naming(folder, ChallengePolicy.class, HeaderPolicy.class.getName()));
        app.servlet(
                "/forwards",
                (request, response) -> request.getRequestDispatcher("/form").forward(request, response));
        start("exempt-roles", "staff");
        assertThat(app.post("/forwards", TestApp.FORM, "", "X-Policy", "free").body())
                .isEqualTo("false EXEMPT challenge-policy true");
        assertThat(HeaderPolicy.ASKED).containsExactly("default POST /forwards 127.0.0.1 null false true");
        assertThat(post("", "X-Policy", "free", "X-User", "staff")).isEqualTo("false EXEMPT exempt-roles true");
        assertThat(HeaderPolicy.ASKED).contains("default POST /form 127.0.0.1 staff true false");
        assertThat(post("ok-1", "X-User", "staff")).isEqualTo("true VERIFIED success true");
        assertThat(get("/form", "X-Policy", "free")).startsWith("false");
        assertThat(app.post("/form", TestApp.FORM, "", "X-Policy", "throw", "X-User", "staff")
                        .statusCode())
                .isEqualTo(400);
        assertThat(app.post("/form", TestApp.FORM, "free=%C3%B6").body())
                .as("a policy reads parameters in the right encoding")
                .isEqualTo("false EXEMPT challenge-policy true");
    }

    @Test
    void aPolicyThatCannotBeCreatedOpensNothing() {
        app.classLoader(Services.naming(folder, ChallengePolicy.class, BrokenPolicy.class.getName()));
        start("exempt-addresses", "127.0.0.1");
        assertThat(get("/form")).isEqualTo("true null null null");
        assertThat(app.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
    }

    /** A policy that is a bean. */
    @ApplicationScoped
    static class StrictBean implements ChallengePolicy {
        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            return true;
        }
    }

    /** A counter that is a bean. */
    @ApplicationScoped
    static class CounterBean implements FailureCounter {
        @Override
        public void record(String key, Duration window) {}

        @Override
        public int count(String key, Duration window) {
            return 5;
        }

        @Override
        public void clear(String key) {}
    }

    @ParameterizedTest
    @CsvSource({"StrictBean, true", "StrictBean, false", "CounterBean, true", "CounterBean, false"})
    void beansThatHaveEndedOpenNothing(String bean, boolean wereAsked) {
        boolean isPolicy = bean.equals("StrictBean");
        WeldContainer cdi = new Weld()
                .setClassLoader(Thread.currentThread().getContextClassLoader())
                .property("org.jboss.weld.se.shutdownHook", false)
                .beanClasses(isPolicy ? StrictBean.class : CounterBean.class)
                .initialize();
        try {
            start(isPolicy ? "exempt-addresses" : "after-failures", isPolicy ? "127.0.0.1" : "3");
            if (wereAsked) {
                assertThat(app.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
            }
        } finally {
            cdi.close();
        }
        assertThat(app.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(post("ok-1")).isEqualTo("true VERIFIED success true");
    }

    @Test
    void theEndOfOtherBeansChangesNothing() {
        WeldContainer cdi = new Weld()
                .setClassLoader(Thread.currentThread().getContextClassLoader())
                .property("org.jboss.weld.se.shutdownHook", false)
                .beanClasses(String.class)
                .initialize();
        try {
            start("exempt-addresses", "127.0.0.1");
            assertThat(post("")).isEqualTo("false EXEMPT exempt-addresses true");
        } finally {
            cdi.close();
        }
        assertThat(post("")).isEqualTo("false EXEMPT exempt-addresses true");
    }

    @Test
    void listenersHearOfExemptRequests() {
        NamedListener.SEEN.clear();
        List<Reason> heard = new ArrayList<>();
        app.servlet(
                "/listen",
                (request, response) ->
                        guards(request).addListener((guard, verification) -> heard.add(verification.getReason())));
        start("exempt-addresses", "127.0.0.1");
        get("/listen");
        post("");
        assertThat(heard).containsExactly(Reason.EXEMPT_ADDRESSES);
    }

    @Test
    void aFilterThatRegistersItselfHasTheSameKeys() {
        Map<String, String> settings = new HashMap<>(TestApp.params(playtcha, "exempt-addresses", "127.0.0.1"));
        settings.put("url-patterns", "/form");
        app.servlet("/form", RequiredTokenTest::show).contextParams(settings).start();
        assertThat(get("/form")).isEqualTo("false null null null");
        assertThat(post("")).isEqualTo("false EXEMPT exempt-addresses true");
    }

    private void startWithSessions(String... settings) {
        app.servlet("/session", (request, response) -> request.getSession(true))
                .servlet("/change", (request, response) -> request.changeSessionId())
                .servlet(
                        "/invalidate",
                        (request, response) -> request.getSession().invalidate())
                .servlet("/accepted", (request, response) -> {
                    SessionPass.end(request);
                    show(request, response);
                });
        start(settings);
    }

    /** Returns the cookie of a session, a new one where there is none yet. */
    private String cookie(String path, String... headers) {
        var request = app.request(path);
        HttpResponse<String> response = app.send(headers.length == 0 ? request : request.headers(headers));
        return response.headers()
                .firstValue("Set-Cookie")
                .map(value -> value.replaceFirst(";.*", ""))
                .orElse("");
    }

    @Test
    void aVerifiedSessionMayComeBack() {
        startWithSessions("session-pass", "2");
        String session = cookie("/session");
        assertThat(get("/form", "Cookie", session)).startsWith("true");
        assertThat(post("ok-1", "Cookie", session)).isEqualTo("true VERIFIED success true");
        assertThat(get("/form", "Cookie", session)).startsWith("false");
        assertThat(post("ok-2", "Cookie", session)).isEqualTo("false VERIFIED session-pass true");
        assertThat(post("", "Cookie", session)).isEqualTo("false VERIFIED session-pass true");
        assertThat(get("/form", "Cookie", session)).startsWith("true");
        assertThat(app.post("/form", TestApp.FORM, "", "Cookie", session).statusCode())
                .isEqualTo(400);
        assertThat(post("ok-2", "Cookie", session)).as("not spent by a pass").contains("VERIFIED success");
        assertThat(playtcha.requestCount()).isEqualTo(2);
    }

    @Test
    void aPassOfOneFilterIsNoneForAnotherWithSettingsOfItsOwn() {
        EnumSet<DispatcherType> requests = EnumSet.of(DispatcherType.REQUEST);
        app.servlet("/session", (request, response) -> request.getSession())
                .servlet("/comment", RequiredTokenTest::show)
                .servlet("/transfer", RequiredTokenTest::show)
                .filter("comments", TestApp.params(playtcha, "session-pass", "5"), requests, "/comment")
                .filter("transfers", TestApp.params(playtcha, "session-pass", "1"), requests, "/transfer")
                .start();
        String session = cookie("/session");
        assertThat(app.post("/comment", TestApp.FORM, "playtcha-response=ok-1", "Cookie", session)
                        .body())
                .isEqualTo("true VERIFIED success true");
        assertThat(app.post("/transfer", TestApp.FORM, "", "Cookie", session).statusCode())
                .isEqualTo(400);
        assertThat(app.post("/comment", TestApp.FORM, "", "Cookie", session).body())
                .isEqualTo("false VERIFIED session-pass true");
    }

    @Test
    void aPassIsNotForOthers() {
        startWithSessions("session-pass", "10");
        String session = cookie("/session");
        post("ok-1", "Cookie", session);
        assertThat(app.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
        assertThat(app.post("/form", TestApp.FORM, "", "Cookie", cookie("/session"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aPassCreatesNoSession() {
        startWithSessions("session-pass", "3");
        HttpResponse<String> response = app.signUp("ok-1");
        assertThat(response.headers().map()).doesNotContainKey("set-cookie");
        assertThat(cookie("/form")).isEmpty();
    }

    @Test
    void aPassEndsWithItsSessionAndSurvivesAChangeOfItsId() {
        startWithSessions("session-pass", "10");
        String session = cookie("/session");
        post("ok-1", "Cookie", session);
        String changed = cookie("/change", "Cookie", session);
        assertThat(changed).isNotEmpty().isNotEqualTo(session);
        assertThat(post("", "Cookie", changed)).contains("session-pass");
        assertThat(app.post("/form", TestApp.FORM, "", "Cookie", session).statusCode())
                .as("who knew the earlier id has nothing of it")
                .isEqualTo(400);
        get("/invalidate", "Cookie", changed);
        assertThat(app.post("/form", TestApp.FORM, "", "Cookie", changed).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aVerifiedRequestIsAllowedWhereTheSessionRefusesItsPass() {
        app.context().getSessionHandler().addEventListener(new HttpSessionAttributeListener() {
            @Override
            public void attributeAdded(HttpSessionBindingEvent added) {
                throw new ClassCastException("a listener that expects attributes of its own only");
            }
        });
        startWithSessions("session-pass", "2");
        String session = cookie("/session");
        assertThat(post("ok-1", "Cookie", session)).isEqualTo("true VERIFIED success true");
    }

    @Test
    void aSessionThatCannotBeReadHasNoPass() {
        app.otherFilter(
                (request, response, chain) -> chain.doFilter(
                        new HttpServletRequestWrapper((HttpServletRequest) request) {
                            @Override
                            public HttpSession getSession(boolean create) {
                                throw new UnsupportedOperationException("the store of the sessions is down");
                            }
                        },
                        response),
                "/*");
        start("session-pass", "2");
        assertThat(get("/form")).startsWith("true");
        assertThat(post("ok-1")).isEqualTo("true VERIFIED success true");
        assertThat(app.post("/form", TestApp.FORM, "").statusCode()).isEqualTo(400);
    }

    @Test
    void theApplicationEndsAPass() {
        startWithSessions("session-pass", "10");
        String session = cookie("/session");
        assertThat(app.post("/accepted", TestApp.FORM, "playtcha-response=ok-1", "Cookie", session)
                        .body())
                .isEqualTo("true VERIFIED success true");
        assertThat(app.post("/form", TestApp.FORM, "", "Cookie", session).statusCode())
                .isEqualTo(400);
        assertThat(app.post("/accepted", TestApp.FORM, "playtcha-response=ok-2").statusCode())
                .as("without a session")
                .isEqualTo(200);
    }

    @Test
    void aForwardUsesNoPass() {
        app.servlet(
                "/forwards",
                (request, response) -> request.getRequestDispatcher("/form").forward(request, response));
        startWithSessions("session-pass", "1");
        String session = cookie("/session");
        assertThat(app.post("/forwards", TestApp.FORM, "playtcha-response=ok-1", "Cookie", session)
                        .body())
                .isEqualTo("true VERIFIED success true");
        assertThat(app.post("/forwards", TestApp.FORM, "", "Cookie", session).body())
                .isEqualTo("false VERIFIED session-pass true");
        assertThat(app.post("/forwards", TestApp.FORM, "", "Cookie", session).statusCode())
                .isEqualTo(400);
    }

    @Test
    void theLastPassIsUsedByOneOfManyRequestsAtOnce() {
        startWithSessions("session-pass", "4");
        String session = cookie("/session");
        post("ok-1", "Cookie", session);
        List<CompletableFuture<Integer>> requests = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(() ->
                        app.post("/form", TestApp.FORM, "", "Cookie", session).statusCode()))
                .toList();
        assertThat(requests.stream().map(CompletableFuture::join))
                .filteredOn(status -> status == 200)
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "en, Unless something in it has to be corrected",
        "de, Wenn darin nichts zu berichtigen ist",
        "fr, S\u2019il n\u2019y a rien \u00e0 y corriger",
        "es, Si no hay nada que corregir en \u00e9l",
        "ja, \u4fee\u6b63\u304c\u5fc5\u8981\u306a\u9805\u76ee\u304c\u306a\u3051\u308c\u3070"
    })
    void aDoubleClickIsToldThatTheFormWasReceivedAndNotThatItWasAccepted(String language, String condition) {
        start();
        post("ok-1");
        HttpResponse<String> second = app.post(
                "/form",
                TestApp.FORM,
                "playtcha-response=ok-1",
                "Accept",
                "application/json",
                "Accept-Language",
                language);
        assertThat(second.statusCode()).isEqualTo(403);
        assertThat(second.body()).contains("\"code\":\"duplicate_submission\"");
        assertThat(second.headers().firstValue("Content-Language")).hasValue(language);
        assertThat(second.body()).contains(condition);
        if (language.equals("en")) {
            assertThat(second.body()).contains("The form was received already");
        }
        assertThat(app.seen).containsExactly("/form");
    }

    /** As a log-in that is the error page for 401: its form needs the widget where a token is required. */
    @ParameterizedTest
    @CsvSource({"192.0.2.1, true", "127.0.0.1, false"})
    void anErrorPageIsToldWhetherATokenIsRequired(String exempt, boolean required) {
        app.servlet("/account", (request, response) -> response.sendError(401))
                .errorPage(RequiredTokenTest::show)
                .filter(
                        "playtcha",
                        TestApp.params(playtcha, "exempt-addresses", exempt),
                        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR),
                        "/error")
                .start();
        HttpResponse<String> page = app.send(app.request("/account"));
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(page.body()).isEqualTo(required + " null null null");
    }

    @Test
    void whatWasNotVerifiedHereIsNoDoubleClick() {
        start();
        HttpResponse<String> replayed =
                app.post("/form", TestApp.FORM, "playtcha-response=redeemed-1", "Accept", "application/json");
        assertThat(replayed.statusCode()).isEqualTo(403);
        assertThat(replayed.body()).contains("\"code\":\"already_redeemed\"");
    }
}
