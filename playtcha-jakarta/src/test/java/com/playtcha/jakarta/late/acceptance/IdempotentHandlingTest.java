package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.CallbackPlan;
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

        assertThat(app.counter("duplicate")).isEqualTo(2);
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
        service.schedule(id, CallbackPlan.once().withCode("another"));
        service.awaitCallbacks(3, Duration.ofSeconds(60));

        assertThat(app.counter("duplicate")).isEqualTo(1);
        assertThat(app.counter("different")).isEqualTo(1);
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
                    return service.deliver(id).isAcknowledged();
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
        assertThat(app.counter("accepted")).isEqualTo(1);
        assertThat(app.counter("duplicate")).isEqualTo(23);
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aDuplicateWhileTheHandlerIsAtWorkChangesNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        effects.trouble((id, call) -> {
            begun.countDown();
            end.await();
        });
        start(callbacks());
        String id = task();
        service.complete(id, "done");
        deliver(id);
        begun.await();

        service.schedule(id, CallbackPlan.once());
        service.schedule(id, CallbackPlan.once().withCode("another"));
        service.awaitCallbacks(3, Duration.ofSeconds(60));
        end.countDown();

        awaitEffect(id, "done");
        assertThat(service.callbacks())
                .allSatisfy(sent -> assertThat(sent.status()).hasValue(200));
        assertThat(effects.calls(id)).isEqualTo(1);
    }

    @Test
    void aDuplicateOfADeadLetterChangesNothing() {
        effects.trouble((id, call) -> {
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
