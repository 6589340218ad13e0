package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is left of a runner when it was closed. */
class LateRunnerTest extends EngineFixture {

    @Test
    void itsThreadsEndAlthoughWhoClosesItWasInterrupted() throws Exception {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        LateRunner runner = new LateRunner(null);
        AtomicReference<Thread> worker = new AtomicReference<>();
        CountDownLatch looked = new CountDownLatch(1);
        start(runner.workers());
        runner.start(engine, Duration.ofMillis(10), () -> {
            worker.set(Thread.currentThread());
            looked.countDown();
        });
        assertThat(looked.await(30, TimeUnit.SECONDS)).isTrue();
        Thread ticker = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("playtcha-late-tick-") && !others.contains(thread))
                .findFirst()
                .orElseThrow();

        Thread.currentThread().interrupt();
        runner.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> runner.workers().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() ->
                        assertThat(ticker.isAlive() || worker.get().isAlive()).isFalse());
    }
}
