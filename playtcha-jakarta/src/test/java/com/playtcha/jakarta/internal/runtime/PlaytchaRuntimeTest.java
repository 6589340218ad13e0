package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards of one application, together and under load (contract, section 3). */
class PlaytchaRuntimeTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    private GuardSettings settings(String name, String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        values.put("secret", playtcha.secret());
        values.put("base-url", playtcha.baseUrl().toString());
        values.put("timeout", "20s");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return TestSettings.guard(name, values);
    }

    /** Our own limit is never a reason to fail open, and a place is free once its answer is there. */
    @ParameterizedTest(name = "max-concurrent {0}, {1} callers")
    @CsvSource({"1, 2", "1, 8", "2, 2", "2, 16", "12, 300"})
    void noRequestIsAllowedWithoutAVerdictUnderFullLoad(int maxConcurrent, int callers) throws Exception {
        playtcha.always(Reply.error(401, "token_invalid", "m"));
        GuardSettings settings = settings("signup", "max-concurrent", Integer.toString(maxConcurrent));
        Queue<Verification> seen = new ConcurrentLinkedQueue<>();
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), List.of())) {
            Guard guard = runtime.guard(settings);
            ExecutorService visitors = Executors.newFixedThreadPool(callers);
            CountDownLatch go = new CountDownLatch(1);
            for (int c = 0; c < callers; c++) {
                int caller = c;
                visitors.execute(() -> {
                    awaitQuietly(go);
                    for (int i = 0; i < 3_000 / callers; i++) {
                        seen.add(guard.verify("bot-" + caller + "-" + i));
                    }
                });
            }
            go.countDown();
            visitors.shutdown();
            assertThat(visitors.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
        }
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        seen.forEach(verification -> outcomes.merge(verification.getOutcome(), 1, Integer::sum));
        assertThat(outcomes.keySet()).as("%s", outcomes).isSubsetOf(Outcome.REJECTED, Outcome.OVERLOADED);
        assertThat(outcomes).containsKey(Outcome.REJECTED);
        assertThat(seen).noneMatch(Verification::isAllowed);
        assertThat(playtcha.maxConcurrentRequests()).isLessThanOrEqualTo(maxConcurrent);
    }

    @Test
    void closingUnderLoadAllowsNoRequest() throws Exception {
        for (int round = 0; round < 20; round++) {
            playtcha.reset();
            playtcha.always(Reply.error(401, "token_invalid", "m").delay(Duration.ofMillis(1)));
            GuardSettings settings = settings("signup", "max-concurrent", "16");
            Queue<Verification> seen = new ConcurrentLinkedQueue<>();
            ExecutorService visitors = Executors.newFixedThreadPool(16);
            PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), List.of());
            Guard guard = runtime.guard(settings);
            for (int c = 0; c < 16; c++) {
                String caller = "bot-" + round + "-" + c + "-";
                visitors.execute(() -> {
                    try {
                        for (int i = 0; ; i++) {
                            seen.add(guard.verify(caller + i));
                        }
                    } catch (IllegalStateException closed) {
                        // As documented.
                    }
                });
            }
            playtcha.awaitRequests(20, Duration.ofSeconds(20));
            runtime.close();
            visitors.shutdown();
            assertThat(visitors.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

            assertThat(seen).noneMatch(Verification::isAllowed);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("playtcha-"));
        }
    }

    /** Thousands of calls of both kinds, to a service that answers, refuses and breaks by turns, leave nothing taken. */
    @Test
    void synchronousAndAsynchronousCallsReleaseAllPermitsAndThreads() throws Exception {
        int calls = 4_000;
        int callers = 12;
        int places = 6;
        playtcha.onRequest(request -> switch (request.token().hashCode() & 7) {
            case 0 -> Reply.resetConnection();
            case 1 -> Reply.closeWithoutAnswer();
            case 2 -> Reply.error(500, "db_error", "m");
            case 3 -> Reply.error(401, "token_invalid", "m").thenClose();
            default -> Reply.ok();
        });
        GuardSettings settings = settings("signup", "max-concurrent", Integer.toString(places), "breaker", "false");
        Queue<Verification> seen = new ConcurrentLinkedQueue<>();
        AtomicInteger heard = new AtomicInteger();
        try (PlaytchaRuntime runtime =
                PlaytchaRuntime.start(List.of(settings), List.of((guard, verification) -> heard.incrementAndGet()))) {
            Guard guard = runtime.guard(settings);
            Queue<CompletableFuture<?>> stages = new ConcurrentLinkedQueue<>();
            ExecutorService visitors = Executors.newFixedThreadPool(callers);
            for (int c = 0; c < callers; c++) {
                int caller = c;
                visitors.execute(() -> {
                    for (int i = caller; i < calls; i += callers) {
                        if (caller % 2 == 0) {
                            seen.add(guard.verify("t-" + i));
                            continue;
                        }
                        CompletableFuture<Verification> stage =
                                guard.verifyAsync("t-" + i).toCompletableFuture();
                        stages.add(stage.thenAccept(seen::add));
                        if (i % 3 == 0) {
                            stage.exceptionally(e -> null).join();
                        }
                    }
                });
            }
            visitors.shutdown();
            assertThat(visitors.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
            CompletableFuture.allOf(stages.toArray(new CompletableFuture<?>[0])).get(1, TimeUnit.MINUTES);

            CountDownLatch release = new CountDownLatch(1);
            playtcha.onRequest(request -> Reply.ok().holdUntil(release));
            List<CompletableFuture<Verification>> all = IntStream.range(0, places)
                    .mapToObj(i -> guard.verifyAsync("last-" + i).toCompletableFuture())
                    .toList();
            assertThat(guard.verify("one-more").getOutcome()).isEqualTo(Outcome.OVERLOADED);
            release.countDown();
            for (CompletableFuture<Verification> stage : all) {
                assertThat(stage.get(1, TimeUnit.MINUTES).getOutcome()).isEqualTo(Outcome.VERIFIED);
            }
        }
        assertThat(seen).hasSize(calls);
        assertThat(heard).hasValue(calls + places + 1);
        assertThat(seen)
                .extracting(Verification::getOutcome)
                .contains(Outcome.VERIFIED, Outcome.REJECTED, Outcome.UNAVAILABLE);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("playtcha-"));
    }

    private static boolean isClosed(CompletableFuture<Verification> stage) {
        try {
            stage.getNow(null);
            return false;
        } catch (CompletionException e) {
            return e.getCause() instanceof IllegalStateException;
        }
    }

    @Test
    void closingUnderLoadCompletesEveryStageAndAllowsNoRequest() throws Exception {
        for (int round = 0; round < 20; round++) {
            playtcha.reset();
            playtcha.always(Reply.error(401, "token_invalid", "m").delay(Duration.ofMillis(1)));
            GuardSettings settings = settings("signup", "max-concurrent", "16");
            Queue<CompletableFuture<Verification>> stages = new ConcurrentLinkedQueue<>();
            ExecutorService visitors = Executors.newFixedThreadPool(2);
            PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(settings), List.of());
            Guard guard = runtime.guard(settings);
            for (int c = 0; c < 2; c++) {
                String caller = "bot-" + round + "-" + c + "-";
                visitors.execute(() -> {
                    CompletableFuture<Verification> stage;
                    for (int i = 0;
                            !isClosed(stage = guard.verifyAsync(caller + i).toCompletableFuture());
                            i++) {
                        stages.add(stage);
                    }
                });
            }
            playtcha.awaitRequests(20, Duration.ofSeconds(20));
            runtime.close();
            visitors.shutdown();
            assertThat(visitors.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

            assertThat(stages)
                    .allSatisfy(stage ->
                            assertThat(stage).isCompletedWithValueMatching(verification -> !verification.isAllowed()));
        }
    }

    @Test
    void guardsOfOneAddressShareTheThrottleWindowWhateverTheirSecret() {
        GuardSettings signup = settings("signup");
        GuardSettings contact = settings("contact", "secret", "another-secret", "timeout", "19s");
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(signup, contact), List.of())) {
            playtcha.script(Reply.error(429, "rate_limited_ip", "m").header("Retry-After", "60"));
            runtime.guard(signup).verify("t-1");

            assertThat(runtime.guard(contact).verify("t-2").getReason()).isEqualTo(Reason.THROTTLE_WINDOW);
        }
    }

    @Test
    void guardsWithTheSameConnectionSettingsShareABreaker() {
        GuardSettings signup = settings("signup");
        GuardSettings contact = settings("contact", "fail-closed", "true");
        GuardSettings slow = settings("slow", "timeout", "19s");
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(signup, contact, slow), List.of())) {
            playtcha.always(Reply.resetConnection());
            for (int i = 0; i < 10; i++) {
                runtime.guard(signup).verify("t-" + i);
            }
            playtcha.always(null);

            assertThat(runtime.guard(contact).verify("ok-1").getReason()).isEqualTo(Reason.BREAKER_OPEN);
            assertThat(runtime.guard(slow).verify("ok-2").getOutcome()).isEqualTo(Outcome.VERIFIED);
        }
    }

    @Test
    void aTokenAllowedWithoutAVerdictByOneGuardIsDeniedByAnotherOfTheProject() {
        GuardSettings signup = settings("signup");
        GuardSettings contact = settings("contact");
        GuardSettings other = settings("other", "secret", "another-secret");
        try (PlaytchaRuntime runtime = PlaytchaRuntime.start(List.of(signup, contact, other), List.of())) {
            playtcha.always(Reply.error(500, "db_error", "m"));

            assertThat(runtime.guard(signup).verify("t").isAllowed()).isTrue();
            assertThat(runtime.guard(contact).verify("t").getReason()).isEqualTo(Reason.REPEATED_UNVERIFIED);
            assertThat(runtime.guard(other).verify("t").isAllowed()).isTrue();
        }
    }

    @Test
    void equalSettingsAreOneGuard() {
        try (PlaytchaRuntime runtime =
                PlaytchaRuntime.start(List.of(settings("a"), settings("a"), settings("b")), List.of())) {
            assertThat(runtime.guard(settings("a"))).isSameAs(runtime.guard(settings("a")));
            assertThat(runtime.guard(settings("a"))).isNotSameAs(runtime.guard(settings("b")));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
