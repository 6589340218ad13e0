package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.internal.cdi.ProtectedInterceptor;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Contract, sections 4 and 5: registration, checks before the first request, and the end of it all. */
class PlaytchaInitializerTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);

    private final Logger logger = (Logger) LoggerFactory.getLogger("com.playtcha.jakarta.internal.servlet");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp().servlet("/signup", TestApp::showAttributes);

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        app.close();
        playtcha.close();
    }

    private List<String> logged(Level level) {
        return log.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .collect(Collectors.toList());
    }

    private Map<String, String> params(String... settings) {
        return TestApp.params(playtcha, settings);
    }

    @Test
    void settingsAloneRegisterAFilterThatSupportsAsync() {
        app.servlet("/async", (request, response) -> request.startAsync().dispatch("/signup"))
                .initialized()
                .contextParams(params("url-patterns", "/signup, /async"))
                .start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(app.signUp("").statusCode()).isEqualTo(400);
        assertThat(app.post("/async", TestApp.FORM, "playtcha-response=ok-2").body())
                .startsWith("outcome=VERIFIED");
        assertThat(logged(Level.WARN)).isEmpty();
    }

    @Test
    void aContextParamOfAnotherLibraryWithoutAValueIsIgnored() {
        // Jetty passes on a context-param without a param-value.
        app.context().getInitParams().put("theirs", null);
        app.initialized().contextParams(params("url-patterns", "/signup")).start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
    }

    @Test
    void aSelfRegisteredFilterRunsBeforeTheApplicationsOwn() {
        app.otherFilter(
                        (request, response, chain) -> {
                            app.seen.add("own filter " + request.getAttribute("playtcha.outcome"));
                            chain.doFilter(request, response);
                        },
                        "/*")
                .initialized()
                .contextParams(params("url-patterns", "/signup"))
                .start();
        app.signUp("invalid-1");
        assertThat(app.seen).isEmpty();
        app.signUp("ok-1");
        assertThat(app.seen).containsExactly("own filter VERIFIED", "/signup");
    }

    /** As on Open Liberty, where a filter that has no mapping yet has null for its patterns. */
    @Test
    void aFilterRegistersItselfWhereARegistrationHasNoSetOfPatternsYet() {
        app.initializer((classes, context) -> new PlaytchaInitializer()
                        .onStartup(
                                classes,
                                replacing(
                                        ServletContext.class,
                                        context,
                                        "addFilter",
                                        added -> replacing(
                                                FilterRegistration.Dynamic.class,
                                                added,
                                                "getUrlPatternMappings",
                                                patterns -> ((Collection<?>) patterns).isEmpty() ? null : patterns))))
                .contextParams(params("url-patterns", "/signup"))
                .start();
        assertThat(app.signUp("").statusCode()).isEqualTo(400);
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
    }

    /** Returns an object that changes what the method of this name returns, and leaves all else to the server's own. */
    private static <T> T replacing(
            Class<T> type, @Nullable Object object, String method, Function<Object, @Nullable Object> change) {
        return type.cast(Proxy.newProxyInstance(
                PlaytchaInitializerTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    Object returned = called.invoke(object, arguments);
                    return called.getName().equals(method) && returned != null ? change.apply(returned) : returned;
                }));
    }

    @Test
    void namedGuardsRegisterFiltersOfTheirOwnWithTheirDispatchers() {
        Map<String, String> params = params();
        params.put("guards", "strict");
        params.put("guards.strict.url-patterns", "/signup");
        params.put("guards.strict.dispatchers", "FORWARD");
        params.put("guards.strict.fail-closed", "true");
        app.servlet(
                        "/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/signup").forward(request, response))
                .initialized()
                .contextParams(params)
                .start();
        assertThat(app.signUp("invalid-1").body()).startsWith("outcome=null");
        assertThat(app.post("/forward", TestApp.FORM, "playtcha-response=db-error-1")
                        .statusCode())
                .isEqualTo(503);
        assertThat(app.context().getServletContext().getFilterRegistrations()).containsKey("playtcha-strict");
    }

    @Test
    void theStartLineHasTheEffectiveSettingsWithoutTheSecret() {
        app.initialized()
                .contextParams(params("url-patterns", "/signup", "timeout", "700ms"))
                .start();
        assertThat(logged(Level.INFO))
                .filteredOn(
                        line -> line.startsWith("Filter playtcha guards [/signup, /signup/] on dispatchers [REQUEST]"))
                .singleElement()
                .asString()
                .contains("base-url=" + playtcha.baseUrl(), "timeout=PT0.7S")
                .doesNotContain(playtcha.secret());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNameThatIsTakenIsAProblem(boolean ours) {
        if (ours) {
            app.filter("playtcha", params(), REQUEST, "/other");
        } else {
            FilterHolder holder = new FilterHolder((request, response, chain) -> chain.doFilter(request, response));
            holder.setName("playtcha");
            app.context().addFilter(holder, "/other", REQUEST);
        }
        app.initialized().contextParams(params("url-patterns", "/signup"));
        assertThat(refusal()).contains("playtcha", "url-patterns");
    }

    @Test
    void everyProblemOfEveryFilterStopsTheDeployment() {
        app.initialized()
                .filter("one", params("timeout", "soon"), REQUEST, "/signup")
                .filter("two", params("fail-closd", "true"), REQUEST, "/signup");
        assertThat(refusal()).contains("2 problems", "timeout", "fail-closd").doesNotContain(playtcha.secret());
    }

    /** Returns the one ERROR of a start that fails, without its stack trace. The container's exception repeats nothing. */
    private String refusal() {
        assertThatThrownBy(app::start)
                .hasRootCauseInstanceOf(StartupFailure.class)
                .hasStackTraceContaining("the reason is an ERROR in the log")
                .satisfies(thrown -> assertThat(thrown)
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .extracting(PlaytchaInitializerTest::stackTrace, InstanceOfAssertFactories.STRING)
                        .doesNotContain("PLAYTCHA-00", "H2", "late-dir"));
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .reduce((one, other) -> {
                    throw new AssertionError("more than one ERROR: " + one + other);
                })
                .orElseThrow();
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    @Test
    void aForgottenDatabaseIsOneErrorInTheLog(@TempDir Path directory) {
        ClassLoader own = getClass().getClassLoader();
        app.classLoader(new ClassLoader(own) {
                    @Override
                    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                        if (name.startsWith("org.h2.")) {
                            throw new ClassNotFoundException(name);
                        }
                        return super.loadClass(name, resolve);
                    }
                })
                .initialized()
                .contextParams(params("url-patterns", "/signup", "late-dir", directory.toString()));
        assertThat(refusal()).contains("H2");
    }

    @Test
    void aLateDirInWhichAnybodyMayWriteIsOneErrorInTheLog(@TempDir Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        app.initialized().contextParams(params("url-patterns", "/signup", "late-dir", directory.toString()));
        assertThat(refusal()).contains("PLAYTCHA-0007: late-dir");
    }

    @Test
    void whereNothingIsLoggedTheExceptionHasTheReason() {
        logger.setLevel(Level.OFF);
        app.initialized().filter("one", params("timeout", "soon"), REQUEST, "/signup");
        assertThatThrownBy(app::start).hasStackTraceContaining("PLAYTCHA-0007: timeout");
    }

    @Test
    void aServerThatGoesOnAfterAProblemServesNothingBut500() {
        AtomicReference<ServletException> thrown = new AtomicReference<>();
        app.initializer((classes, context) -> {
                    try {
                        new PlaytchaInitializer().onStartup(classes, context);
                    } catch (ServletException e) {
                        thrown.set(e);
                    }
                })
                .contextParams(Map.of("url-patterns", "/signup"))
                .servlet("/other", TestApp::showAttributes)
                .start();
        assertThat(thrown.get()).hasMessageContaining("the reason is an ERROR in the log");
        assertThat(logged(Level.ERROR)).singleElement().asString().contains("secret", "base-url");
        assertThat(app.signUp("ok-1").statusCode()).isEqualTo(500);
        assertThat(app.send(app.request("/other").GET()).statusCode()).isEqualTo(500);
        HttpResponse<String> json = app.send(
                app.request("/other").header("Accept", "application/json").GET());
        assertThat(json.statusCode()).isEqualTo(500);
        assertThat(json.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json.body()).contains("\"code\":\"configuration\"");
        assertThat(app.seen).isEmpty();
    }

    @Test
    void aFailureAfterTheFiltersStartedAnswers500() {
        AtomicReference<PlaytchaApplication> application = new AtomicReference<>();
        app.initialized()
                .filter("playtcha", TestApp.params(playtcha), REQUEST, "/signup")
                .servlet(
                        "/whose",
                        (request, response) -> application.set((PlaytchaApplication)
                                request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE)))
                .start();
        app.send(app.request("/whose").GET());
        assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
        app.seen.clear();

        // As CDI does whose own start fails, on a server that goes on.
        application.get().failStartup(new IllegalStateException("two beans are handlers"));

        HttpResponse<String> denied = app.signUp("ok-2", "Accept", "application/json");
        assertThat(denied.statusCode()).isEqualTo(500);
        assertThat(denied.body()).contains("\"code\":\"configuration\"");
        assertThat(app.send(app.request("/signup").GET()).statusCode()).isEqualTo(500);
        assertThat(app.seen).isEmpty();
        assertThat(playtcha.requestCount()).isEqualTo(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-timer"));
    }

    @Test
    void aJarThatIsSharedServesNothingBut500OnAServerThatGoesOn() {
        ClassLoader own = PlaytchaInitializer.class.getClassLoader();
        PlaytchaApplication begunByCdi = ApplicationRegistry.of(new ClassLoader(own) {});
        try {
            app.initializer((classes, context) -> {
                        try {
                            new PlaytchaInitializer().onStartup(classes, context);
                        } catch (ServletException goesOn) {
                            app.seen.add("refused");
                        }
                    })
                    .classLoader(new ClassLoader(own) {})
                    .contextParams(TestApp.params(playtcha, "url-patterns", "/signup"))
                    .start();
            assertThat(app.seen).containsExactly("refused");

            assertThat(app.signUp("ok-1").statusCode()).isEqualTo(500);
            assertThat(app.seen).containsExactly("refused");
            assertThat(logged(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("is shared by several web applications");
        } finally {
            begunByCdi.end();
        }
    }

    @Test
    void aJarThatNothingUsesLogsOneWarningAndHarmsNobody() {
        app.initialized().start();
        assertThat(logged(Level.WARN)).singleElement().asString().contains("guards nothing");
        assertThat(app.signUp("").statusCode()).isEqualTo(200);
    }

    @Test
    void declaredGuardsThatNothingUsesAreNamed() {
        app.filter("mine", Map.of("guard", "mapped"), REQUEST, "/mapped")
                .initialized()
                .contextParams(params(
                        "guards", "forgotten, mapped, registered", "guards.registered.url-patterns", "/registered"))
                .start();
        assertThat(app.signUp("").statusCode()).as("the line is true").isEqualTo(200);
        assertThat(logged(Level.INFO))
                .filteredOn(line -> line.contains("guard nothing"))
                .singleElement()
                .asString()
                .startsWith("No filter, url-patterns or injection uses guards [forgotten]:");
    }

    @Test
    void nothingIsSaidOfAnnotatedResourcesBeforeJakartaRestHasStarted() {
        app.initializer((classes, context) ->
                        new PlaytchaInitializer().onStartup(Set.of(PlaytchaInitializerTest.class), context))
                .start();
        assertThat(logged(Level.WARN)).isEmpty();
    }

    @Test
    void ourOwnAnnotatedInterceptorIsNoUse() {
        app.initializer((classes, context) ->
                        new PlaytchaInitializer().onStartup(Set.of(ProtectedInterceptor.class), context))
                .start();
        assertThat(logged(Level.WARN)).singleElement().asString().contains("guards nothing: declare");
    }

    @Test
    void annotatedClassesThatNothingCanGuardAreWarnedOf() {
        app.context().setClassLoader(ClassLoader.getPlatformClassLoader());
        app.initializer((classes, context) ->
                        new PlaytchaInitializer().onStartup(Set.of(PlaytchaInitializerTest.class), context))
                .start();
        assertThat(logged(Level.WARN))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("@PlaytchaProtected on " + PlaytchaInitializerTest.class.getName()
                                + " has no effect: it is no Jakarta REST resource, and the application has no CDI."))
                .anySatisfy(line -> assertThat(line).contains("guards nothing"));
    }

    /** A subclass, as an application may write one. */
    public static final class OwnFilter extends PlaytchaFilter {}

    @Test
    void aSubclassOfTheFilterIsCheckedToo() {
        FilterHolder holder = new FilterHolder(OwnFilter.class);
        holder.setName("own");
        app.context().addFilter(holder, "/signup", REQUEST);
        app.initialized();
        assertThat(refusal()).contains("filter 'own'", "secret");
    }

    @Test
    void withoutTheInitializerTheFilterReadsItsOwnSettings() {
        Map<String, String> own = params();
        own.keySet().removeAll(Set.of("timeout", "connect-timeout"));
        app.contextParams(Map.of("timeout", "7s"))
                .filter("playtcha", own, REQUEST, "/signup")
                .start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(logged(Level.INFO))
                .singleElement()
                .asString()
                .startsWith("Filter playtcha guards [/signup] as \"default\": ")
                .contains(", timeout=7s, ")
                .doesNotContain(playtcha.secret());
    }

    @Test
    void withoutTheInitializerPatternsThatNoFilterGuardsAreOneError() {
        app.servlet("/open", TestApp::showAttributes)
                .contextParams(params("url-patterns", "/open"))
                .filter("first", Map.of(), REQUEST, "/signup")
                .filter("second", Map.of(), REQUEST, "/other")
                .start();
        assertThat(app.signUp("").statusCode()).isEqualTo(400);
        assertThat(app.post("/open", TestApp.FORM, "").body()).startsWith("outcome=null");
        assertThat(logged(Level.ERROR))
                .singleElement()
                .asString()
                .startsWith("url-patterns is set, but this container did not run PlaytchaInitializer")
                .contains("NOT guarded", "Declare a filter");
    }

    @Test
    void withoutTheInitializerAProblemStopsTheFilter() {
        app.filter("playtcha", Map.of("timeout", "soon"), REQUEST, "/signup");
        assertThat(refusal()).contains("timeout", "base-url");
    }

    @Test
    void withoutTheInitializerUrlPatternsAreSaidToBeUnused() {
        Map<String, String> context = new HashMap<>(params("url-patterns", "/other"));
        app.contextParams(context).filter("mine", Map.of(), REQUEST, "/signup").start();
        assertThat(logged(Level.ERROR)).singleElement().asString().contains("url-patterns", "PlaytchaInitializer");
    }

    @Test
    void withoutTheInitializerCallbacksAreSaidToBeRefused(@TempDir Path directory) {
        app.contextParams(Map.of(
                        "late-dir",
                        directory.resolve("late").toString(),
                        "callback-path",
                        "/done",
                        "callback-key",
                        "off"))
                .filter("mine", params(), REQUEST, "/signup")
                .start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(logged(Level.ERROR)).singleElement().asString().contains("callback-path", "NOT accepted");
    }

    @Test
    void withoutTheInitializerLateResultsAndJmxWork(@TempDir Path directory) throws Exception {
        app.servlet(
                        "/late",
                        (request, response) -> response.getWriter().print(request.getAttribute("playtcha.deferral-id")))
                .contextParams(Map.of("late-dir", directory.resolve("late").toString()))
                .filter("mine", params("late-verdicts", "true"), REQUEST, "/late")
                .start();
        playtcha.script(Reply.closeWithoutAnswer());
        assertThat(app.post("/late", TestApp.FORM, "playtcha-response=lost").body())
                .startsWith("late-");
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .queryNames(new ObjectName("com.playtcha.jakarta:type=Guard,*"), null))
                .hasSize(1);
        app.close();
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .queryNames(new ObjectName("com.playtcha.jakarta:*"), null))
                .isEmpty();
        assertThat(ownThreads()).isEmpty();
    }

    @Test
    void withoutTheInitializerMappingsAreCheckedToo() {
        app.filter("mine", params(), REQUEST, "/app/signup").start();
        assertThat(logged(Level.WARN))
                .singleElement()
                .asString()
                .contains("begins with the application's context path");
    }

    @Test
    void aFilterRegisteredAfterTheInitializerRanGuardsToo() {
        app.initialized()
                .contextParams(params("url-patterns", "/other"))
                .initializer((classes, context) -> {
                    var late = context.addFilter("late", new PlaytchaFilter());
                    late.setAsyncSupported(true);
                    late.addMappingForUrlPatterns(REQUEST, true, "/signup");
                })
                .start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(app.signUp("invalid-1").statusCode()).isEqualTo(403);
    }

    @Test
    void aRegistrationWithoutAsyncSupportIsOneWarning() {
        FilterHolder holder = new FilterHolder(PlaytchaFilter.class);
        holder.setName("playtcha");
        holder.setInitParameters(params());
        holder.setAsyncSupported(false);
        app.context().addFilter(holder, "/signup", REQUEST);
        app.initialized().start();
        app.signUp("ok-1");
        app.signUp("ok-2");
        assertThat(logged(Level.WARN)).singleElement().asString().contains("<async-supported>");
    }

    @Test
    void undeployingClosesConnectionsAndThreads() {
        app.initialized()
                .filter("two", params(), REQUEST, "/other")
                .contextParams(params("url-patterns", "/signup"))
                .start();
        assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
        assertThat(playtcha.openConnections()).isPositive();
        app.close();
        assertThat(ownThreads()).isEmpty();
        Awaitility.await()
                .untilAsserted(() -> assertThat(playtcha.openConnections()).isZero());
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }

    @Test
    void equalFiltersShareOneGuard() {
        app.initialized()
                .filter("one", params("fail-open-per-minute", "1"), REQUEST, "/signup")
                .filter("two", params("fail-open-per-minute", "1"), REQUEST, "/signup")
                .start();
        assertThat(app.signUp("db-error-1").statusCode()).isEqualTo(200);
        assertThat(app.signUp("db-error-2").statusCode()).isEqualTo(503);
    }
}
