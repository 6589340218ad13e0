package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, section 5: a JSON body that was read for its token can be read again, by every way the API has. */
class ReplayTest {
    private static final String BODY = "{\"token\":\"ok-1\",\"name\":\"Zo\u00eb\"}";

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private TestApp app;

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private HttpResponse<String> post(String body, TestApp.Page page, String... settings) {
        String[] all = java.util.Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "token-json-pointer";
        all[settings.length + 1] = "/token";
        app = new TestApp()
                .initialized()
                .filter("playtcha", TestApp.params(playtcha, all), EnumSet.allOf(DispatcherType.class), "/*")
                .servlet("/signup", (request, response) -> {
                    response.setContentType("text/plain;charset=UTF-8");
                    page.serve(request, response);
                })
                .servlet("/second", (request, response) -> {
                    response.setContentType("text/plain;charset=UTF-8");
                    response.getWriter()
                            .print(request.getDispatcherType() + " "
                                    + new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                })
                .start();
        return app.post("/signup", TestApp.JSON, body);
    }

    private static String rest(HttpServletRequest request) throws IOException {
        return new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void asAStreamOnceLikeTheContainers() {
        HttpResponse<String> answer = post(BODY, (request, response) -> {
            ServletInputStream stream = request.getInputStream();
            String facts = stream.isFinished() + " " + stream.isReady() + " " + (stream.available() > 0) + " "
                    + request.getContentLength() + " " + (char) stream.read() + " " + stream.read(new byte[0]);
            response.getWriter().print(facts + rest(request) + stream.read() + stream.isFinished() + rest(request));
        });
        assertThat(answer.body())
                .isEqualTo("false true true " + BODY.getBytes(StandardCharsets.UTF_8).length + " { 0"
                        + BODY.substring(1) + "-1true");
    }

    @Test
    void asAReaderInUtf8() {
        assertThat(post(BODY, (request, response) -> {
                            String line = request.getReader().readLine();
                            response.getWriter()
                                    .print(line + request.getReader().readLine());
                        })
                        .body())
                .isEqualTo(BODY + "null");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void streamAndReaderExcludeEachOther(boolean streamFirst) {
        assertThat(post(BODY, (request, response) -> {
                            try {
                                if (streamFirst) {
                                    request.getInputStream();
                                    request.getReader();
                                } else {
                                    request.getReader();
                                    request.getInputStream();
                                }
                            } catch (IllegalStateException e) {
                                response.getWriter().print("IllegalStateException");
                            }
                        })
                        .body())
                .isEqualTo("IllegalStateException");
    }

    /** Reads as the specification's example does, and answers with what it was told, in order. */
    private static final class Collector implements ReadListener {
        final AsyncContext async;
        final ServletInputStream stream;
        final AtomicBoolean serving = new AtomicBoolean(true);
        final StringBuilder told = new StringBuilder();
        final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

        Collector(HttpServletRequest request) throws IOException {
            this.async = request.startAsync();
            this.stream = request.getInputStream();
        }

        @Override
        public void onDataAvailable() throws IOException {
            told.append(serving.get() ? "too early " : "data ");
            byte[] buffer = new byte[7];
            while (stream.isReady() && !stream.isFinished()) {
                int read = stream.read(buffer);
                if (read > 0) {
                    bytes.write(buffer, 0, read);
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            async.getResponse().getWriter().print(told + "all " + bytes.toString(StandardCharsets.UTF_8));
            async.complete();
        }

        @Override
        public void onError(Throwable t) {
            try {
                async.getResponse().getWriter().print(told + "error " + t.getMessage());
            } catch (IOException e) {
                told.append(e);
            }
            async.complete();
        }
    }

    @Test
    void throughAReadListenerOnceTheServletHasReturned() {
        assertThat(post(BODY, (request, response) -> {
                            Collector collector = new Collector(request);
                            collector.stream.setReadListener(collector);
                            collector.serving.set(false);
                        })
                        .body())
                .isEqualTo("data all " + BODY);
    }

    @Test
    void throughAReadListenerThatIsSetOnAnotherThreadLater() {
        assertThat(post(BODY, (request, response) -> {
                            Collector collector = new Collector(request);
                            collector.serving.set(false);
                            collector.async.start(() -> collector.stream.setReadListener(collector));
                        })
                        .body())
                .isEqualTo("data all " + BODY);
    }

    @Test
    void throughAReadListenerInMonitorModePastTheLimit() {
        String large = BODY.replace("Zo\u00eb", "x".repeat(200_000));
        assertThat(post(
                                large,
                                (request, response) -> {
                                    Collector collector = new Collector(request);
                                    collector.stream.setReadListener(collector);
                                    collector.serving.set(false);
                                },
                                "max-body",
                                "20",
                                "mode",
                                "monitor")
                        .body())
                .isEqualTo("data all " + large);
    }

    @Test
    void whatAReadListenerThrowsIsToldToItsOnError() {
        assertThat(post(BODY, (request, response) -> {
                            Collector collector = new Collector(request);
                            collector.stream.setReadListener(new ReadListener() {
                                @Override
                                public void onDataAvailable() throws IOException {
                                    throw new IOException("mine");
                                }

                                @Override
                                public void onAllDataRead() {}

                                @Override
                                public void onError(Throwable t) {
                                    collector.onError(t);
                                }
                            });
                        })
                        .body())
                .isEqualTo("error mine");
    }

    @Test
    void aReadListenerNeedsAnAsynchronousRequestAndIsSetOnce() {
        assertThat(post(BODY, (request, response) -> {
                            ServletInputStream stream = request.getInputStream();
                            response.getWriter().print(refused(() -> stream.setReadListener(null)));
                            ReadListener idle = new ReadListener() {
                                @Override
                                public void onDataAvailable() {}

                                @Override
                                public void onAllDataRead() {}

                                @Override
                                public void onError(Throwable t) {}
                            };
                            response.getWriter().print(refused(() -> stream.setReadListener(idle)));
                            Collector collector = new Collector(request);
                            stream.setReadListener(collector);
                            collector.serving.set(false);
                            response.getWriter().print(refused(() -> stream.setReadListener(idle)));
                        })
                        .body())
                .isEqualTo("NullPointerException IllegalStateException IllegalStateException data all " + BODY);
    }

    private static String refused(Runnable call) {
        try {
            call.run();
            return "accepted ";
        } catch (IllegalStateException | NullPointerException e) {
            return e.getClass().getSimpleName() + " ";
        }
    }

    @Test
    void afterAForwardTheBodyIsWhereTheApplicationLeftIt() {
        assertThat(post(BODY, (request, response) -> {
                            request.getInputStream().read();
                            request.getRequestDispatcher("/second").forward(request, response);
                        })
                        .body())
                .isEqualTo("FORWARD " + BODY.substring(1));
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    @Test
    void afterAnAsynchronousDispatchOfTheContainersOwnRequestTheBodyIsThereToo() {
        assertThat(post(BODY, (request, response) -> request.startAsync().dispatch("/second"))
                        .body())
                .isEqualTo("ASYNC " + BODY);
        assertThat(playtcha.requestCount()).isEqualTo(1);
    }

    /** The filter is on REQUEST only, as in most applications: what follows has only the objects of the request itself. */
    private TestApp guardedOnRequestOnly(TestApp.Page page) {
        app = TestApp.guarded(playtcha, "token-json-pointer", "/token")
                .servlet(
                        "/second",
                        (request, response) ->
                                response.getWriter().print(request.getDispatcherType() + " " + rest(request)));
        app.servlet("/forwarded", (request, response) -> request.startAsync().dispatch("/second"))
                .filter(
                        "async",
                        TestApp.params(playtcha, "token-json-pointer", "/token"),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/page")
                .servlet("/page", page)
                .start();
        return app;
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theAsynchronousContextsRequestHasTheBody(boolean withArguments) {
        guardedOnRequestOnly((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            AsyncContext async = withArguments ? request.startAsync(request, response) : request.startAsync();
            HttpServletRequest onward = (HttpServletRequest) async.getRequest();
            async.start(() -> {
                try {
                    async.getResponse().getWriter().print(rest(onward));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                async.complete();
            });
        });
        assertThat(app.post("/page", TestApp.JSON, BODY).body()).isEqualTo(BODY);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void anAsynchronousDispatchHasTheBody(boolean withArguments) {
        guardedOnRequestOnly((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            AsyncContext async = withArguments ? request.startAsync(request, response) : request.startAsync();
            async.dispatch("/second");
        });
        assertThat(app.post("/page", TestApp.JSON, BODY).body()).isEqualTo("ASYNC " + BODY);
    }

    @Test
    void anAsynchronousDispatchOfAForwardedRequestHasTheBody() {
        guardedOnRequestOnly((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            request.getRequestDispatcher("/forwarded").forward(request, response);
        });
        assertThat(app.post("/page", TestApp.JSON, BODY).body()).isEqualTo("ASYNC " + BODY);
    }
}
