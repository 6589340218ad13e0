package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.spi.BeanContainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several threads want the bean that handles while one of them makes it. */
class CdiLateHandlerTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final AtomicInteger DESTROYED = new AtomicInteger();
    private static volatile CountDownLatch go = new CountDownLatch(0);

    @BeforeEach
    void clear() {
        go = new CountDownLatch(0);
    }

    @Dependent
    static class Slow implements LateResultHandler {
        @PostConstruct
        void begin() throws InterruptedException {
            MADE.incrementAndGet();
            go.await();
        }

        @PreDestroy
        void end() {
            DESTROYED.incrementAndGet();
        }

        @Override
        public void handle(LateResult result, Delivery delivery) {}
    }

    private static final class Asking {
        final FutureTask<LateResultHandler> answer;
        final Thread thread;

        Asking(CdiLateHandler bean) {
            answer = new FutureTask<>(bean::get);
            thread = new Thread(answer);
            thread.start();
        }

        void awaitWaiting() {
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(LONG)
                    .until(() -> thread.getState() == Thread.State.BLOCKED);
        }

        LateResultHandler found() {
            try {
                return answer.get(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** As the application has one. */
    static CdiLateHandler of(Container app) {
        return new CdiLateHandler(
                app.get(BeanContainer.class), app.get(PlaytchaExtension.class).beans(LateResultHandler.class));
    }

    private static CdiLateHandler bean(Container app) {
        CdiLateHandler bean = of(app);
        MADE.set(0);
        DESTROYED.set(0);
        go = new CountDownLatch(1);
        return bean;
    }

    private static Asking maker(CdiLateHandler bean) {
        Asking maker = new Asking(bean);
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> MADE.get() == 1);
        return maker;
    }

    @Test
    void beanThatWasMadeAfterTheEndIsDestroyedOnceHoweverManyWaitForIt() {
        try (Container app = Container.start(Settings.none(), Slow.class)) {
            for (int round = 0; round < 200; round++) {
                CdiLateHandler bean = bean(app);
                List<Asking> all = new ArrayList<>();
                all.add(maker(bean));
                for (int i = 0; i < 4; i++) {
                    Asking waiter = new Asking(bean);
                    waiter.awaitWaiting();
                    all.add(waiter);
                }

                bean.end();
                assertThat(DESTROYED).hasValue(0);
                go.countDown();

                assertThat(all).extracting(Asking::found).containsOnlyNulls();
                assertThat(DESTROYED).as("round %d", round).hasValue(1);
                assertThat(MADE).hasValue(1);
            }
        }
    }
}
