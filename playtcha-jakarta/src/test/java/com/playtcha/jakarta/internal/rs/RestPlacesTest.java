package com.playtcha.jakarta.internal.rs;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.annotation.HidingClassLoader;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 8 of the contract: what an annotation guards by its place, and classes that cannot be inspected. */
class RestPlacesTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    /** A contract in an interface. */
    public interface Contract {
        @GET
        @Path("inherited")
        @PlaytchaProtected
        String inherited();
    }

    /** Annotated on methods, a GET included. */
    @Path("methods")
    public static class OnMethods implements Contract {
        @GET
        @PlaytchaProtected
        public String get() {
            return "reached";
        }

        @Override
        public String inherited() {
            return "reached";
        }

        @GET
        @Path("free")
        public String free() {
            return "reached";
        }

        @Path("sub")
        @PlaytchaProtected
        public OfLocator sub() {
            return new OfLocator();
        }
    }

    /** Guarded by its locator. */
    public static class OfLocator {
        @GET
        public String get() {
            return "reached";
        }

        @POST
        public String post() {
            return "reached";
        }
    }

    /** Annotated as a whole. */
    @Path("class")
    @PlaytchaProtected
    public static class OnClass {
        @GET
        public String get() {
            return "reached";
        }

        @POST
        public String post() {
            return "reached";
        }
    }

    private HttpResponse<String> send(RestApp app, String method, String path, String... headers) {
        return app.send(method, path, BodyPublishers.noBody(), headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/methods", "/methods/inherited"})
    void annotatedMethodIsGuardedWhateverItsHttpMethod(String path) {
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), OnMethods.class)) {
            assertThat(send(app, "GET", path).statusCode()).isEqualTo(400);
            assertThat(send(app, "HEAD", path).statusCode()).isEqualTo(400);
            HttpResponse<String> verified = send(app, "GET", path, "X-Playtcha-Token", "ok-1");
            assertThat(verified.statusCode()).isEqualTo(200);
            assertThat(verified.body()).isEqualTo("reached");
            assertThat(playtcha.requestCount()).isEqualTo(1);
            assertThat(send(app, "GET", "/methods/free").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/class", "/methods/sub"})
    void safeMethodsStayOpenWhereTheClassOrTheLocatorIsAnnotated(String path) {
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), OnMethods.class, OnClass.class)) {
            assertThat(send(app, "GET", path).statusCode()).isEqualTo(200);
            assertThat(send(app, "POST", path).statusCode()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"})
    void safeMethodThatAHeaderOverridesWithAnUnsafeOneIsGuarded(String header) {
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), OnClass.class)) {
            assertThat(send(app, "GET", "/class", header, "POST").statusCode()).isEqualTo(400);
            assertThat(send(app, "GET", "/class", header, "POST", "X-Playtcha-Token", "ok-1")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send(app, "GET", "/class", header, "HEAD").statusCode()).isEqualTo(200);
        }
    }

    /** Makes the properties of the request visible to a listener, which runs on the same thread. */
    @PreMatching
    public static class Current implements ContainerRequestFilter {
        static final ThreadLocal<ContainerRequestContext> REQUEST = new ThreadLocal<>();

        @Override
        public void filter(ContainerRequestContext request) {
            REQUEST.set(request);
        }
    }

    @Test
    void listenerIsCalledAfterTheDecisionIsVisible() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), OnClass.class, Current.class)) {
            app.playtcha()
                    .addListener((guard, verification) -> seen.add(verification.getOutcome() + " "
                            + Current.REQUEST.get().getProperty("playtcha.outcome") + " "
                            + Current.REQUEST.get().getProperty("playtcha.allowed")));

            send(app, "POST", "/class", "X-Playtcha-Token", "ok-1");
            send(app, "POST", "/class");
        }
        assertThat(seen).containsExactly("VERIFIED VERIFIED true", "NO_TOKEN NO_TOKEN false");
    }

    /** Is absent at run time. */
    public interface Missing {}

    /** Has the absent type in a signature. */
    public interface WithDefault {
        default void export(Missing to) {}
    }

    /** A provider that inherits it. */
    public static class Provider implements ContainerResponseFilter, WithDefault {
        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            response.getHeaders().putSingle("X-Provider", "ran");
        }
    }

    /** Jersey inspects such a provider itself and fails by it, so the library's part is called alone here. */
    @Test
    void providerThatCannotBeInspectedUsesNoGuard() {
        Class<?> provider = new HidingClassLoader(Missing.class, WithDefault.class, Provider.class).own(Provider.class);

        assertThat(ResourceMethods.uses(provider, "application")).isEmpty();
        assertThat(ResourceMethods.locatorGuards(provider, OfLocator.class)).isEmpty();
    }
}
