package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code @Inject Verification}. */
class CurrentVerificationTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    @ApplicationScoped
    static class Page {
        @Inject
        Verification verification;

        @PlaytchaProtected
        Verification guarded(@PlaytchaToken String token) {
            return verification;
        }

        Verification shown() {
            return verification;
        }
    }

    @Test
    void showsWhatTheGuardsOfThisVeryRequestDecided() {
        try (Container app = Container.start(playtcha, Settings.none(), Page.class)) {
            Page page = app.get(Page.class);

            app.inRequest(() -> {
                page.guarded("ok-degraded-1");
                Verification now = page.shown();
                assertThat(now.getOutcome()).isEqualTo(Outcome.VERIFIED);
                assertThat(now.isDegraded()).isTrue();
                assertThat(now.isAllowed()).isTrue();
                assertThat(now.getStatus()).isEqualTo(200);
                assertThat(now.getFields()).containsEntry("success", true);
                assertThat(now.toString()).contains("VERIFIED").contains("success");
                return null;
            });
            app.inRequest(() -> {
                assertThatThrownBy(() -> page.guarded("redeemed-1")).isInstanceOf(PlaytchaDeniedException.class);
                Verification now = page.shown();
                assertThat(now.getReason()).isEqualTo(Reason.ALREADY_REDEEMED);
                assertThat(now.isAllowed()).isFalse();
                assertThat(now.getError().getCode()).isEqualTo("already_redeemed");
                assertThat(now.getRetryAfter()).isNull();
                return null;
            });
        }
    }

    @Test
    void describesHowToGuardARequestThatNoGuardHasVerified() {
        try (Container app = Container.start(playtcha, Settings.none(), Page.class)) {
            Page page = app.get(Page.class);

            app.inRequest(() -> {
                assertThatThrownBy(() -> page.shown().isAllowed())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll("PlaytchaFilter", "url-patterns", "@PlaytchaProtected");
                assertThat(page.shown().toString()).contains("no guard has verified");
                return null;
            });
            assertThatThrownBy(() -> page.shown().isAllowed()).isInstanceOf(ContextNotActiveException.class);
        }
    }
}
