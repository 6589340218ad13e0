package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.FailureCounter;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to show a token, of beans that are called without a request (contract, section 11). */
class RequiredTokenOfBeansTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    @ApplicationScoped
    static class Transfer {
        @Inject
        Verification verification;

        @PlaytchaProtected
        Reason send(@PlaytchaToken String token) {
            return verification.getReason();
        }
    }

    @ApplicationScoped
    static class Opened implements ChallengePolicy {
        static volatile boolean required;

        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            assertThat(request.getMethod() + request.getPath()).isEmpty();
            assertThat(request.getRemoteAddress()).isNull();
            assertThat(request.getPrincipal()).isNull();
            return required;
        }
    }

    @ApplicationScoped
    static class SharedCounter implements FailureCounter {
        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @Override
        public void record(String key, Duration window) {
            SEEN.add(key);
        }

        @Override
        public int count(String key, Duration window) {
            return SEEN.size();
        }

        @Override
        public void clear(String key) {}
    }

    /** Where they are not seen by beans of the library, as on GlassFish, they count all the same. */
    private Container start(boolean isSeen, Class<?>... beans) {
        return isSeen
                ? Container.start(playtcha, Settings.none(), beans)
                : Container.startUnseen(playtcha, Settings.none(), beans);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPolicyIsABean(boolean isSeen) {
        try (Container app = start(isSeen, Transfer.class, Opened.class)) {
            Opened.required = false;
            assertThat(app.get(Transfer.class).send("ok-1")).isEqualTo(Reason.CHALLENGE_POLICY);
            assertThat(playtcha.requestCount()).isZero();
            Opened.required = true;
            assertThat(app.get(Transfer.class).send("ok-1")).isEqualTo(Reason.SUCCESS);
            assertThatThrownBy(() -> app.get(Transfer.class).send(null)).isInstanceOf(PlaytchaDeniedException.class);
        }
    }

    @Test
    void ofACallerOfWhomNothingIsKnownATokenIsRequired() {
        Settings settings = Settings.of("exempt-roles", "*")
                .and("exempt-addresses", "0.0.0.0/0")
                .and("after-failures", "3")
                .and("session-pass", "3");
        try (Container app = Container.start(playtcha, settings, Transfer.class)) {
            assertThat(app.get(Transfer.class).send("ok-1")).isEqualTo(Reason.SUCCESS);
            assertThatThrownBy(() -> app.get(Transfer.class).send(null)).isInstanceOf(PlaytchaDeniedException.class);
        }
    }

    @Dependent
    static class Strict implements ChallengePolicy {
        static volatile int ended;

        @Override
        public boolean isTokenRequired(ChallengeRequest request) {
            return true;
        }

        @PreDestroy
        void end() {
            ended++;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneOfTwoPoliciesIsEnough(boolean isSeen) {
        Strict.ended = 0;
        Opened.required = false;
        try (Container app = start(isSeen, Transfer.class, Opened.class, Strict.class)) {
            assertThatThrownBy(() -> app.get(Transfer.class).send(null)).isInstanceOf(PlaytchaDeniedException.class);
            assertThatThrownBy(() -> app.get(Transfer.class).send(null)).isInstanceOf(PlaytchaDeniedException.class);
            assertThat(Strict.ended).isZero();
        }
        assertThat(Strict.ended).isEqualTo(1);
    }

    @Test
    void aPolicyThatIsSeenDoesNotHideOneThatIsNot() {
        Opened.required = false;
        try (Container app = Container.start(
                playtcha, new OneWayWeld(Opened.class), Settings.none(), Transfer.class, Strict.class)) {
            assertThatThrownBy(() -> app.get(Transfer.class).send(null)).isInstanceOf(PlaytchaDeniedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCounterIsABean(boolean isSeen) {
        SharedCounter.SEEN.clear();
        try (Container app = start(isSeen, Transfer.class, SharedCounter.class)) {
            PlaytchaGuards guards = app.get(CdiApplication.class).application();
            guards.failures().record("192.0.2.1", "ann");
            assertThat(SharedCounter.SEEN).hasSize(2).first().isEqualTo("address:c0000201");
            assertThat(guards.failures().count("192.0.2.1")).isEqualTo(2);
        }
    }

    /** A second counter. */
    @ApplicationScoped
    static class OtherCounter extends SharedCounter {}

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoCountersAreReportedAsWhatTheyAre(boolean isSeen) {
        Opened.required = false;
        try (CapturedLog log = new CapturedLog("com.playtcha", Level.WARN);
                Container app = start(isSeen, Transfer.class, Opened.class, SharedCounter.class, OtherCounter.class)) {
            assertThat(app.get(Transfer.class).send(null)).isEqualTo(Reason.CHALLENGE_POLICY);
            PlaytchaGuards guards = app.get(CdiApplication.class).application();
            assertThat(guards.failures().count("192.0.2.1")).isEqualTo(Integer.MAX_VALUE);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("more than one FailureCounter"))
                    .noneMatch(line -> line.contains("ChallengePolicy failed"));
        }
    }
}
