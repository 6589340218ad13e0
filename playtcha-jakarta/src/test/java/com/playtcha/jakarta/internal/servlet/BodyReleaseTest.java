package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.UnusableBodyException;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory of a JSON body counts as long as its request runs, and no longer. */
class BodyReleaseTest {
    private static final long LIMIT = Runtime.getRuntime().maxMemory() / 16;

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final TestApp app = new TestApp()
            .initialized()
            .servlet("/plain", (request, response) -> response.getWriter().print("done"))
            .servlet(
                    "/forward",
                    (request, response) ->
                            request.getRequestDispatcher("/plain").forward(request, response))
            .servlet("/failing", (request, response) -> {
                throw new IllegalStateException("the application's");
            })
            .servlet("/complete", (request, response) -> request.startAsync().complete())
            .servlet("/dispatch", (request, response) -> request.startAsync().dispatch("/plain"))
            .servlet("/twice", (request, response) -> request.startAsync().dispatch("/dispatch"))
            .servlet("/timeout", (request, response) -> {
                AsyncContext async = request.startAsync();
                async.setTimeout(100);
                async.addListener(new Completing());
            })
            .servlet("/waiting", (request, response) -> {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    entered.countDown();
                    await(mayEnd);
                    async.complete();
                });
            });

    private static final class Completing implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        mayEnd.countDown();
        app.close();
        playtcha.close();
    }

    private void start(EnumSet<DispatcherType> on) {
        app.filter("playtcha", TestApp.params(playtcha, "token-json-pointer", "/token"), on, "/*")
                .start();
    }

    private static void reserveAll() throws UnusableBodyException {
        BodyBudget bodies =
                ApplicationRegistry.of(TestApp.class.getClassLoader()).start().bodies();
        bodies.reserve(LIMIT, Integer.MAX_VALUE).release();
    }

    @ParameterizedTest
    @CsvSource({
        "/plain, ok-1, REQUEST",
        "/plain, invalid-1, REQUEST",
        "/plain, '', REQUEST",
        "/forward, ok-1, ALL",
        "/failing, ok-1, REQUEST",
        "/complete, ok-1, REQUEST",
        "/dispatch, ok-1, REQUEST",
        "/dispatch, ok-1, ALL",
        "/twice, ok-1, REQUEST",
        "/twice, ok-1, ALL",
        "/timeout, ok-1, REQUEST"
    })
    void memoryIsGivenBackWhenTheRequestHasEnded(String path, String token, String on) {
        start(on.equals("ALL") ? EnumSet.allOf(DispatcherType.class) : EnumSet.of(DispatcherType.REQUEST));
        app.post(path, TestApp.JSON, "{\"token\":\"" + token + "\"}");
        // The visitor may have the answer before the container has ended the request.
        Awaitility.await()
                .untilAsserted(() -> assertThatCode(BodyReleaseTest::reserveAll).doesNotThrowAnyException());
    }

    @Test
    void memoryOfABodyThatAnEarlierFilterTookIsGivenBack() {
        app.otherFilter(
                (request, response, chain) -> {
                    request.getReader();
                    chain.doFilter(request, response);
                },
                "/*");
        start(EnumSet.of(DispatcherType.REQUEST));
        assertThat(app.post("/plain", TestApp.JSON, "{\"token\":\"ok-1\"}").statusCode())
                .isEqualTo(400);
        assertThatCode(BodyReleaseTest::reserveAll).doesNotThrowAnyException();
    }

    @Test
    void memoryOfAnAsynchronousRequestCountsUntilItCompletes() throws Exception {
        start(EnumSet.of(DispatcherType.REQUEST));
        var answer = new Thread(() -> app.post("/waiting", TestApp.JSON, "{\"token\":\"ok-1\"}"));
        answer.start();
        await(entered);
        assertThatCode(BodyReleaseTest::reserveAll).isInstanceOf(UnusableBodyException.class);
        mayEnd.countDown();
        answer.join();
        Awaitility.await()
                .untilAsserted(() -> assertThatCode(BodyReleaseTest::reserveAll).doesNotThrowAnyException());
    }

    /** A guard that only watches reads little; the next one must have room before it reads more. */
    @Test
    void aSecondGuardReadsNoMoreOfABodyThanThereIsRoomFor() throws Exception {
        Map<String, String> first =
                TestApp.params(playtcha, "token-json-pointer", "/token", "max-body", "10", "mode", "monitor");
        Map<String, String> second =
                TestApp.params(playtcha, "token-json-pointer", "/token", "max-body", String.valueOf(1 << 30));
        app.filter("first", first, EnumSet.of(DispatcherType.REQUEST), "/plain")
                .filter("second", second, EnumSet.of(DispatcherType.REQUEST), "/plain")
                .start();
        BodyBudget.Room taken = ApplicationRegistry.of(TestApp.class.getClassLoader())
                .start()
                .bodies()
                .reserve(LIMIT / 2, Integer.MAX_VALUE);
        try (Socket visitor = new Socket("127.0.0.1", app.port())) {
            visitor.setSoTimeout(60_000);
            // The body goes on, and is not waited for.
            visitor.getOutputStream()
                    .write(("POST /app/plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n14\r\n" + " ".repeat(20) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(visitor.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 503");
        }
        taken.release();
    }
}
