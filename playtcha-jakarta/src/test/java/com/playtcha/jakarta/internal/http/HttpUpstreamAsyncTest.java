package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that no thread waits for: the timer ends them, and the answer is told once (contract, section 3). */
class HttpUpstreamAsyncTest {
    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
    private final List<HttpUpstream> opened = new ArrayList<>();
    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void close() {
        opened.forEach(HttpUpstream::close);
        playtcha.close();
    }

    private HttpUpstream open(String... keysAndValues) {
        return opened(Upstreams.open(playtcha.baseUrl(), keysAndValues));
    }

    private HttpUpstream opened(HttpUpstream upstream) {
        opened.add(upstream);
        return upstream;
    }

    private CompletableFuture<CallResult> ask(HttpUpstream upstream, String token) {
        CompletableFuture<CallResult> answer = new CompletableFuture<>();
        upstream.execute(() -> {
            CallResult result = null;
            Throwable bug = null;
            try {
                result = upstream.call(token);
            } catch (Throwable e) {
                bug = e;
            }
            told.incrementAndGet();
            if (bug != null) {
                answer.completeExceptionally(bug);
            } else {
                answer.complete(result);
            }
        });
        return answer;
    }

    private static <T> T get(CompletableFuture<T> stage) throws Exception {
        return stage.get(1, TimeUnit.MINUTES);
    }

    static Stream<Arguments> slowServices() {
        Duration gap = Duration.ofMillis(20);
        return Stream.of(
                Arguments.of("hangs", Reply.hang()),
                Arguments.of("thinks", Reply.ok().delay(Duration.ofMinutes(10))),
                Arguments.of("drips its head", Reply.ok().dripHeaders(Duration.ofMillis(100))),
                Arguments.of(
                        "drips its body",
                        Reply.json(200, "{\"success\":true}" + " ".repeat(5_000))
                                .dripBody(gap)),
                Arguments.of(
                        "sends interim answers", Reply.ok().interim(102, gap).delay(Duration.ofMinutes(10))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slowServices")
    void theDeadlineEndsACallToAServiceThat(String name, Reply reply) throws Exception {
        playtcha.script(reply);
        HttpUpstream upstream = open("timeout", "2s", "max-concurrent", "1");

        assertThat(failure(get(ask(upstream, "t"))).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(reply(get(ask(upstream, "ok-after"))).success()).isTrue();
        assertThat(told).hasValue(2);
        Awaitility.await().until(() -> playtcha.inFlight() == 0);
    }

    @Test
    void aRefusalWhoseExplanationIsTooSlowStaysARefusal() throws Exception {
        playtcha.script(Reply.error(401, "token_invalid", "m").dripBody(Duration.ofMillis(200)));

        assertThat(reply(get(ask(open("timeout", "3s"), "t"))).status()).isEqualTo(401);
    }

    @Test
    void lookUpsThatHangEndAtTheDeadlineAndAreBounded() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger stuck = new AtomicInteger();
        HttpUpstream upstream = opened(Upstreams.open(
                new SystemDefaultDnsResolver() {
                    @Override
                    public InetAddress[] resolve(String host) {
                        stuck.incrementAndGet();
                        // As the operating system does it, deaf to interrupts.
                        boolean interrupted = false;
                        while (true) {
                            try {
                                answered.await();
                                break;
                            } catch (InterruptedException e) {
                                interrupted = true;
                            }
                        }
                        if (interrupted) {
                            Thread.currentThread().interrupt();
                        }
                        return new InetAddress[] {InetAddress.getLoopbackAddress()};
                    }
                },
                URI.create("http://localhost:" + playtcha.port()),
                "timeout",
                "60ms",
                "max-concurrent",
                "2"));
        List<CompletableFuture<CallResult>> hanging =
                IntStream.range(0, 4).mapToObj(i -> ask(upstream, "t" + i)).toList();
        for (CompletableFuture<CallResult> answer : hanging) {
            assertThat(failure(get(answer)).reason()).isEqualTo(Reason.TIMEOUT);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(failure(get(ask(upstream, "t"))).reason()).isEqualTo(Reason.TIMEOUT);
        }
        assertThat(stuck).as("all of them share one look-up").hasValue(1);
        assertThat(told).hasValue(8);
        answered.countDown();
    }

    @Test
    void aCallBackThatBlocksHoldsNeitherWorkerNorTimerNorConnection() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(6);
        HttpUpstream upstream = open("timeout", "2s", "max-concurrent", "2");
        for (int i = 0; i < 6; i++) {
            // Half of them end by the worker, half by the timer.
            playtcha.script(i % 2 == 0 ? Reply.ok() : Reply.hang());
            CompletableFuture<Boolean> begun = new CompletableFuture<>();
            upstream.execute(() -> {
                upstream.call("t");
                blocked.countDown();
                begun.complete(true);
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            get(begun);
        }
        blocked.await();

        for (int i = 0; i < 4; i++) {
            assertThat(reply(get(ask(upstream, "ok-" + i))).success()).isTrue();
        }
        playtcha.script(Reply.hang());
        assertThat(failure(get(ask(upstream, "t"))).reason()).isEqualTo(Reason.TIMEOUT);
        never.countDown();
    }

    @Test
    void aBugOfOurOwnIsToldAsOne() {
        HttpUpstream upstream = opened(Upstreams.open(
                new SystemDefaultDnsResolver() {
                    @Override
                    public InetAddress[] resolve(String host) {
                        throw new AssertionError("a bug");
                    }
                },
                URI.create("http://localhost:1"),
                "max-concurrent",
                "1"));
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> get(ask(upstream, "t")))
                    .withCauseInstanceOf(AssertionError.class);
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> upstream.call("t"));
        }
        assertThat(told).hasValue(3);
    }

    @Test
    void closingTellsWhoeverWaitsAndEndsEveryThread() throws Exception {
        playtcha.always(Reply.hang());
        HttpUpstream upstream = open("timeout", "PT1H");
        List<CompletableFuture<CallResult>> waiting =
                IntStream.range(0, 5).mapToObj(i -> ask(upstream, "t" + i)).toList();
        playtcha.awaitRequests(5, Duration.ofSeconds(20));
        upstream.close();

        assertThat(ownThreads()).isEmpty();
        for (CompletableFuture<CallResult> answer : waiting) {
            assertThat(answer).isDone();
            assertThat(failure(get(answer)).reason()).isEqualTo(Reason.INTERRUPTED);
        }
        assertThat(told).hasValue(5);
        assertThatIllegalStateException().isThrownBy(() -> ask(upstream, "t"));
        assertThat(told).hasValue(5);
    }

    /** Each call is told exactly once, or refused with an exception, wherever the close falls. */
    @Test
    void closingWhileCallsBeginTellsEachOnceOrRefusesIt() throws Exception {
        for (int round = 0; round < 30; round++) {
            HttpUpstream upstream = open("max-concurrent", "64");
            List<AtomicInteger> calls = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(5);
            Thread caller = new Thread(() -> {
                try {
                    while (true) {
                        AtomicInteger times = new AtomicInteger();
                        String token = "ok-" + calls.size();
                        upstream.execute(() -> {
                            upstream.call(token);
                            times.incrementAndGet();
                        });
                        calls.add(times);
                        begun.countDown();
                    }
                } catch (IllegalStateException closed) {
                    // As documented.
                }
            });
            caller.start();
            begun.await();
            upstream.close();
            caller.join();

            assertThat(calls).allSatisfy(times -> assertThat(times).hasValue(1));
        }
    }

    @Test
    void allCallsShareOneTimer() throws Exception {
        HttpUpstream upstream = open("timeout", "PT1H");
        get(ask(upstream, "ok-1"));
        for (int i = 0; i < 500; i++) {
            get(ask(upstream, "ok-" + i + "-more"));
        }

        assertThat(ownThreads().stream().filter(name -> name.startsWith("playtcha-timer")))
                .hasSize(1);
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }
}
