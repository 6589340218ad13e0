package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards without a container (contract, section 8). */
class PlaytchaGuardsTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void forget() {
        NamedListener.SEEN.clear();
    }

    @AfterEach
    void close() {
        playtcha.close();
    }

    private Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(
                Map.of("base-url", playtcha.baseUrl().toString(), "secret", playtcha.secret(), "timeout", "20s"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    @Test
    void theDefaultGuardVerifies() throws Exception {
        try (StandaloneGuards guards = PlaytchaGuards.open(settings())) {
            assertThat(guards.names()).containsExactly("default");
            assertThat(guards.verifier().verify("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);
            Verification later = guards.verifier()
                    .verifyAsync("invalid-1")
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertThat(later.getReason()).isEqualTo(Reason.TOKEN_INVALID);
        }
    }

    @Test
    void guardsHaveNamesAndSettingsOfTheirOwn() {
        playtcha.always(Reply.resetConnection());
        try (StandaloneGuards guards =
                PlaytchaGuards.open(settings("guards", "signup, payout", "guards.payout.fail-closed", "1"))) {
            assertThat(guards.names()).containsExactlyInAnyOrder("default", "signup", "payout");
            assertThat(guards.verifier("signup").verify("t-1").isAllowed()).isTrue();
            assertThat(guards.verifier("payout").verify("t-2").isAllowed()).isFalse();
            assertThat(guards.verifier("default").verify("t-3").isAllowed()).isTrue();
            assertThatThrownBy(() -> guards.verifier("contact"))
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("guard 'contact', which a call names, is not declared")
                    .hasMessageContaining("playtcha.guards declares only");
        }
    }

    @Test
    void explainPrintsTheSettingsWithoutSecrets() {
        try (StandaloneGuards guards = PlaytchaGuards.open(
                settings("secret", "sk-a-secret-of-the-shop", "guards", "payout", "guards.payout.fail-closed", "1"))) {
            assertThat(guards.explain())
                    .contains("guard 'payout'\n", "Problems: 0\n")
                    .containsPattern(" timeout +20s +key timeout of the map\n")
                    .containsPattern(" fail-closed +1 +key guards.payout.fail-closed of the map\n")
                    .containsPattern(" secret +\\*\\*\\* +key secret of the map\n")
                    .doesNotContain("sk-a-secret-of-the-shop");
        }
    }

    @Test
    void theDefaultGuardIsNotRequiredBesideNamedOnes() {
        Map<String, String> settings = Map.of(
                "guards",
                "signup",
                "guards.signup.base-url",
                playtcha.baseUrl().toString(),
                "guards.signup.secret",
                playtcha.secret());
        try (StandaloneGuards guards = PlaytchaGuards.open(settings)) {
            assertThat(guards.names()).containsExactly("signup");
            assertThatThrownBy(guards::verifier)
                    .isInstanceOf(PlaytchaConfigurationException.class)
                    .hasMessageContaining("base-url");
        }
    }

    @Test
    void oneErrorNamesEveryProblem() {
        assertThatExceptionOfType(PlaytchaConfigurationException.class)
                .isThrownBy(() -> PlaytchaGuards.open(
                        Map.of("secret", "s3cret-value", "timeout", "soon", "bas-url", "https://playtcha.example")))
                .satisfies(e -> assertThat(e.getProblems())
                        .anyMatch(problem -> problem.contains(
                                "key bas-url of the map is unknown; the nearest valid name is base-url."))
                        .anyMatch(problem -> problem.contains("timeout = \"soon\" from key timeout of the map"))
                        .anyMatch(problem -> problem.contains("base-url"))
                        .noneMatch(problem -> problem.contains("s3cret-value")));
        assertThatExceptionOfType(PlaytchaConfigurationException.class)
                .isThrownBy(() -> PlaytchaGuards.open(Map.of()))
                .satisfies(e -> assertThat(e.getProblems())
                        .anyMatch(problem -> problem.contains("base-url"))
                        .anyMatch(problem -> problem.contains("secret")));
    }

    @Test
    void listenersAreAddedAndRemoved() {
        VerificationListener listener = (guard, verification) -> seen.add(guard + " " + verification.getOutcome());
        try (StandaloneGuards guards = PlaytchaGuards.open(settings())) {
            guards.addListener(listener);
            guards.verifier().verify("ok-1");
            guards.removeListener(listener);
            guards.verifier().verify("ok-2");
        }
        assertThat(seen).containsExactly("default VERIFIED");
    }

    @Test
    void whatWasOpenedIsClosed() {
        StandaloneGuards guards = PlaytchaGuards.open(settings());
        PlaytchaVerifier verifier = guards.verifier();
        verifier.verify("ok-1");
        guards.close();
        guards.close();
        assertThatIllegalStateException().isThrownBy(() -> verifier.verify("ok-2"));
    }

    @Test
    void openedTwiceTheyAreIndependent() {
        try (StandaloneGuards one = PlaytchaGuards.open(settings())) {
            try (StandaloneGuards other = PlaytchaGuards.open(settings("fail-closed", "1"))) {
                other.addListener((guard, verification) -> seen.add("other"));
                playtcha.script(Reply.resetConnection(), Reply.resetConnection());
                assertThat(other.verifier().verify("t-1").isAllowed()).isFalse();
                assertThat(one.verifier().verify("t-2").isAllowed()).isTrue();
            }
            assertThat(one.verifier().verify("ok-1").isAllowed()).isTrue();
        }
        assertThat(seen).containsExactly("other");
    }

    @Test
    void listenersNamedAsServicesAreAddedAndABrokenOneIsLoggedOnce() {
        ClassLoader loader = Services.naming(
                folder,
                VerificationListener.class,
                NamedListener.Broken.class.getName(),
                "com.example.Absent",
                Services.class.getName(),
                NamedListener.class.getName());
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.runtime", Level.WARN);
                StandaloneGuards guards = Services.with(loader, () -> PlaytchaGuards.open(settings()))) {
            guards.verifier().verify("ok-1");
            assertThat(NamedListener.SEEN).containsExactly("default VERIFIED");
            assertThat(log.everything())
                    .contains(
                            "NamedListener$Broken",
                            "com.example.Absent",
                            "com.playtcha.jakarta.Services not a subtype");
            assertThat(log.lines())
                    .hasSize(3)
                    .containsOnly("ERROR A VerificationListener in META-INF/services cannot be used and is left out");
        }
    }

    @Test
    void durationIsThatOfTheCallAndZeroWithoutOne() {
        try (StandaloneGuards guards = PlaytchaGuards.open(settings("max-token-length", "100"))) {
            PlaytchaVerifier verifier = guards.verifier();
            playtcha.script(Reply.ok().delay(Duration.ofMillis(200)));
            assertThat(verifier.verify("ok-1").getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
            assertThat(verifier.verify("invalid-1").getDuration()).isPositive();
            assertThat(verifier.verify("rate-limited-60").getDuration()).isPositive();
            Verification throttled = verifier.verify("ok-2");
            assertThat(throttled.getReason()).isEqualTo(Reason.THROTTLE_WINDOW);
            assertThat(throttled.getDuration()).isZero();
            assertThat(verifier.verify(null).getDuration()).isZero();
            assertThat(verifier.verify("a".repeat(101)).getDuration()).isZero();
        }
        try (StandaloneGuards off = PlaytchaGuards.open(Map.of("enabled", "false"))) {
            assertThat(off.verifier().verify("ok-1").getDuration()).isZero();
        }
    }
}
