package com.playtcha.jakarta.internal.late.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.StoreException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is left of an engine's threads when it was closed. */
class LateEngineThreadsTest extends EngineFixture {

    @Test
    void itsThreadsEndAlthoughWhoClosesItWasInterrupted() throws Exception {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        AtomicReference<Thread> worker = new AtomicReference<>();
        CountDownLatch looked = new CountDownLatch(1);
        start((Executor) null);
        engine.start(Duration.ofMillis(10), () -> {
            worker.set(Thread.currentThread());
            looked.countDown();
        });
        assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
        Thread ticker = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("playtcha-late-tick-") && !others.contains(thread))
                .findFirst()
                .orElseThrow();

        Thread.currentThread().interrupt();
        engine.close();

        assertThat(Thread.interrupted()).isTrue();
        await().atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() ->
                        assertThat(ticker.isAlive() || worker.get().isAlive()).isFalse());
    }

    /** As where a key file is on a volume that does not answer. */
    @Test
    void whatRunsBesideTheEngineAndHangsTakesOneThread() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        start((Executor) null);
        AtomicInteger ticks = new AtomicInteger();
        Runnable hangs = () -> {
            begun.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        engine.start(Duration.ofMillis(10), hangs, ticks::incrementAndGet);
        try {
            // More often than there are threads.
            await().atMost(60, TimeUnit.SECONDS).until(() -> ticks.get() > 50);
            database.setDown(true);
            assertThat(engine.inbox().accept("t1", "x")).isEqualTo(AcceptResult.SPOOLED);
            database.setDown(false);

            await().atMost(60, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(spool.load().files()).isZero());
            assertThat(begun).hasValue(1);
        } finally {
            end.countDown();
        }
    }

    /** A callback gets 503 or is spooled, and a visitor is allowed without a record: neither is an error of this library's. */
    @Test
    void aCallThatGetsNoThreadFailsAsOneOfABusyStoreDoes() {
        CompletableFuture<Boolean> call = StoreCalls.submit(
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                () -> true);

        assertThatThrownBy(call::join).hasCauseInstanceOf(StoreException.class);
    }
}
