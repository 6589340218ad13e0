package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Application;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A resource that is a bean has one annotation and two readers of it: Jakarta REST's goes first, and CDI's gives way. */
class ResourceBeanTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    /** As an application writes one. */
    interface Located {
        @Path("by-interface")
        String locateByInterface();
    }

    @ApplicationScoped
    @Path("resource")
    static class Resource implements Located {
        @GET
        @PlaytchaProtected
        String get() {
            return "done";
        }

        @POST
        @Path("post")
        @PlaytchaProtected
        String post() {
            return "done";
        }

        @POST
        @Path("token")
        @PlaytchaProtected
        String token(@PlaytchaToken String token) {
            return "done";
        }

        @Path("sub")
        @PlaytchaProtected
        String locate() {
            return "done";
        }

        @Override
        @PlaytchaProtected
        public String locateByInterface() {
            return "done";
        }
    }

    @ApplicationScoped
    @PlaytchaProtected
    static class Sealed extends Application {
        @Override
        public Set<Class<?>> getClasses() {
            return Set.of(Resource.class);
        }

        String other() {
            return "done";
        }
    }

    private void inRequest(BiConsumer<RequestVerifications, Resource> work) {
        try (Container app = Container.start(playtcha, Settings.none(), Resource.class)) {
            app.inRequest(() -> {
                RequestVerifications verifications =
                        app.get(CdiApplication.class).currentRequest();
                work.accept(verifications, app.get(Resource.class));
                return verifications;
            });
        }
        assertThat(playtcha.requestCount()).isZero();
    }

    private static Method method(String name, Class<?>... parameters) {
        try {
            return Resource.class.getDeclaredMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void methodThatJakartaRestAdmittedIsNotVerifiedAgain() {
        inRequest((verifications, resource) -> {
            verifications.rest().onMatchStart();
            verifications.rest().onResourceMatched(Resource.class, null);
            verifications.rest().onResourceMatched(Resource.class, method("get"));

            assertThat(resource.get()).isEqualTo("done");
        });
    }

    @Test
    void anotherMethodOfAResourceIsVerified() {
        inRequest((verifications, resource) -> {
            verifications.rest().onMatchStart();
            verifications.rest().onResourceMatched(Resource.class, null);
            verifications.rest().onResourceMatched(Resource.class, method("get"));

            assertThatThrownBy(resource::post).isInstanceOf(PlaytchaDeniedException.class);
        });
    }

    @Test
    void nobodyIsAdmittedBeforeTheGuardHasSaidSoOrByAnotherDispatch() {
        inRequest((verifications, resource) -> {
            assertThatThrownBy(resource::get).isInstanceOf(PlaytchaDeniedException.class);
            verifications.rest().onMatchStart();
            assertThatThrownBy(resource::get).isInstanceOf(PlaytchaDeniedException.class);
            verifications.rest().onResourceMatched(Resource.class, null);
            verifications.rest().onResourceMatched(Resource.class, method("get"));
            verifications.rest().onMatchStart();
            assertThatThrownBy(resource::get).isInstanceOf(PlaytchaDeniedException.class);
        });
    }

    @Test
    void tokenParameterIsVerifiedThoughJakartaRestAdmittedAnother() {
        inRequest((verifications, resource) -> {
            verifications.rest().onMatchStart();
            verifications.rest().onResourceMatched(Resource.class, null);
            verifications.rest().onResourceMatched(Resource.class, method("token", String.class));

            assertThatThrownBy(() -> resource.token("")).isInstanceOf(PlaytchaDeniedException.class);
        });
    }

    @Test
    void locatorIsLeftToWhatItLeadsToWhileJakartaRestLooksForTheMethod() {
        inRequest((verifications, resource) -> {
            verifications.rest().onMatchStart();

            assertThat(resource.locate()).isEqualTo("done");
            assertThat(resource.locateByInterface()).isEqualTo("done");
        });
    }

    @Test
    void applicationThatIsGuardedAsAWholeCanBeAskedForItsResources() {
        try (Container app = Container.start(playtcha, Settings.none(), Sealed.class)) {
            Sealed application = app.get(Sealed.class);

            assertThat(application.getClasses()).containsExactly(Resource.class);
            assertThatThrownBy(application::other).isInstanceOf(PlaytchaDeniedException.class);
        }
    }

    @Test
    void locatorThatAnythingElseCallsIsGuarded() {
        inRequest((verifications, resource) -> {
            assertThatThrownBy(resource::locate).isInstanceOf(PlaytchaDeniedException.class);
            verifications.rest().onMatchStart();
            verifications.rest().onResourceMatched(Resource.class, null);
            assertThatThrownBy(resource::locate).isInstanceOf(PlaytchaDeniedException.class);
        });
    }

    @PlaytchaProtected
    interface Accounts {
        @POST
        String create();
    }

    @ApplicationScoped
    @Path("accounts")
    static class AccountsResource implements Accounts {
        @Override
        public String create() {
            return "done";
        }
    }

    @PlaytchaProtected
    interface Service {
        String serve();
    }

    @ApplicationScoped
    static class ServiceBean implements Service {
        @Override
        public String serve() {
            return "done";
        }
    }

    /** Jakarta REST takes annotations from interfaces, and CDI does not. */
    @Test
    void anAnnotatedInterfaceIsAWarningUnlessItIsOneOfAResource() {
        try (CapturedLog log = new CapturedLog(BeanInspector.class.getName(), Level.WARN)) {
            Container.start(playtcha, Settings.none(), AccountsResource.class, ServiceBean.class)
                    .close();

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("does not guard bean " + ServiceBean.class.getName());
        }
    }
}
