package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Contract, section 3: what all visitors' bodies take at once is bounded. */
class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);

    private void assertNoRoomFor(long contentLength) {
        assertThatExceptionOfType(UnusableBodyException.class)
                .isThrownBy(() -> budget.reserve(contentLength, 1000))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.LOCAL_RESOURCES));
    }

    @Test
    void roomIsGivenUntilTheBudgetIsUsedUp() throws Exception {
        BodyBudget.Room first = budget.reserve(60, 1000);
        assertNoRoomFor(41);
        budget.reserve(40, 1000);
        assertNoRoomFor(1);
        budget.reserve(0, 1000).release();

        first.release();
        first.release();
        budget.reserve(60, 1000);
        assertNoRoomFor(1);
    }

    @Test
    void aBodyOfUnknownLengthHasRoomForTheGreatestUntilItWasRead() throws Exception {
        BodyBudget.Room chunked = budget.reserve(-1, 79);
        assertNoRoomFor(21);
        chunked.resize(10);
        budget.reserve(90, 1000);
        assertThatExceptionOfType(UnusableBodyException.class).isThrownBy(() -> chunked.resize(11));
        chunked.release();
        budget.reserve(10, 1000);
        assertNoRoomFor(1);
    }

    @Test
    void aLimitAboveTheBudgetRefusesOnlyBodiesThatDoNotFit() throws Exception {
        BodyBudget.Room chunked = budget.reserve(-1, 1_000_000);
        chunked.resize(100);
        assertThatExceptionOfType(UnusableBodyException.class).isThrownBy(() -> chunked.resize(101));
    }

    @Test
    void aLimitAboveTheBudgetIsAWarning() {
        try (CapturedLog log = new CapturedLog(BodyBudget.class.getName(), Level.WARN)) {
            budget.check("fits", 100);
            assertThat(log.lines()).isEmpty();
            budget.check("login", 101);
            assertThat(log.lines()).singleElement().asString().contains("more than 100 bytes", "\"login\" is 101");
        }
    }

    @Test
    void aBodyOverItsOwnLimitTakesNoRoom() throws Exception {
        assertThatExceptionOfType(UnusableBodyException.class)
                .isThrownBy(() -> budget.reserve(11, 10))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BODY_TOO_LARGE));
        budget.reserve(100, 100);
    }

    @Test
    void roomThatNobodyReleasedComesBackWithTheGarbage() throws Exception {
        budget.reserve(100, 1000);

        Awaitility.await()
                .ignoreExceptionsInstanceOf(UnusableBodyException.class)
                .until(() -> {
                    System.gc();
                    budget.reserve(100, 1000).release();
                    return true;
                });
    }
}
