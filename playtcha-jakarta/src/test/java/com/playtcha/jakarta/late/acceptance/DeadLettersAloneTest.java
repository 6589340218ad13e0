package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.testkit.CallbackBehavior;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What could not be handled, or not even be stored, is kept and tried again. */
class DeadLettersAloneTest extends AcceptanceFixture {

    @Test
    void aHandlerThatFailsThreeTimesIsCalledAFourthTimeAndHasEffectOnce() {
        effects.failure((id, call) -> {
            if (call <= 3) {
                throw new IllegalStateException("mail is down");
            }
        });
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);

        awaitState(id, "DEAD_LETTER");
        LateItem letter = app.late().getDeadLetters().list(10).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.lastError()).contains("mail is down");
        awaitEffect(id, "done");

        assertThat(effects.calls(id)).isEqualTo(4);
        assertThat(app.counter("handler-failed")).isEqualTo(3);
        assertThat(app.late().getDeadLetters().list(10)).isEmpty();
    }

    @Test
    void oneResultThatIsAlwaysFailedAtKeepsNoOtherFromBeingHandled() {
        String poison = "poison";
        effects.failure((id, call) -> {
            if (id.equals(poison)) {
                throw new OutOfMemoryError("so it says");
            }
        });
        start(callbacks());
        service.createTask(poison);
        service.complete(poison, "x");
        deliver(poison);
        awaitState(poison, "DEAD_LETTER");

        List<String> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String id = service.createTask();
            service.complete(id, "done");
            deliver(id);
            others.add(id);
        }

        others.forEach(id -> awaitEffect(id, "done"));
        assertThat(app.late().getTasks().find(poison).orElseThrow().state()).isEqualTo(LateState.DEAD_LETTER);
        assertThat(effects.of(poison)).isEmpty();
    }

    @Test
    void whatComesWhileTheDatabaseIsGoneIsAcknowledgedKeptInFilesAndHandledWhenItIsBack() {
        start(callbacks());
        List<String> ids = List.of(task(), task(), task());
        database.takeAway();

        for (String id : ids) {
            service.complete(id, "done");
            deliver(id);
        }
        assertThat(spooledFiles()).hasSize(3);
        assertThat(app.figures().getSpoolFiles()).isEqualTo(3);
        assertThat(effects.all()).isEmpty();
        database.giveBack();

        ids.forEach(id -> awaitEffect(id, "done"));
        await().atMost(Duration.ofSeconds(60)).until(() -> spooledFiles().isEmpty());
        assertThat(effects.all()).hasSize(3);
    }

    @Test
    void filesSurviveTheApplicationThatWroteThem() {
        start(callbacks());
        String id = task();
        database.takeAway();
        service.complete(id, "done");
        deliver(id);
        stop();

        // It starts without its database, too.
        startAgain();
        String second = service.createTask();
        service.complete(second, "done, too");
        deliver(second);
        assertThat(spooledFiles()).hasSize(2);
        database.giveBack();

        awaitEffect(id, "done");
        awaitEffect(second, "done, too");
    }

    @Test
    void aResultThatIsInAFileAndInTheStoreHasEffectOnceAndTheFirstOneWins() {
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        awaitEffect(id, "done");
        database.takeAway();
        service.schedule(id, CallbackBehavior.once().times(3));
        service.schedule(id, CallbackBehavior.once().withCode("another"));
        service.awaitCallbacks(5, Duration.ofSeconds(60));
        assertThat(service.callbacks())
                .allSatisfy(sent -> assertThat(sent.status()).hasValue(200));

        database.giveBack();

        await().atMost(Duration.ofSeconds(60)).until(() -> spooledFiles().isEmpty());
        assertThat(app.late().getTasks().find(id).orElseThrow().state()).isEqualTo(LateState.DELIVERED);
        assertThat(effects.of(id)).containsExactly("done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void withoutADirectoryTheServiceIsToldToSendItAgain() {
        start(together(callbacks(), new String[] {"late-dir", "off"}));
        String id = task();
        database.takeAway();
        service.complete(id, "done");

        untilItIsTaken(id);
        awaitAnswer(id, 503);
        database.giveBack();

        awaitEffect(id, "done");
    }
}
