package com.playtcha.jakarta.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.cdi.Container.Settings;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A container that knows no portable extensions, as those of CDI Lite are, takes the one for builds. */
class LiteTest {
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @BeforeEach
    void hidePortableExtension() {
        Thread.currentThread().setContextClassLoader(new ClassLoader(before) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                Enumeration<URL> all = super.getResources(name);
                return name.equals("META-INF/services/jakarta.enterprise.inject.spi.Extension")
                        ? Collections.enumeration(Collections.list(all).stream()
                                .filter(url -> !url.toString().contains("playtcha"))
                                .toList())
                        : all;
            }
        });
    }

    @AfterEach
    void showIt() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @ApplicationScoped
    static class SignUp {
        @Inject
        @PlaytchaGuard("signup")
        PlaytchaVerifier verifier;

        @PlaytchaProtected
        String open(@PlaytchaToken String token) {
            return "done";
        }

        PlaytchaVerifier verifier() {
            return verifier;
        }
    }

    @Test
    void beansAreThereAndSettingsAreRequired() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            Settings settings = Settings.of("guards", "signup").and("guards.signup.fail-closed", "true");
            try (Container app = Container.start(playtcha, settings, SignUp.class)) {
                assertThat(app.has(PlaytchaExtension.class)).isFalse();
                assertThat(app.get(SignUp.class).open("ok-1")).isEqualTo("done");
                assertThatThrownBy(() -> app.get(SignUp.class).open("ok-1"))
                        .isInstanceOf(PlaytchaDeniedException.class);
                assertThat(app.get(SignUp.class).verifier().verify("db-error-1").isAllowed())
                        .isFalse();
            }
        }
        assertThatThrownBy(() -> Container.start(Settings.none(), SignUp.class).close())
                .hasStackTraceContaining("method " + SignUp.class.getName() + ".open")
                .hasStackTraceContaining("field " + SignUp.class.getName() + ".verifier");
    }
}
