package com.playtcha.jakarta.internal.late.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.testkit.TestDelivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** With which class loader and on whose threads the application's handler is called. */
class HandlerCallsTest {
    @Test
    void theHandlerIsCalledWithTheApplicationsClassLoader() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = new ClassLoader(before) {};
        List<ClassLoader> seen = new ArrayList<>();
        ApplicationHandler handlers = new ApplicationHandler(() -> loader);
        handlers.set((result, delivery) -> seen.add(Thread.currentThread().getContextClassLoader()));

        handlers.handle(
                LateResult.of("t1", LateKind.TASK, LateOutcome.COMPLETED, Instant.EPOCH)
                        .build(),
                TestDelivery.first());

        assertThat(seen).containsExactly(loader);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void aManagedExecutorThatRejectsWorkIsReplacedWithOneWarning() {
        ExecutorService work = Executors.newSingleThreadExecutor();
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta.internal.late.service", Level.WARN)) {
            assertThat(LateService.inContext(work, Runnable::run)).isNotNull();
            assertThat(log.lines()).isEmpty();

            work.shutdown();
            assertThat(LateService.inContext(work, Runnable::run)).isNull();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN")
                    .contains("rejects work");

            assertThat(LateService.inContext(work, null)).as("no context").isNull();
        } finally {
            work.shutdown();
        }
    }
}
