package com.playtcha.jakarta.internal.servlet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.cdi.Container;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.ws.rs.Path;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.tomcat.websocket.server.WsSci;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 5: an annotation where no container guards is a warning, since the page is open. */
class AnnotationChecksTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp();
    private final CapturedLog log = new CapturedLog(AnnotationChecks.class.getName(), Level.INFO);

    @AfterEach
    void stop() {
        log.close();
        app.close();
        playtcha.close();
    }

    /** Annotated on the class. */
    @PlaytchaProtected
    public static class OnClass extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(202);
        }
    }

    /** Annotated on the method. */
    public static final class OnMethod extends OnInterface implements Guarded {
        private static final long serialVersionUID = 1L;

        @Override
        @PlaytchaProtected
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(202);
        }
    }

    /** Annotated on the superclass. */
    public static final class Inherited extends OnClass {
        private static final long serialVersionUID = 1L;
    }

    /** Not annotated itself. */
    public static class OnInterface extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    /** No servlet. */
    public interface Guarded {}

    /** A listener. */
    @PlaytchaProtected
    public static final class Listening implements ServletContextListener {}

    /** A resource. */
    @Path("/")
    @PlaytchaProtected
    public static final class Resource {}

    /** Anything else. */
    @PlaytchaProtected
    public static final class Plain {}

    @ParameterizedTest
    @ValueSource(classes = {OnClass.class, OnMethod.class, Inherited.class})
    void anAnnotatedServletIsOneWarning(Class<? extends HttpServlet> type) {
        app.context().addServlet(type, "/signup");
        app.initialized()
                .contextParams(TestApp.params(playtcha, "url-patterns", "/other"))
                .start();

        assertThat(app.signUp("").statusCode()).as("the warning is true").isEqualTo(202);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN @PlaytchaProtected on " + type.getName()
                        + " has no effect: the server calls servlets and filters itself.");
    }

    @Test
    void aListenerIsAWarningAndWhatCdiOrRestMayGuardIsNone() {
        AnnotationChecks.checkFound(
                Set.of(Listening.class, Resource.class, Plain.class, OnClass.class),
                getClass().getClassLoader());

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN @PlaytchaProtected on " + Listening.class.getName() + " has no effect: it is a listener");
    }

    @Test
    void withoutCdiOnlyResourcesAreGuarded() {
        AnnotationChecks.checkFound(
                Set.of(Resource.class, Plain.class, OnClass.class), ClassLoader.getPlatformClassLoader());

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN @PlaytchaProtected on " + Plain.class.getName()
                        + " has no effect: it is no Jakarta REST resource, and the application has no CDI.");
    }

    /** A bean. */
    @ApplicationScoped
    @PlaytchaProtected
    public static class Scoped {
        /** Guarded. */
        public void signUp() {}
    }

    /** Guarded by its subclass's being a bean. */
    @PlaytchaProtected
    public static class Base {
        /** Guarded. */
        public void signUp() {}
    }

    /** A bean. */
    @ApplicationScoped
    public static class Derived extends Base {}

    /** Guarded where a bean implements it. */
    @PlaytchaProtected
    public interface Service {}

    @Test
    void whereCdiIsThereAClassThatIsNoBeanIsAWarning() {
        app.context()
                .addServletContainerInitializer(
                        new PlaytchaInitializer(),
                        Plain.class,
                        Scoped.class,
                        Base.class,
                        Service.class,
                        Resource.class,
                        OnClass.class);
        try (Container cdi = Container.start(playtcha, Container.Settings.none(), Scoped.class, Derived.class)) {
            app.start();

            assertThat(cdi.has(Derived.class)).isTrue();
        }
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN @PlaytchaProtected on " + Plain.class.getName()
                        + " has no effect: it is neither a CDI bean nor a Jakarta REST resource,");
    }

    /** A bean whose objects Tomcat creates itself. */
    @ServerEndpoint("/chat")
    @Dependent
    public static class Endpoint {
        /** Answers what was sent. */
        @OnMessage
        @PlaytchaProtected
        public String onMessage(String message) {
            return "open to " + message;
        }
    }

    @Test
    void anEndpointThatTomcatCreatesIsAWarning() {
        try (Container cdi = Container.start(playtcha, Container.Settings.none(), Endpoint.class);
                TomcatApp tomcat = new TomcatApp()) {
            tomcat.context().addServletContainerInitializer(new WsSci(), Set.of(Endpoint.class));
            tomcat.context().addServletContainerInitializer(new PlaytchaInitializer(), Set.of(Endpoint.class));
            tomcat.start();
            assertThat(cdi.has(Endpoint.class)).isTrue();

            CompletableFuture<String> answer = new CompletableFuture<>();
            WebSocket visitor = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + tomcat.port() + "/app/chat"), new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                            answer.complete(text.toString());
                            return null;
                        }
                    })
                    .join();
            visitor.sendText("a visitor", true).join();
            assertThat(answer)
                    .as("the warning is true")
                    .succeedsWithin(10, SECONDS)
                    .isEqualTo("open to a visitor");
            visitor.abort();
        }
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN @PlaytchaProtected on " + Endpoint.class.getName() + " has no effect: Apache Tomcat/");
    }

    @Test
    void withoutABeanContainerNothingIsKnownOfBeans() {
        app.context().addServletContainerInitializer(new PlaytchaInitializer(), Plain.class);
        app.contextParams(TestApp.params(playtcha, "url-patterns", "/other")).start();

        assertThat(log.lines()).isEmpty();
    }
}
