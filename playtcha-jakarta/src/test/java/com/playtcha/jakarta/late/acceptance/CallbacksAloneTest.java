package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.CallbackBehavior;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Results that come by callback only: whatever goes wrong, what was said to be taken is handled, and once. */
class CallbacksAloneTest extends AcceptanceFixture {

    @Test
    void aResultArrives() {
        start(callbacks());
        String id = task();

        service.complete(id, "done");
        deliver(id);

        awaitEffect(id, "done");
        assertThat(service.pollCount()).isZero();
    }

    @Test
    void theServerIsDownAtDelivery() {
        start(callbacks());
        String id = task();
        stop();

        service.complete(id, "done");
        untilItIsTaken(id);
        awaitAnswer(id, 0);
        startAgain();

        awaitEffect(id, "done");
    }

    @Test
    void theServerAnswers500() {
        start(callbacks());
        String id = task();
        front(answering(500));

        service.complete(id, "done");
        untilItIsTaken(id);
        awaitAnswer(id, 500);
        assertThat(effects.all()).isEmpty();
        front((request, response, chain) -> chain.doFilter(request, response));

        awaitEffect(id, "done");
    }

    @Test
    void aCallbackThatNobodyListensToTheAnswerOfIsRepeatedAndHasEffectOnce() {
        start(callbacks());
        String id = task();

        service.complete(id, "done");
        service.schedule(id, CallbackBehavior.once().unheard().attempts(4, Duration.ofMillis(50)));
        service.awaitCallbacks(4, Duration.ofSeconds(60));
        deliver(id);

        awaitEffect(id, "done");
    }

    @Test
    void callbacksOvertakeEachOther() {
        start(callbacks());
        List<String> ids = List.of(task(), task(), task(), task(), task());

        for (int i = 0; i < ids.size(); i++) {
            service.complete(ids.get(i), "done " + i);
            service.schedule(ids.get(i), CallbackBehavior.once().after(Duration.ofMillis(400 - 100L * i)));
        }

        for (int i = 0; i < ids.size(); i++) {
            awaitEffect(ids.get(i), "done " + i);
        }
    }

    @Test
    void anIdThatNobodyTrackedIsKeptAndHandled() {
        start(callbacks());
        String id = service.createTask();

        service.complete(id, "done");
        deliver(id);

        awaitEffect(id, "done");
        assertThat(track(id)).isEqualTo("DELIVERED");
    }

    @Test
    void aWrongKeyChangesNothing() {
        start(callbacks());
        String id = task();
        service.complete(id, "done");

        service.schedule(
                id, CallbackBehavior.once().withKey("a-key-of-somebody-else").withCode("forged"));
        service.schedule(id, CallbackBehavior.once().withKey("").withCode("forged"));
        service.awaitCallbacks(2, Duration.ofSeconds(60));

        assertThat(service.callbacks())
                .allSatisfy(sent -> assertThat(sent.status()).hasValue(403));
        assertThat(track(id)).isEqualTo("AWAITING");
        deliver(id);
        awaitEffect(id, "done");
    }

    static List<String> hostileIds() {
        return List.of(
                "../../../../etc/passwd",
                "..\\..\\windows\\win.ini",
                "/dev/null",
                "C:con",
                "id'; DROP TABLE effects; --",
                "%00%2e%2e%2f",
                "${jndi:ldap://127.0.0.1/a}",
                "<script>alert(1)</script>",
                "a b+c&id=d;e",
                "\uD83D\uDE00\u202Eevil\u0301\uFFFF",
                String.join("", Collections.nCopies(200, "\u20AC")));
    }

    @ParameterizedTest
    @MethodSource("hostileIds")
    void aHostileIdIsAnIdAndNothingElse(String id) {
        start(callbacks());
        service.createTask(id);
        service.complete(id, "done");

        deliver(id);
        awaitEffect(id, "done");
        database.takeAway();
        service.schedule(id, CallbackBehavior.once().withCode("other"));
        service.awaitCallbacks(2, Duration.ofSeconds(60));

        // The second one went to a file, whose name is not the sender's to choose.
        assertThat(service.callbacks().get(1).status()).hasValue(200);
        assertThat(spooledFiles())
                .singleElement()
                .satisfies(file -> assertThat(file.getFileName().toString()).matches("[A-Za-z0-9._-]+"));
        database.giveBack();
        await().atMost(Duration.ofSeconds(60)).until(() -> spooledFiles().isEmpty());
        assertThat(effects.of(id)).containsExactly("done");
    }

    static List<String> hostileCodes() {
        return List.of(
                "'); DELETE FROM effects; --",
                "\u0000\u0001\r\nSet-Cookie: a=b\r\n\r\n",
                "{\"status\":1,\"request\":\"x\"}",
                "\\u0041\\",
                "\uD83D\uDE00\u202E\uFFFF",
                String.join("", Collections.nCopies(64 * 1024, "x")));
    }

    @ParameterizedTest
    @MethodSource("hostileCodes")
    void aHostileCodeReachesTheHandlerAsItWasSent(String code) {
        start(callbacks());
        String id = task();

        service.complete(id, code);
        deliver(id);

        awaitEffect(id, code);
    }

    static List<List<String>> tooMuch() {
        return List.of(
                List.of(String.join("", Collections.nCopies(201, "i")), "done"),
                List.of("  ", "done"),
                List.of("line\r\nbreak", "done"),
                List.of("huge", String.join("", Collections.nCopies(64 * 1024 + 1, "x"))),
                List.of("huge in bytes", String.join("", Collections.nCopies(22_000, "\u20AC"))),
                List.of("empty", ""));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void whatCannotBeAResultIsRefusedAndTheNextIsTaken(List<String> idAndCode) {
        start(callbacks());
        service.createTask(idAndCode.get(0));
        service.complete(idAndCode.get(0), idAndCode.get(1));

        assertThat(service.deliver(idAndCode.get(0)).status()).hasValue(400);

        theNextIsTaken();
    }

    @Test
    void aFormLargerThanAnyResultIsNotReadInTheHopeOfAKey() {
        start(callbacks());
        String id = service.createTask();
        service.complete(id, String.join("", Collections.nCopies(2_000_000, "x")));

        assertThat(service.deliver(id).status()).hasValue(400);

        theNextIsTaken();
    }

    private void theNextIsTaken() {
        String next = task();
        service.complete(next, "done");
        deliver(next);
        awaitEffect(next, "done");
        assertThat(effects.all()).hasSize(1);
    }
}
