package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.playtcha.jakarta.internal.cdi.ProtectedInterceptor;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
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
                .filteredOn(line -> line.startsWith("Filter playtcha guards [/signup] on dispatchers [REQUEST]"))
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
        assertThatThrownBy(app::start).hasMessageContaining("playtcha").hasMessageContaining("url-patterns");
    }

    @Test
    void everyProblemOfEveryFilterStopsTheDeployment() {
        app.initialized()
                .filter("one", params("timeout", "soon"), REQUEST, "/signup")
                .filter("two", params("fail-closd", "true"), REQUEST, "/signup");
        assertThatThrownBy(app::start)
                .hasMessageContaining("timeout")
                .hasMessageContaining("fail-closd")
                .hasMessageNotContaining(playtcha.secret());
        assertThat(logged(Level.ERROR)).singleElement().asString().contains("timeout", "fail-closd");
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
        assertThat(thrown.get()).hasMessageContaining("secret").hasMessageContaining("base-url");
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
    void aJarThatNothingUsesLogsOneWarningAndHarmsNobody() {
        app.initialized().start();
        assertThat(logged(Level.WARN)).singleElement().asString().contains("guards nothing");
        assertThat(app.signUp("").statusCode()).isEqualTo(200);
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
                .singleElement()
                .asString()
                .contains("guards nothing", "@PlaytchaProtected", "Jakarta REST");
    }

    /** A subclass, as an application may write one. */
    public static final class OwnFilter extends PlaytchaFilter {}

    @Test
    void aSubclassOfTheFilterIsCheckedToo() {
        FilterHolder holder = new FilterHolder(OwnFilter.class);
        holder.setName("own");
        app.context().addFilter(holder, "/signup", REQUEST);
        app.initialized();
        assertThatThrownBy(app::start).hasMessageContaining("filter 'own'").hasMessageContaining("secret");
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
                .contains(", timeout=7s, ")
                .doesNotContain(playtcha.secret());
    }

    @Test
    void withoutTheInitializerAProblemStopsTheFilter() {
        app.filter("playtcha", Map.of("timeout", "soon"), REQUEST, "/signup");
        assertThatThrownBy(app::start).hasMessageContaining("timeout").hasMessageContaining("base-url");
    }

    @Test
    void withoutTheInitializerUrlPatternsAreSaidToBeUnused() {
        Map<String, String> context = new HashMap<>(params("url-patterns", "/other"));
        app.contextParams(context).filter("mine", Map.of(), REQUEST, "/signup").start();
        assertThat(logged(Level.ERROR)).singleElement().asString().contains("url-patterns", "PlaytchaInitializer");
    }

    @Test
    void withoutTheInitializerLateResultsAreSaidToBeUnused(@TempDir Path directory) {
        app.contextParams(Map.of("late-dir", directory.toString()))
                .filter("mine", params("late-verdicts", "true"), REQUEST, "/signup")
                .start();
        assertThat(app.signUp("ok-1").body()).startsWith("outcome=VERIFIED");
        assertThat(logged(Level.WARN)).singleElement().asString().contains("Late results", "PlaytchaInitializer");
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
