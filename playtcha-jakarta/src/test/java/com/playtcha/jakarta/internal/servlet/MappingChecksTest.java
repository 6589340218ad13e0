package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.security.enterprise.authentication.mechanism.http.FormAuthenticationMechanismDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.LoginToContinue;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.catalina.filters.RemoteIpFilter;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: the paths around a guard, and what a start says of them. */
class MappingChecksTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp().initialized();
    private final CapturedLog log = new CapturedLog(MappingChecks.class.getName(), Level.WARN);

    @AfterEach
    void stop() {
        log.close();
        app.close();
        playtcha.close();
    }

    /** A servlet that serves several paths, as a framework's does. */
    private void servlet(String... mappings) {
        ServletHolder holder = app.servletWithoutParts(mappings[0], TestApp::showAttributes);
        for (int i = 1; i < mappings.length; i++) {
            app.context().addServlet(holder, mappings[i]);
        }
    }

    private HttpResponse<String> post(String path) {
        return app.post(path, TestApp.FORM, "a=b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/*", "/*", "/"})
    void aFilterThatRegistersItselfCoversTheSamePathWithATrailingSlash(String mapping) {
        servlet(mapping);
        app.contextParams(TestApp.params(playtcha, "url-patterns", "/api/accounts"))
                .start();

        assertThat(post("/api/accounts").statusCode()).isEqualTo(400);
        assertThat(post("/api/accounts/").statusCode()).isEqualTo(400);
        assertThat(post("/api/accounts/7").statusCode()).isEqualTo(200);
        assertThat(app.seen).hasSize(1);
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/accounts | /api/* | /api/accounts/",
                "/accounts | /* | /accounts/",
                "/accounts | / | /accounts/",
                "/api/accounts/ | /api/* | /api/accounts",
                "/account | /account/* | /account/*",
                "/account | /account /account/* | /account/*",
                "/account /account/ | /account/* | /account/*",
                "/signup.xhtml | *.xhtml *.jsf /faces/* | /signup.jsf, /faces/signup.xhtml",
                "/signup.xhtml | *.xhtml /signup /contact | /signup",
            })
    void anExactPatternThatTheServletServesUnderOtherPathsIsOneWarning(String patterns, String mappings, String open) {
        servlet(mappings.split(" "));
        app.filter("signup", TestApp.params(playtcha), REQUEST, patterns.split(" "))
                .start();

        String other = open.split(", ")[0].replace("*", "new");
        assertThat(post(patterns.split(" ")[0]).statusCode()).isEqualTo(400);
        assertThat(post(other).statusCode()).as("the warning is true").isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN Filter signup guards " + patterns.split("/? ")[0].replaceFirst("/$", "") + " exactly,")
                .contains(" may serve the same under " + open + ", which no filter of Playtcha guards.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/account /account/* | /account/*",
                "/api/accounts /api/accounts/ | /api/*",
                "/api/* | /api/*",
                "/* | /",
                "/ /* | /",
                "/ /signup | /signup",
                "/signup | /signup",
                "/signup.do | *.do",
                "/signup.jsp | *.jsp *.jspx",
                "/signup.xhtml *.jsf /faces/* | *.xhtml *.jsf /faces/*",
                "/signup.xhtml /signup | *.xhtml /signup /contact",
                "/signup /signup.do | /signup /signup.do *.do",
                "/signup | /signup *.jsp",
            })
    void whatIsCoveredOrServedByNothingElseIsNoWarning(String patterns, String mappings) {
        servlet(mappings.split(" "));
        app.filter("signup", TestApp.params(playtcha), REQUEST, patterns.split(" "))
                .start();

        assertThat(log.lines()).isEmpty();
    }

    /** Mojarra adds the mappings of its pages after this check, MyFaces before it. */
    @ParameterizedTest
    @CsvSource({"/signup.xhtml, /signup", "/signup, /signup.xhtml"})
    void aPageThatFacesMapsWithoutItsExtensionIsOneWarning(String pattern, String open, @TempDir Path pages)
            throws Exception {
        Files.createFile(pages.resolve("signup.xhtml"));
        app.context().setBaseResourceAsPath(pages);
        app.context().setInitParameter("jakarta.faces.AUTOMATIC_EXTENSIONLESS_MAPPING", "true");
        servlet("*.xhtml");
        app.filter("signup", TestApp.params(playtcha), REQUEST, pattern).start();

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains(pattern + " exactly", "may serve the same under " + open + ",");
    }

    /** By its name. */
    public static final class FacesServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    }

    private void faces(String... mappings) {
        ServletHolder faces = new ServletHolder(FacesServlet.class);
        for (String mapping : mappings) {
            app.context().addServlet(faces, mapping);
        }
    }

    /** Mojarra and MyFaces show /faces/faces/signup.xhtml as /faces/signup.xhtml, and none as /faces/signup.xhtml/. */
    @ParameterizedTest
    @CsvSource({"/faces/signup.xhtml, true", "/faces/*, false"})
    void aPrefixOfFacesThatIsRepeatedIsOneWarning(String pattern, boolean open) {
        faces("/faces/*");
        app.contextParams(TestApp.params(playtcha, "url-patterns", pattern)).start();

        assertThat(post("/faces/faces/signup.xhtml").statusCode()).isEqualTo(open ? 200 : 400);
        if (open) {
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("the same under /faces/faces/*, which no filter");
        } else {
            assertThat(log.lines()).isEmpty();
        }
    }

    /** Mojarra takes the page to show from the form and not from the path. */
    @ParameterizedTest
    @CsvSource({
        "PARTIAL_STATE_SAVING, false, /signup.xhtml, true",
        "FULL_STATE_SAVING_VIEW_IDS, /signup.xhtml, /signup.xhtml, true",
        "PARTIAL_STATE_SAVING, true, /signup.xhtml, false",
        "PARTIAL_STATE_SAVING, false, /*, false",
        "PARTIAL_STATE_SAVING, false, /signup.xhtml *.xhtml, false"
    })
    void aPageOfFacesWhoseFormsCarryAllOfItIsOneWarning(String name, String value, String patterns, boolean open) {
        app.context().setInitParameter("jakarta.faces." + name, value);
        faces("*.xhtml");
        app.filter("signup", TestApp.params(playtcha), REQUEST, patterns.split(" "))
                .start();

        if (open) {
            assertThat(post("/nowhere.xhtml").statusCode()).isEqualTo(200);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("may serve the same under *.xhtml, which no filter");
        } else {
            assertThat(log.lines()).isEmpty();
        }
    }

    /** Open Liberty does so for every method. */
    @ParameterizedTest
    @CsvSource({"index.xhtml, REQUEST, true", "index.xhtml, REQUEST FORWARD, false", "start.xhtml, REQUEST, false"})
    void aWelcomeFileThatIsShownByAForwardIsOneWarning(
            String welcomeFile, String dispatchers, boolean open, @TempDir Path pages) throws Exception {
        Files.createFile(pages.resolve(welcomeFile));
        Files.writeString(
                Files.createDirectory(pages.resolve("WEB-INF")).resolve("web.xml"),
                "<web-app><welcome-file-list><welcome-file>" + welcomeFile
                        + "</welcome-file></welcome-file-list></web-app>");
        app.context().setBaseResourceAsPath(pages);
        app.context().setWelcomeFiles(new String[] {welcomeFile});
        app.context().addServlet(DefaultServlet.class, "/");
        faces("*.xhtml");
        app.contextParams(TestApp.params(
                        playtcha, "url-patterns", "/index.xhtml", "dispatchers", dispatchers.replace(' ', ',')))
                .start();

        if (welcomeFile.equals("index.xhtml")) {
            assertThat(app.send(app.request("/?jakarta.faces.ViewState=1")).statusCode())
                    .isEqualTo(open ? 200 : 400);
        }
        if (open) {
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("guards /index.xhtml, a welcome file", "for / by");
        } else {
            assertThat(log.lines()).noneMatch(line -> line.contains("welcome file"));
        }
    }

    @Test
    void anotherServletUnderTheOtherPathIsNoWarning() {
        servlet("/accounts");
        servlet("/*");
        app.filter("signup", TestApp.params(playtcha), REQUEST, "/accounts").start();

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aFilterOfTheServletItselfCoversEveryPath() {
        app.servlet("/api/*", TestApp::showAttributes);
        app.filter("signup", TestApp.params(playtcha), REQUEST, "/api/accounts");
        FilterMapping mapping = new FilterMapping();
        mapping.setFilterName("signup");
        mapping.setServletName(
                app.context().getServletHandler().getServlets()[0].getName());
        app.context().getServletHandler().addFilterMapping(mapping);
        app.start();

        assertThat(post("/api/accounts/").statusCode()).isEqualTo(400);
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sign-up"})
    void aFilterThatIsMappedToNothingIsOneWarning(String servletName) {
        servlet("/signup");
        FilterHolder filter = new FilterHolder(PlaytchaFilter.class);
        filter.setName("signup");
        filter.setInitParameters(TestApp.params(playtcha));
        app.context().getServletHandler().addFilter(filter);
        if (!servletName.isEmpty()) {
            FilterMapping mapping = new FilterMapping();
            mapping.setFilterName("signup");
            mapping.setServletName(servletName);
            app.context().getServletHandler().addFilterMapping(mapping);
        }
        app.start();

        assertThat(post("/signup").statusCode()).as("the warning is true").isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        servletName.isEmpty()
                                ? "WARN Filter signup has no filter-mapping, so it guards nothing."
                                : "WARN Filter signup is mapped to servlets [sign-up], which the application does not have,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/signup", "/app/*", "/app"})
    void aPatternThatBeginsWithTheContextPathIsOneWarning(String pattern) {
        app.servlet("/signup", TestApp::showAttributes)
                .contextParams(TestApp.params(playtcha, "url-patterns", pattern))
                .start();

        assertThat(post("/signup").statusCode()).as("the warning is true").isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN Filter playtcha is mapped to " + pattern
                        + ", which begins with the application's context path /app:");
    }

    @Test
    void aServletThatHasTheRootPageTooIsChecked() {
        servlet("", "/account", "/account/*");
        app.filter("signup", TestApp.params(playtcha), REQUEST, "/account").start();

        assertThat(post("/account/new").statusCode()).as("the warning is true").isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains(" may serve the same under /account/*, which no filter of Playtcha guards.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ *.do"})
    void theRootPageInPlaceOfEveryPathIsOneWarning(String patterns) {
        servlet("/");
        app.filter("signup", TestApp.params(playtcha), REQUEST, patterns.split(" "))
                .start();

        assertThat(post("/").statusCode()).isEqualTo(400);
        assertThat(post("/signup").statusCode()).as("the warning is true").isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN Filter signup is mapped to /, which for a filter is the root page alone");
    }

    @Test
    void aPatternThatOnlyLooksLikeTheContextPathIsNoWarning() {
        servlet("/apps");
        app.contextParams(TestApp.params(playtcha, "url-patterns", "/apps, /application/*, *.app"))
                .start();

        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/sign-up | /signup | ''",
                "/sign-up/ | /signup | ''",
                "/signup | /api/* | ; for the servlet on /api/* it would be /api/signup",
            })
    void aPatternThatNothingAnswersIsOneWarning(String pattern, String mapping, String below) {
        servlet(mapping);
        app.filter("signup", TestApp.params(playtcha), REQUEST, pattern).start();

        assertThat(post(mapping.replace("*", "signup")).statusCode())
                .as("the warning is true")
                .isEqualTo(200);
        assertThat(log.lines())
                .singleElement()
                .isEqualTo("WARN Filter signup guards " + pattern.replaceFirst("/$", "")
                        + ", which no servlet, file or other filter of the application answers. Correct the pattern,"
                        + " or remove it, unless a WebSocket endpoint has it" + below);
    }

    @Test
    void aPatternThatAnotherFilterOrAFileMayAnswerIsNoWarning(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("signup.html"), "a page");
        Files.createDirectory(folder.resolve("forms"));
        app.context().setBaseResourceAsPath(folder);
        servlet("/other");
        app.context().addFilter((request, response, chain) -> chain.doFilter(request, response), "/login", REQUEST);
        app.filter("signup", TestApp.params(playtcha), REQUEST, "/login", "/signup.html", "/forms/")
                .start();

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aFailurePathThatNothingAnswersIsOneWarning() {
        app.servlet("/signup", TestApp::showAttributes)
                .contextParams(TestApp.params(playtcha, "url-patterns", "/signup", "failure-path", "/nope.jsp?a=b"))
                .start();

        assertThat(post("/signup").statusCode()).as("the warning is true").isEqualTo(404);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN failure-path /nope.jsp?a=b of filter playtcha is neither a file of the application nor"
                                + " a path of a servlet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/denied", "/pages/denied", "/denied.do?from=guard", "/denied.html", "/WEB-INF/denied.jsp"})
    void aFailurePathThatAServletOrAFileAnswersIsNoWarning(String path, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("denied.html"), "denied");
        Files.writeString(Files.createDirectories(folder.resolve("WEB-INF")).resolve("denied.jsp"), "denied");
        app.context().setBaseResourceAsPath(folder);
        servlet("/signup", "/denied", "/pages/*", "*.do");
        app.contextParams(TestApp.params(playtcha, "url-patterns", "/signup", "failure-path", path))
                .start();

        assertThat(log.lines()).isEmpty();
    }

    /** Failures are recorded under the visitor's address, and looked for under the proxy's. */
    @ParameterizedTest
    @CsvSource({"after-failures, 1, 200", "exempt-addresses, 127.0.0.1, 200", "session-pass, 1, 400"})
    void aFilterThatFindsTheAddressTooLateIsOneWarning(String setting, String value, int status) {
        app.otherFilter(new RemoteIpFilter(), "/*")
                .servlet(
                        "/login",
                        (request, response) -> ((PlaytchaGuards)
                                        request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE))
                                .failures()
                                .record(request.getRemoteAddr(), null))
                .contextParams(TestApp.params(playtcha, "url-patterns", "/login", setting, value))
                .start();

        app.post("/login", TestApp.FORM, "", "X-Forwarded-For", "203.0.113.5");
        HttpResponse<String> second = app.post("/login", TestApp.FORM, "", "X-Forwarded-For", "203.0.113.5");
        assertThat(second.statusCode()).as("the warning is true").isEqualTo(status);
        assertThat(log.lines())
                .hasSize(status == 200 ? 1 : 0)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("WARN Filter playtcha registers itself before filter ")
                        .contains("every visitor has the address of the proxy"));
    }

    @ApplicationScoped
    @FormAuthenticationMechanismDefinition(loginToContinue = @LoginToContinue)
    static class FormOfBeans {}

    /** The server answers it before any filter, and web.xml does not show it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFormLoginOfJakartaSecurityThatAWidePatternDoesNotGuardIsAWarning(boolean isDeclared) {
        try (WeldContainer beans = new Weld()
                .setClassLoader(Thread.currentThread().getContextClassLoader())
                .property("org.jboss.weld.se.shutdownHook", false)
                .beanClasses(isDeclared ? FormOfBeans.class : String.class)
                .initialize()) {
            app.filter("all", TestApp.params(playtcha), REQUEST, "/*").start();
            assertThat(beans.isRunning()).isTrue();
        }
        if (isDeclared) {
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Filter all is mapped to /*", "/j_security_check");
        } else {
            assertThat(log.lines()).isEmpty();
        }
    }

    /** The server looks for its filters under the path of the file, and for none of the folder. */
    @ParameterizedTest
    @CsvSource({
        "/ /other, /, /index.jsp",
        "/shop/, /shop/, /shop/index.jsp",
        "/shop, /shop/, /shop/index.jsp",
        "/ /index.jsp, /,",
        "/shop/*, /shop/,",
        "*.jsp, /,",
        "/static/, /static/,"
    })
    void aFolderWhoseWelcomeFileIsOpenIsOneWarning(String patterns, String folder, @Nullable String open)
            throws IOException {
        try (TomcatApp tomcat = new TomcatApp()
                .initialized()
                .filter("shop", TestApp.params(playtcha), REQUEST, patterns.split(" "))
                .servlet("*.jsp", TestApp::showAttributes)
                .servlet("/other", TestApp::showAttributes)) {
            Path root = Path.of(tomcat.context().getDocBase());
            tomcat.context().addWelcomeFile("index.html");
            tomcat.context().addWelcomeFile("index.jsp");
            Files.writeString(root.resolve("index.jsp"), "a form");
            Files.writeString(Files.createDirectory(root.resolve("shop")).resolve("index.jsp"), "a form");
            Path noForm = Files.createDirectory(root.resolve("static"));
            Files.writeString(noForm.resolve("index.html"), "a page");
            Files.writeString(noForm.resolve("index.jsp"), "no welcome file");
            tomcat.start();

            boolean isOpen = open != null || folder.equals("/static/");
            assertThat(tomcat.post(folder, TestApp.FORM, "a=b").statusCode())
                    .as("the warning is true")
                    .isEqualTo(isOpen ? 200 : 400);
            assertThat(log.lines())
                    .hasSize(open == null ? 0 : 1)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("WARN Filter shop guards " + folder + ", a folder whose welcome file is " + open
                                    + "."));
        }
    }

    @Test
    void aWelcomeFileMayBeAServlet() throws IOException {
        try (TomcatApp tomcat = new TomcatApp()
                .initialized()
                .filter("shop", TestApp.params(playtcha), REQUEST, "/", "/signup")
                .servlet("/signup", TestApp::showAttributes)
                .servlet("/shop", TestApp::showAttributes)
                .servlet("*.act", TestApp::showAttributes)) {
            Path descriptors = Path.of(tomcat.context().getDocBase()).resolve("WEB-INF");
            Files.writeString(
                    Files.createDirectory(descriptors).resolve("web.xml"),
                    "<welcome-file>index.jsp</welcome-file> <welcome-file>shop</welcome-file> <welcome-file>a.act</welcome-file>");
            tomcat.context().addWelcomeFile("shop");
            tomcat.start();

            assertThat(tomcat.post("/", TestApp.FORM, "a=b").statusCode())
                    .as("the warning is true")
                    .isEqualTo(200);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN Filter shop guards /, a folder whose welcome file is /shop.");
        }
    }
}
