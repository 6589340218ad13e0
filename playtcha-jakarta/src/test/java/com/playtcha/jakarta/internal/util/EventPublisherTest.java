package com.playtcha.jakarta.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.playtcha.jakarta.internal.gate.Breaker;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.gate.TestTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How events get from the state to the listeners. */
class EventPublisherTest {
    private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

    @Test
    void manyThreadsPublishEachEventOnceAndInOrder() throws Exception {
        EventPublisher<Integer> events = new EventPublisher<>(heard::add);
        Object lock = new Object();
        int[] next = {0};
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int t = 0; t < 8; t++) {
            threads.execute(() -> {
                for (int i = 0; i < 2_000; i++) {
                    synchronized (lock) {
                        events.enqueue(next[0]++);
                    }
                    events.publish();
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

        assertThat(heard).isEqualTo(IntStream.range(0, 16_000).boxed().toList());
    }

    @Test
    void changeCausedByAListenerIsPublishedAfterwards() {
        AtomicReference<EventPublisher<Integer>> self = new AtomicReference<>();
        EventPublisher<Integer> events = new EventPublisher<>(change -> {
            if (change < 3) {
                self.get().enqueue(change + 1);
                self.get().publish();
            }
            heard.add(change);
        });
        self.set(events);
        events.enqueue(1);
        events.publish();

        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void aListenerThatThrowsKeepsNoChangeBack() {
        EventPublisher<Integer> events = new EventPublisher<>(change -> {
            heard.add(change);
            if (change == 1) {
                throw new IllegalStateException("listener");
            }
        });
        events.enqueue(1);
        events.enqueue(2);
        assertThatIllegalStateException().isThrownBy(events::publish);
        events.enqueue(3);
        events.publish();

        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void slowListenerBlocksOnlyThePublishingThread() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        TestTicker ticker = new TestTicker();
        Breaker breaker = new Breaker(ticker, TestResults.endpoint("host:1"), Duration.ofSeconds(2), change -> {
            telling.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 10; i++) {
                TestResults.fail(breaker.tryAcquire());
            }
        });
        telling.await();

        assertThat(breaker.isOpen()).isTrue();
        ticker.advance(Duration.ofSeconds(5));
        TestResults.succeed(breaker.tryAcquire());
        assertThat(breaker.isOpen()).isFalse();
        assertThat(first).isNotDone();
        go.countDown();
        first.get(1, TimeUnit.MINUTES);
    }
}
