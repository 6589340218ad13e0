package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.CallbackBehavior;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The same result again, from whom and whenever it comes, is acknowledged and changes nothing. */
class IdempotentHandlingTest extends AcceptanceFixture {

    @Test
    void aDuplicateAfterTheResultWasHandledChangesNothing() {
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        awaitEffect(id, "done");

        deliver(id);
        deliver(id);

        assertThat(acknowledged()).isEqualTo(3);
        assertThat(effects.of(id)).containsExactly("done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aDuplicateIsKnownAfterARestart() {
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        awaitEffect(id, "done");
        stop();
        startAgain();

        deliver(id);
        service.schedule(id, CallbackBehavior.once().withCode("another"));
        service.awaitCallbacks(3, Duration.ofSeconds(60));

        // One that had to wait in a file is told to be different when it is taken from there.
        await().until(() -> app.counter("different") == 1);
        assertThat(app.counter("accepted")).isZero();
        assertThat(app.counter("duplicate") + app.counter("spooled")).isPositive();
        assertThat(effects.of(id)).containsExactly("done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void duplicatesAtOnceHaveOneEffect() throws Exception {
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService senders = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> sent = new ArrayList<>();
        try {
            for (int i = 0; i < 24; i++) {
                sent.add(senders.submit(() -> {
                    go.await();
                    // One that finds too many others there is sent again.
                    await().pollDelay(Duration.ZERO)
                            .until(() -> service.deliver(id).isAcknowledged());
                    return true;
                }));
            }
            go.countDown();
            for (Future<Boolean> each : sent) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            senders.shutdownNow();
        }

        awaitEffect(id, "done");
        assertThat(acknowledged()).isEqualTo(24);
        assertThat(app.counter("accepted")).isLessThan(2);
        await().until(() -> spooledFiles().isEmpty());
        assertThat(effects.of(id)).containsExactly("done");
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aDuplicateWhileTheHandlerIsAtWorkChangesNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        effects.failure((id, call) -> {
            begun.countDown();
            end.await();
        });
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        begun.await();

        service.schedule(id, CallbackBehavior.once());
        service.schedule(id, CallbackBehavior.once().withCode("another"));
        service.awaitCallbacks(3, Duration.ofSeconds(60));
        end.countDown();

        awaitEffect(id, "done");
        assertThat(service.callbacks())
                .allSatisfy(sent -> assertThat(sent.status()).hasValue(200));
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aDuplicateOfADeadLetterChangesNothing() {
        effects.failure((id, call) -> {
            if (call == 1) {
                throw new IllegalStateException("once");
            }
        });
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        deliver(id);
        deliver(id);

        awaitEffect(id, "done");
        assertThat(effects.calls(id)).isEqualTo(2);
    }
}
