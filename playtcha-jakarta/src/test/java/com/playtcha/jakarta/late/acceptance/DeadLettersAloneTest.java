package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.testkit.CallbackBehavior;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
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

        awaitState(id, "RETRYING");
        LateItem letter = app.late().getDeadLetters().list(10).get(0);
        assertThat(letter.getId()).isEqualTo(id);
        assertThat(letter.getLastError()).contains("mail is down");
        awaitEffect(id, "done");

        assertThat(effects.calls(id)).isEqualTo(4);
        assertThat(app.counter("handler-failed")).isEqualTo(3);
        assertThat(app.late().getDeadLetters().list(10)).isEmpty();
    }

    @Test
    void anOperatorListsRetriesAndDiscardsThemInJmx() throws Exception {
        effects.failure((id, call) -> {
            throw new IllegalStateException("mail is down");
        });
        start(together(callbacks(), new String[] {"dead-letter-retry", "1h"}));
        String retried = task();
        String discarded = task();
        for (String id : List.of(retried, discarded)) {
            service.complete(id, "done");
            deliver(id);
            awaitState(id, "RETRYING");
        }

        assertThat(invoke("list", "retrying", "0s", "mail is down", "10", null))
                .contains("\"" + retried + "\"", "\"" + discarded + "\"");
        assertThat(invoke("show", retried)).contains("mail is down").doesNotContain("done");
        effects.failure((id, call) -> {});
        assertThat(invoke("discard", discarded)).startsWith("Discarded: ");
        assertThat(invoke("retryAll", "", "", "mail")).isEqualTo("Due now: 1 item\n");

        awaitEffect(retried, "done");
        awaitState(discarded, "DISCARDED");
        assertThatThrownBy(() -> invoke("retry", "--all"))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("There is no dead letter");
        assertThatThrownBy(() -> invoke("discardAll", "", "", ""))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("discard --all needs one of");
    }

    @Test
    void anOperatorPausesHandlersInJmx() throws Exception {
        start(callbacks());
        invoke("pause");
        assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(mbean(), "Paused"))
                .isEqualTo(true);
        String id = task();
        service.complete(id, "done");
        deliver(id);
        awaitState(id, "READY");
        assertThat(effects.calls(id)).isZero();

        invoke("resume");

        awaitEffect(id, "done");
        assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(mbean(), "Paused"))
                .isEqualTo(false);
    }

    private static ObjectName mbean() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("com.playtcha.jakarta:type=LateResults,*"), null)
                .stream()
                .findAny()
                .orElseThrow();
    }

    private static String invoke(String operation, String... arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String[] signature =
                Stream.of(arguments).map(argument -> String.class.getName()).toArray(String[]::new);
        return (String) server.invoke(mbean(), operation, arguments, signature);
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
        awaitState(poison, "RETRYING");

        List<String> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String id = service.createTask();
            service.complete(id, "done");
            deliver(id);
            others.add(id);
        }

        others.forEach(id -> awaitEffect(id, "done"));
        assertThat(app.late().getTasks().find(poison).orElseThrow().getState()).isEqualTo(LateState.RETRYING);
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
        assertThat(app.late().getTasks().find(id).orElseThrow().getState()).isEqualTo(LateState.DELIVERED);
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
