package com.playtcha.jakarta.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tasks that are run later. */
class DelayedTasksTest {
    /** A failure that cannot be logged, as when there is no memory for that. */
    private static final class NotLoggable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("a test");
        }
    }

    @Test
    void tasksAreRunAfterOneWhoseFailureCannotBeLogged() throws Exception {
        CountDownLatch run = new CountDownLatch(1);
        try (DelayedTasks tasks =
                new DelayedTasks(new DaemonThreads("test", DelayedTasksTest.class.getClassLoader()))) {
            tasks.trySchedule(Duration.ZERO, () -> {
                throw new NotLoggable();
            });
            tasks.trySchedule(Duration.ofMillis(1), run::countDown);

            assertThat(run.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }
}
