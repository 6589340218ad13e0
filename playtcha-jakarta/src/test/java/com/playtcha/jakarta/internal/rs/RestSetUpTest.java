package com.playtcha.jakarta.internal.rs;

import static com.playtcha.jakarta.internal.rs.RestOutcomesTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.VerificationBuilder;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Application;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4 of the contract, where annotations ask for guards; and how the feature comes to be registered. */
class RestSetUpTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void stop() {
        playtcha.close();
    }

    /** Names guards that nobody declared. */
    @Path("undeclared")
    public static class Undeclared {
        @POST
        @Path("one")
        @PlaytchaProtected("one")
        public String one() {
            return "reached";
        }

        @POST
        @Path("two")
        @PlaytchaProtected("two")
        public String two() {
            return "reached";
        }
    }

    /** As a guarded bean elsewhere would, whose exception came over a wire. */
    @Path("remote")
    public static class Remote {
        @POST
        public String denied() throws IOException, ClassNotFoundException {
            PlaytchaDeniedException denied = new PlaytchaDeniedException(
                    "default", VerificationBuilder.because(Reason.TOKEN_ABSENT).build());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(denied);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                throw (PlaytchaDeniedException) in.readObject();
            }
        }
    }

    private static Application application(Map<String, Object> properties, Class<?>... classes) {
        return new Application() {
            @Override
            public Set<Class<?>> getClasses() {
                return Set.of(classes);
            }

            @Override
            public Map<String, Object> getProperties() {
                return properties;
            }
        };
    }

    @Test
    void undeclaredGuardsRefuseTheApplicationInOneMessage() {
        assertThatThrownBy(() -> RestApp.start(RestApp.asking(playtcha), Undeclared.class))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll("2 problems", "'one'", "'two'", "Undeclared.one", "Undeclared.two");
    }

    @Test
    void missingSettingsRefuseTheApplication() {
        assertThatThrownBy(() -> RestApp.start(Map.of(), SignUpResource.class))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContainingAll("base-url is not set", "secret");
    }

    @Test
    void applicationThatGuardsNothingNeedsNoSettings() {
        try (RestApp app = RestApp.start(Map.of(), Remote.class)) {
            assertThat(app.post("/remote", "").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void anApplicationMayHaveNoClasses() {
        Application application = new Application() {
            /** Null is the same as an empty set, by the API's documentation. */
            @Override
            @SuppressWarnings("NullAway")
            public Set<Class<?>> getClasses() {
                return null;
            }

            @Override
            public Set<Object> getSingletons() {
                return Set.of(new Remote());
            }
        };
        try (RestApp app = RestApp.start(Map.of(), application)) {
            assertThat(app.post("/remote", "").statusCode()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void featureCanBeRegisteredByHandAsWell(boolean loadServices) {
        Application application = application(
                Map.of("jakarta.ws.rs.loadServices", loadServices), SignUpResource.class, PlaytchaRestFeature.class);
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), application)) {
            assertProblem(app.post("/signup", ""), 400, "token_missing");
            assertThat(app.post("/signup", "x", "X-Playtcha-Token", "ok-1").body())
                    .isEqualTo("VERIFIED,true,success:x");
            assertThat(playtcha.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void denialWhoseVerificationWasLostIsStillADenial() {
        try (RestApp app = RestApp.start(RestApp.asking(playtcha), Remote.class)) {
            assertProblem(app.post("/remote", ""), 403, "rejected");
        }
    }

    /** Guarded as a whole. */
    @PlaytchaProtected("signup")
    public static class Sealed extends Application {
        @Override
        public Set<Class<?>> getClasses() {
            return Set.of(SignUpResource.class);
        }
    }

    @Test
    void annotationOfTheApplicationGuardsWhatNothingElseDoes() {
        Map<String, String> settings =
                RestApp.asking(playtcha, "guards", "signup", "guards.signup.fail-closed", "true");
        try (RestApp app = RestApp.start(settings, new Sealed())) {
            assertProblem(app.post("/signup/free", ""), 400, "token_missing");
            assertProblem(app.post("/signup/free", "", "X-Playtcha-Token", "db-error-1"), 503, "db_error");
            assertThat(app.post("/signup", "x", "X-Playtcha-Token", "db-error-2")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void guardOfTheApplicationMustBeDeclared() {
        assertThatThrownBy(() -> RestApp.start(RestApp.asking(playtcha), new Sealed()))
                .isInstanceOf(PlaytchaConfigurationException.class)
                .hasMessageContaining("'signup'");
    }
}
