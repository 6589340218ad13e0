package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that wait, are interrupted, or end with the transport (contract, section 3). */
class HttpUpstreamThreadsTest {
    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
    private final List<HttpUpstream> opened = new ArrayList<>();
    /** Threads of other tests may be about to end. */
    private final Set<Thread> others = Thread.getAllStackTraces().keySet();

    @AfterEach
    void close() {
        opened.forEach(HttpUpstream::close);
        playtcha.close();
    }

    private HttpUpstream open(String... keysAndValues) {
        HttpUpstream upstream = Upstreams.open(playtcha.baseUrl(), keysAndValues);
        opened.add(upstream);
        return upstream;
    }

    @Test
    void anInterruptedCallerLeavesAtOnceAndStaysInterrupted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        playtcha.script(Reply.ok().holdUntil(never));
        HttpUpstream upstream = open("timeout", "PT1H");
        List<Object> seen = new ArrayList<>();
        Thread caller = new Thread(() -> {
            seen.add(failure(upstream.call("t")).reason());
            seen.add(Thread.currentThread().isInterrupted());
        });
        caller.start();
        playtcha.awaitRequests(1, Duration.ofSeconds(10));
        caller.interrupt();
        caller.join();
        never.countDown();

        assertThat(seen).containsExactly(Reason.INTERRUPTED, true);
    }

    @Test
    void closingFreesWhoeverWaitsAndEndsEveryThread() throws Exception {
        playtcha.always(Reply.hang());
        HttpUpstream upstream = open("timeout", "PT1H");
        List<Object> seen = new ArrayList<>();
        Thread caller = new Thread(() -> seen.add(failure(upstream.call("t")).reason()));
        caller.start();
        playtcha.awaitRequests(1, Duration.ofSeconds(10));
        upstream.close();

        assertThat(libraryThreads()).isEmpty();
        caller.join();
        assertThat(seen).containsExactly(Reason.INTERRUPTED);
        Awaitility.await().until(() -> playtcha.openConnections() == 0);
        assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.INTERRUPTED);
        assertThatIllegalStateException().isThrownBy(() -> upstream.execute(() -> {}));
    }

    private Stream<Thread> libraryThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("playtcha-") && !others.contains(thread));
    }

    /** A server may interrupt all threads of an application; one that stays interrupted cannot sleep. */
    @Test
    void anInterruptedTimerSleepsAgain() {
        HttpUpstream upstream = open();
        reply(upstream.call("ok-1"));
        Thread timer = libraryThreads()
                .filter(thread -> thread.getName().startsWith("playtcha-timer-"))
                .findFirst()
                .orElseThrow();
        timer.interrupt();

        await().until(() -> !timer.isInterrupted() && timer.getState() == Thread.State.TIMED_WAITING);
        reply(upstream.call("ok-2"));
        assertThat(timer.isAlive()).isTrue();
    }

    @Test
    void aCallOnAnInterruptedThreadSendsNothing() {
        HttpUpstream upstream = open();
        reply(upstream.call("ok-1"));

        Thread.currentThread().interrupt();
        HttpUpstreamTest.Answer failure = failure(upstream.call("ok-2"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.reason()).isEqualTo(Reason.INTERRUPTED);
        assertThat(failure.sent()).isFalse();
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    /** No thread of the library takes part in a call over a pooled connection. */
    @Test
    void aPooledCallIsMadeByItsCaller() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        HttpUpstream upstream = open("timeout", "PT1H", "max-concurrent", "1");
        upstream.call("ok-1");
        playtcha.script(Reply.ok().holdUntil(never));
        Thread caller = new Thread(() -> upstream.call("ok-2"), "the-caller");
        caller.start();
        playtcha.awaitRequests(2, Duration.ofSeconds(10));

        await().until(() -> Stream.of(caller.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.SocketChannelImpl")));
        never.countDown();
        caller.join();
    }

    /** A call blocks in the same way on a virtual thread as on a platform thread, and is ended in the same way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theDeadlineEndsPooledCallsOnManyThreads(boolean virtual) throws Exception {
        HttpUpstream upstream = open("timeout", "3s", "connect-timeout", "3s", "max-concurrent", "100");
        upstream.call("ok-1");
        playtcha.always(Reply.hang());
        Queue<Reason> reasons = new ConcurrentLinkedQueue<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Thread caller = thread(
                    virtual, () -> reasons.add(failure(upstream.call("t")).reason()));
            caller.start();
            callers.add(caller);
        }
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(reasons).hasSize(100).containsOnly(Reason.TIMEOUT);
        playtcha.always(null);
        reply(upstream.call("ok-2"));
    }

    /** A virtual thread if the JDK has them and one is asked for. */
    private static Thread thread(boolean virtual, Runnable work) throws Exception {
        if (!virtual || Runtime.version().feature() < 21) {
            return new Thread(work);
        }
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (Thread) Class.forName("java.lang.Thread$Builder")
                .getMethod("unstarted", Runnable.class)
                .invoke(builder, work);
    }

    @Test
    void callsThatWereGivenUpFreeTheirPlaces() {
        playtcha.always(Reply.hang());
        HttpUpstream upstream = open("timeout", "50ms", "max-concurrent", "1");
        for (int i = 0; i < 20; i++) {
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.TIMEOUT);
        }
        playtcha.always(null);

        AtomicInteger tokens = new AtomicInteger();
        await().until(() -> upstream.call("ok-" + tokens.incrementAndGet()).status() > 0);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1));
    }
}
