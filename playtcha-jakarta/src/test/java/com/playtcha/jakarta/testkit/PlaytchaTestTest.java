package com.playtcha.jakarta.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The extension of the test kit, and what reads well in a test; each case is a test class that JUnit runs. */
class PlaytchaTestTest {
    static final List<String> SEEN = new ArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
        System.clearProperty("playtcha.base-url");
        System.clearProperty("playtcha.secret");
    }

    private static void run(Class<?> test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(test))
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        assertThat(summary.getSummary().getFailures())
                .extracting(failure -> String.valueOf(failure.getException()))
                .isEmpty();
        assertThat(summary.getSummary().getTestsSucceededCount()).isPositive();
    }

    @Test
    void theSettingsAreThereBeforeTheTestsOwnSetUpAndGoneAfterIt() {
        System.setProperty("playtcha.secret", "of-before");

        run(SetUpCase.class);

        assertThat(SEEN).containsExactly("same address, test-secret");
        assertThat(System.getProperty("playtcha.base-url")).isNull();
        assertThat(System.getProperty("playtcha.secret")).isEqualTo("of-before");
    }

    @PlaytchaTest
    static class SetUpCase {
        static PlaytchaStandIn playtcha;

        @BeforeAll
        static void start(PlaytchaStandIn parameter) {
            boolean same = System.getProperty("playtcha.base-url")
                            .equals(playtcha.baseUrl().toString())
                    && parameter == playtcha;
            SEEN.add((same ? "same" : "another") + " address, " + System.getProperty("playtcha.secret"));
        }

        @Test
        void runs() {
            assertThat(playtcha.properties())
                    .containsEntry("playtcha.base-url", System.getProperty("playtcha.base-url"));
        }

        @AfterAll
        static void stillThere() {
            assertThat(System.getProperty("playtcha.secret")).isEqualTo("test-secret");
        }
    }

    @Test
    void eachTestStartsWithAStandInThatHasSeenNothing() {
        run(ResetCase.class);

        assertThat(SEEN).hasSize(3);
    }

    @PlaytchaTest
    static class ResetCase {
        PlaytchaStandIn playtcha;

        @Test
        void one(TestInfo info) {
            use(info);
        }

        @Test
        void two(TestInfo info) {
            use(info);
        }

        @Nested
        class Inner {
            @Test
            void three(TestInfo info, PlaytchaStandIn ofOuter) {
                assertThat(ofOuter).isSameAs(playtcha);
                use(info);
            }
        }

        private void use(TestInfo info) {
            playtcha.verifications().never();
            try (StandaloneGuards guards = PlaytchaGuards.open(Map.of("timeout", "20s", "connect-timeout", "10s"))) {
                assertThat(guards.verifier().verify("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);
            }
            playtcha.verifications().of("ok-1").once().answered(200);
            playtcha.refuse();
            SEEN.add(info.getDisplayName());
        }
    }

    @Test
    void oneInstanceOfATestClassHasTheStandInBeforeItsOwnSetUp() {
        run(OneInstanceCase.class);

        assertThat(SEEN).containsExactly("set up", "one", "two");
        assertThat(System.getProperty("playtcha.base-url")).isNull();
    }

    /** JUnit creates its instance, for which Spring starts an application, before it calls {@code beforeAll}. */
    @PlaytchaTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstanceCase {
        PlaytchaStandIn playtcha;

        @BeforeAll
        void start() {
            assertThat(playtcha.properties())
                    .containsEntry("playtcha.base-url", System.getProperty("playtcha.base-url"));
            SEEN.add("set up");
        }

        @Test
        void one() {
            SEEN.add("one");
        }

        @Nested
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        class Inner {
            @Test
            void two(PlaytchaStandIn ofOuter) {
                assertThat(ofOuter).isSameAs(playtcha);
                SEEN.add("two");
            }
        }
    }

    @Test
    void aRegisteredExtensionTakesSettingsAndAStandInOfItsOwn() {
        run(ControlCase.class);

        assertThat(System.getProperty("playtcha.mode")).isNull();
    }

    static class ControlCase {
        @RegisterExtension
        static final PlaytchaExtension PLAYTCHA =
                new PlaytchaExtension(PlaytchaStandIn.builder().secret("another")).with("playtcha.mode", "monitor");

        @Test
        void runs() {
            assertThat(System.getProperty("playtcha.mode")).isEqualTo("monitor");
            assertThat(System.getProperty("playtcha.secret")).isEqualTo("another");
            PLAYTCHA.standIn().verifications().never();
        }
    }

    @Test
    void extensionsOfOneClassHaveTheirOwnStandInsAndSettings() {
        run(TwoStandInsCase.class);

        assertThat(SEEN).containsExactly("one", "two");
        assertThat(System.getProperty("playtcha.base-url")).isNull();
        assertThat(System.getProperty("playtcha.mode")).isNull();
    }

    static class TwoStandInsCase {
        @RegisterExtension
        @Order(1)
        static final PlaytchaExtension FIRST =
                new PlaytchaExtension(PlaytchaStandIn.builder().secret("of-first"));

        @RegisterExtension
        @Order(2)
        static final PlaytchaExtension SECOND =
                new PlaytchaExtension(PlaytchaStandIn.builder().secret("of-second")).with("playtcha.mode", "monitor");

        static PlaytchaStandIn injected;

        @Test
        void one(PlaytchaStandIn parameter) {
            assertThat(FIRST.standIn().secret()).isEqualTo("of-first");
            assertThat(SECOND.standIn().secret()).isEqualTo("of-second");
            // The last one has the system properties, and so the application.
            assertThat(System.getProperty("playtcha.secret")).isEqualTo("of-second");
            assertThat(System.getProperty("playtcha.mode")).isEqualTo("monitor");
            assertThat(parameter).isSameAs(SECOND.standIn()).isSameAs(injected);
            SEEN.add("one");
        }

        @Nested
        class Inner {
            @Test
            void two(PlaytchaStandIn parameter) {
                assertThat(parameter).isSameAs(SECOND.standIn()).isNotSameAs(FIRST.standIn());
                SEEN.add("two");
            }
        }
    }

    @Test
    void aNestedClassAddsSettingsForItself() {
        run(MoreSettingsCase.class);

        assertThat(SEEN).containsExactly("monitor", "null");
        assertThat(System.getProperty("playtcha.base-url")).isNull();
    }

    @PlaytchaTest
    static class MoreSettingsCase {
        PlaytchaStandIn playtcha;

        @Nested
        class InMonitorMode {
            @RegisterExtension
            static final PlaytchaExtension MORE = new PlaytchaExtension().with("playtcha.mode", "monitor");

            @Test
            void runs(PlaytchaStandIn parameter) {
                assertThat(parameter).isSameAs(MORE.standIn()).isSameAs(playtcha);
                SEEN.add(System.getProperty("playtcha.mode"));
            }
        }

        @AfterAll
        static void asBefore() {
            SEEN.add(String.valueOf(System.getProperty("playtcha.mode")));
            assertThat(System.getProperty("playtcha.secret")).isEqualTo("test-secret");
        }
    }

    @Test
    void healingEndsPausesAndClosesBreakers() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                StandaloneGuards guards = PlaytchaGuards.open(Map.of(
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "secret",
                        playtcha.secret(),
                        "timeout",
                        "20s",
                        "connect-timeout",
                        "10s"))) {
            playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "60"));
            assertThat(guards.verifier().verify("ok-1").getOutcome()).isEqualTo(Outcome.THROTTLED);
            assertThat(guards.verifier().verify("ok-1").getReason()).isEqualTo(Reason.THROTTLE_WINDOW);

            playtcha.heal();
            assertThat(guards.verifier().verify("ok-1").getOutcome()).isEqualTo(Outcome.VERIFIED);

            playtcha.refuse();
            for (int i = 0; i < 60; i++) {
                guards.verifier().verify("lost-" + i);
            }
            assertThat(guards.verifier().verify("lost-60").getReason()).isEqualTo(Reason.BREAKER_OPEN);
            playtcha.accept();

            playtcha.heal();
            assertThat(guards.verifier().verify("ok-2").getOutcome()).isEqualTo(Outcome.VERIFIED);
        }
    }

    @Test
    void assertionsSayWhatWasReceived() {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                StandaloneGuards guards = PlaytchaGuards.open(Map.of(
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "secret",
                        playtcha.secret(),
                        "timeout",
                        "20s",
                        "connect-timeout",
                        "10s"))) {
            guards.verifier().verify("ok-1");
            guards.verifier().verify("ok-1");
            playtcha.script(Reply.closeWithoutAnswer(), Reply.ok().truncateAfter(0));
            guards.verifier().verify("lost-1");
            guards.verifier().verify("lost-2");

            Verifications all = playtcha.verifications();
            assertThat(all.times(4).tokens()).containsExactly("ok-1", "ok-1", "lost-1", "lost-2");
            all.of("lost-2").once().unanswered();
            all.of("ok-1").times(2).answered(409);
            all.of("lost-1").once().unanswered();
            all.of("other").never();
            assertThatThrownBy(() -> all.of("ok-1").once())
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Expected 1 of the verifications of the token ok-1: [ok-1 answered with 200, ok-1"
                            + " answered with 409]");
            assertThatThrownBy(() -> all.of("lost-1").answered(200))
                    .hasMessageContaining("lost-1 answered with nothing");
            assertThatThrownBy(() -> all.of("other").answered(200)).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> all.of("ok-1").unanswered()).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void aFixedVerifierNeedsNoService() {
        FixedVerifier verifier = FixedVerifier.of(Outcome.UNAVAILABLE);

        Verification verification = verifier.verify("t-1");

        assertThat(verification.getOutcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(verification.isAllowed()).isTrue();
        assertThat(verifier.verify(" ").getOutcome()).isEqualTo(Outcome.NO_TOKEN);
        assertThat(verifier.verifyAsync("t-2").toCompletableFuture().join().getOutcome())
                .isEqualTo(Outcome.UNAVAILABLE);
        assertThat(verifier.tokens()).containsExactly("t-1", "t-2");
        assertThat(FixedVerifier.of(Outcome.REJECTED).verify("t").isAllowed()).isFalse();
        // A guard that is switched off looks at no token.
        assertThat(FixedVerifier.of(Outcome.DISABLED).verify(null).isAllowed()).isTrue();
    }
}
