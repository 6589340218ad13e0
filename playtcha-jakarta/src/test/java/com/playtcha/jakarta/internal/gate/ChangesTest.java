package com.playtcha.jakarta.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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

/** How changes get from the state to the listeners. */
class ChangesTest {
    private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

    @Test
    void manyThreadsTellEachChangeOnceAndInOrder() throws Exception {
        Changes<Integer> changes = new Changes<>(heard::add);
        Object lock = new Object();
        int[] next = {0};
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int t = 0; t < 8; t++) {
            threads.execute(() -> {
                for (int i = 0; i < 2_000; i++) {
                    synchronized (lock) {
                        changes.note(next[0]++);
                    }
                    changes.tell();
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

        assertThat(heard).isEqualTo(IntStream.range(0, 16_000).boxed().toList());
    }

    @Test
    void aChangeThatAListenerCausesIsToldAfterwards() {
        AtomicReference<Changes<Integer>> self = new AtomicReference<>();
        Changes<Integer> changes = new Changes<>(change -> {
            if (change < 3) {
                self.get().note(change + 1);
                self.get().tell();
            }
            heard.add(change);
        });
        self.set(changes);
        changes.note(1);
        changes.tell();

        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void aListenerThatThrowsKeepsNoChangeBack() {
        Changes<Integer> changes = new Changes<>(change -> {
            heard.add(change);
            if (change == 1) {
                throw new IllegalStateException("listener");
            }
        });
        changes.note(1);
        changes.note(2);
        assertThatIllegalStateException().isThrownBy(changes::tell);
        changes.note(3);
        changes.tell();

        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void whileAListenerIsToldNobodyElseHasToWait() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        TestTicker ticker = new TestTicker();
        Breaker breaker = new Breaker(ticker, "host:1", change -> {
            telling.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 10; i++) {
                breaker.tryPass().failed();
            }
        });
        telling.await();

        assertThat(breaker.isOpen()).isTrue();
        ticker.advance(Duration.ofSeconds(5));
        breaker.tryPass().answered();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(first).isNotDone();
        go.countDown();
        first.get(1, TimeUnit.MINUTES);
    }
}
