package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Verifying on virtual threads, where the platform has them: JDK 21 and later. */
@EnabledIf("areThere")
class VirtualThreadsTest {
    private final TestGuards guards = new TestGuards();
    private final PlaytchaStandIn playtcha = guards.playtcha;

    @AfterEach
    void close() {
        guards.close();
    }

    static boolean areThere() {
        return Runtime.version().feature() >= 21;
    }

    private static Thread startVirtual(Runnable work) throws Exception {
        return (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
    }

    private static ExecutorService virtualThreads() throws Exception {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @Test
    void hundredsOfThemShareAFewPlaces() throws Exception {
        Guard guard = guards.guard("max-concurrent", "3");
        Queue<Verification> seen = new ConcurrentLinkedQueue<>();
        ExecutorService visitors = virtualThreads();
        for (int i = 0; i < 400; i++) {
            String token = "ok-" + i + "-";
            boolean async = i % 2 == 0;
            visitors.execute(() -> {
                for (int n = 0; n < 10; n++) {
                    seen.add(
                            async
                                    ? guard.verifyAsync(token + n)
                                            .toCompletableFuture()
                                            .join()
                                    : guard.verify(token + n));
                }
            });
        }
        visitors.shutdown();
        assertThat(visitors.awaitTermination(2, TimeUnit.MINUTES)).isTrue();

        assertThat(seen).hasSize(4_000);
        assertThat(seen)
                .extracting(Verification::getOutcome)
                .containsOnly(Outcome.VERIFIED, Outcome.OVERLOADED)
                .contains(Outcome.VERIFIED);
        assertThat(playtcha.maxConcurrentRequests()).isLessThanOrEqualTo(3);
        assertThat(guards.heard).hasSize(4_000);
        assertThat(guard.verify("ok-after").getOutcome()).isEqualTo(Outcome.VERIFIED);
    }

    /** More of them wait for their answer than there are carriers, and yet another one gets to run. */
    @Test
    void whoWaitsForAnAnswerHoldsNoCarrier() throws Exception {
        int waiting = 8 * Runtime.getRuntime().availableProcessors();
        CountDownLatch release = new CountDownLatch(1);
        playtcha.always(Reply.ok().holdUntil(release));
        Guard guard = guards.guard("max-concurrent", Integer.toString(waiting), "timeout", "PT5M");
        Queue<Verification> seen = new ConcurrentLinkedQueue<>();
        List<Thread> visitors = new ArrayList<>();
        for (int i = 0; i < waiting; i++) {
            String token = "t-" + i;
            visitors.add(startVirtual(() -> seen.add(guard.verify(token))));
        }
        playtcha.awaitRequests(waiting, Duration.ofMinutes(1));
        startVirtual(release::countDown).join(Duration.ofMinutes(1).toMillis());
        for (Thread visitor : visitors) {
            visitor.join(Duration.ofMinutes(1).toMillis());
        }

        assertThat(seen).hasSize(waiting).extracting(Verification::getOutcome).containsOnly(Outcome.VERIFIED);
    }

    @Test
    void oneThatIsInterruptedLeavesAtOnceAndIsNotLetThrough() throws Exception {
        playtcha.always(Reply.hang());
        Guard guard = guards.guard("timeout", "PT1H", "max-concurrent", "1");
        for (int i = 1; i <= 3; i++) {
            Queue<Object> seen = new ConcurrentLinkedQueue<>();
            String token = "t-" + i;
            Thread visitor = startVirtual(() -> {
                Verification verification = guard.verify(token);
                seen.add(verification.getReason());
                seen.add(verification.isAllowed());
                seen.add(Thread.currentThread().isInterrupted());
            });
            playtcha.awaitRequests(i, Duration.ofSeconds(30));
            visitor.interrupt();
            visitor.join(Duration.ofMinutes(1).toMillis());

            assertThat(seen).containsExactly(Reason.INTERRUPTED, false, true);
        }
    }
}
