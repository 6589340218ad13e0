package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.ThrottleChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Contract, section 2: the throttle window, the fail-open budget, and no second unverified pass for a token. */
class LimitsTest {
    private static final Project P = new Project("p", "p");
    private static final Project Q = new Project("q", "q");

    private final TestTicker ticker = new TestTicker();

    @Test
    void aWindowIsOpenForItsTimeAndNotLonger() {
        ThrottleWindow window = new ThrottleWindow(ticker, TestResults.endpoint("host:1"), change -> {});
        assertThat(window.remaining()).isZero();

        assertThat(window.open(Duration.ofSeconds(7), false)).isTrue();
        ticker.advance(Duration.ofMillis(6_999));
        assertThat(window.remaining()).isEqualTo(Duration.ofMillis(1));
        ticker.advance(Duration.ofMillis(1));

        assertThat(window.remaining()).isZero();
        assertThat(window.open(Duration.ofSeconds(1), false)).as("a new window").isTrue();
    }

    @Test
    void aSecond429LengthensTheWindowAndNeverShortensIt() {
        ThrottleWindow window = new ThrottleWindow(ticker, TestResults.endpoint("host:1"), change -> {});
        window.open(Duration.ofSeconds(10), false);

        assertThat(window.open(Duration.ofSeconds(3), false)).isFalse();
        assertThat(window.remaining()).isEqualTo(Duration.ofSeconds(10));
        assertThat(window.open(Duration.ofSeconds(30), false)).isFalse();
        assertThat(window.remaining()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aWindowThatIsResetEndsAtOnceAndSaysSoOnce() {
        List<ThrottleChange> changes = new ArrayList<>();
        ThrottleWindow window = new ThrottleWindow(ticker, TestResults.endpoint("host:1"), changes::add);
        window.addGuard("signup");
        window.reset();
        assertThat(changes).as("it was closed").isEmpty();

        window.open(Duration.ofSeconds(10), false);
        window.reset();
        assertThat(changes).extracting(ThrottleChange::throttled).containsExactly(true, false);
        assertThat(changes).allSatisfy(change -> assertThat(change.guards()).containsExactly("signup"));
        assertThat(window.remaining()).isZero();
        assertThat(window.open(Duration.ofSeconds(3), false)).as("a new window").isTrue();
        assertThat(window.remaining()).isEqualTo(Duration.ofSeconds(3));

        ticker.advance(Duration.ofSeconds(3));
        assertThat(window.open(Duration.ofSeconds(1), false))
                .as("a new one, though nobody asked since the end of the last")
                .isTrue();
        assertThat(changes).extracting(ThrottleChange::throttled).containsExactly(true, false, true, false, true);
    }

    @Test
    void verifiedTokensAreRememberedForTenSecondsAndTheOldestGiveWay() {
        VerifiedTokens tokens = new VerifiedTokens(ticker);
        tokens.add("t0");
        ticker.advance(VerifiedTokens.KEPT.minusNanos(1));
        assertThat(tokens.contains("t0")).isTrue();
        assertThat(tokens.contains("t1")).isFalse();
        ticker.advance(Duration.ofNanos(1));
        assertThat(tokens.contains("t0")).isFalse();

        for (int i = 0; i <= 1 << 16; i++) {
            tokens.add("t" + i);
        }
        assertThat(tokens.contains("t0"))
                .as("of one more than there is room for")
                .isFalse();
        assertThat(tokens.contains("t1")).isTrue();
        assertThat(tokens.contains("t" + (1 << 16))).isTrue();
    }

    @Test
    void theBudgetSlidesOverAMinute() {
        FailOpenBudget budget = new FailOpenBudget(OptionalInt.of(2), ticker);
        assertThat(budget.tryAcquire()).isNotNull();
        ticker.advance(Duration.ofSeconds(30));
        assertThat(budget.tryAcquire()).isNotNull();
        assertThat(budget.tryAcquire()).isNull();

        ticker.advance(Duration.ofSeconds(30));
        assertThat(budget.tryAcquire()).as("the first is a minute old").isNotNull();
        assertThat(budget.tryAcquire()).as("the second is not").isNull();
    }

    @Test
    void aBudgetOfZeroNeverLetsAnyoneThrough() {
        assertThat(new FailOpenBudget(OptionalInt.of(0), ticker).tryAcquire()).isNull();
    }

    @Test
    void aTokenIsGrantedOnceInFiveMinutesAndProject() {
        ReplayGuard tokens = new ReplayGuard(ticker);
        assertThat(tokens.tryAdd(P, "t")).isNull();
        assertThat(tokens.tryAdd(P, "t")).isEqualTo(Reason.REPEATED_UNVERIFIED);
        assertThat(tokens.tryAdd(Q, "t")).isNull();
        assertThat(tokens.tryAdd(P, "u")).isNull();

        ticker.advance(Duration.ofMinutes(5).minusNanos(1));
        assertThat(tokens.tryAdd(P, "t")).isEqualTo(Reason.REPEATED_UNVERIFIED);
        ticker.advance(Duration.ofNanos(1));
        assertThat(tokens.tryAdd(P, "t")).isNull();
    }

    @Test
    void whatIsGivenBackToTheBudgetDoesNotCount() {
        FailOpenBudget budget = new FailOpenBudget(OptionalInt.of(1), ticker);
        budget.release(budget.tryAcquire());

        assertThat(budget.tryAcquire()).isNotNull();
    }

    @Test
    void aRequestThatIsDeniedAfterAllGivesBackItsOwnPlace() {
        FailOpenBudget budget = new FailOpenBudget(OptionalInt.of(2), ticker);
        long first = budget.tryAcquire();
        ticker.advance(Duration.ofSeconds(30));
        assertThat(budget.tryAcquire()).isNotNull();
        budget.release(first);

        ticker.advance(Duration.ofSeconds(30));
        assertThat(budget.tryAcquire()).isNotNull();
        assertThat(budget.tryAcquire()).as("the second is half a minute old").isNull();
    }

    @Test
    void whenFullFurtherTokensAreRefusedAndNoneIsForgotten() {
        ReplayGuard tokens = new ReplayGuard(ticker);
        for (int i = 0; i < ReplayGuard.CAPACITY; i++) {
            tokens.tryAdd(P, "t" + i);
        }

        assertThat(tokens.tryAdd(P, "c")).isEqualTo(Reason.REPLAY_GUARD_FULL);
        assertThat(tokens.tryAdd(P, "t0")).isEqualTo(Reason.REPEATED_UNVERIFIED);
        ticker.advance(Duration.ofMinutes(5));
        assertThat(tokens.tryAdd(P, "c")).isNull();
    }
}
