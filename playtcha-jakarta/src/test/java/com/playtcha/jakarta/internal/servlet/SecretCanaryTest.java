package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Services;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application goes through every outcome with every logger at its finest, and whatever it shows, writes or sends is
 * searched for its secret and its keys (contract, section 1): they are for the service alone.
 */
class SecretCanaryTest {
    private static final String SECRET = "canary-secret-of-the-guard-5e0b1f";
    private static final String CALLBACK_KEY = "canary-callback-key-93c7d2";
    private static final String POLL_KEY = "canary-poll-key-41aa08";

    private final PlaytchaStandIn playtcha =
            PlaytchaStandIn.builder().secret(SECRET).start();
    private final ResultServiceStandIn results =
            ResultServiceStandIn.builder().pollKey(POLL_KEY).start();
    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TestApp app = new TestApp().initialized();
    private final ConcurrentLinkedQueue<String> shown = new ConcurrentLinkedQueue<>();
    private final List<CapturedLog> logs = new ArrayList<>();

    /** Loggers of the JDK. */
    private final Handler jdkLog = new Handler() {
        @Override
        public void publish(LogRecord line) {
            // Not of the visitors' client.
            if (!String.valueOf(line.getLoggerName()).startsWith("jdk.internal.httpclient")) {
                shown.add(line.getLoggerName() + " " + line.getMessage() + Arrays.toString(line.getParameters()));
                show(line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @TempDir
    Path folder;

    /** Fails for some items, with what it was given in its exception. */
    public static final class FailingHandler implements LateResultHandler {
        static final ConcurrentLinkedQueue<String> DELIVERED = new ConcurrentLinkedQueue<>();

        @Override
        public void handle(LateResult result, Delivery delivery) {
            DELIVERED.add(result.getId() + " " + result + " " + delivery);
            if (result.getId().startsWith("bad")) {
                throw new IllegalStateException("cannot use " + result + " of " + delivery);
            }
        }
    }

    @BeforeEach
    void listen() {
        FailingHandler.DELIVERED.clear();
        for (String name :
                List.of("ROOT", "com.playtcha", "org.apache.hc", "io.micrometer", "io.opentelemetry", "h2database")) {
            logs.add(new CapturedLog(name, Level.ALL));
        }
        // The container sees what visitors and services send to it, and the stand-ins are the services.
        logs.add(new CapturedLog("org.eclipse.jetty", Level.OFF));
        logs.add(new CapturedLog("com.playtcha.jakarta.testkit", Level.OFF));
        Logger.getLogger("").addHandler(jdkLog);
        Logger.getLogger("").setLevel(java.util.logging.Level.ALL);
        jdkLog.setLevel(java.util.logging.Level.ALL);
        Metrics.addRegistry(prometheus);
        GlobalOpenTelemetry.resetForTest();
        OpenTelemetrySdk.builder()
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(reader).build())
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .buildAndRegisterGlobal();
    }

    @AfterEach
    void close() {
        app.close();
        results.close();
        playtcha.close();
        Logger.getLogger("").removeHandler(jdkLog);
        Logger.getLogger("").setLevel(java.util.logging.Level.INFO);
        Metrics.removeRegistry(prometheus);
        GlobalOpenTelemetry.resetForTest();
        Collections.reverse(logs);
        logs.forEach(CapturedLog::close);
    }

    private void show(Throwable failure) {
        if (failure != null) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            shown.add(text.toString());
        }
    }

    private void show(HttpResponse<String> response) {
        shown.add(response.statusCode() + " " + response.headers().map() + response.body());
    }

    /** Every attribute and what can be said of the decision; and an application's error now and then. */
    private void page(HttpServletRequest request, HttpServletResponse response) throws IOException {
        for (String name : Collections.list(request.getAttributeNames())) {
            shown.add(name + "=" + request.getAttribute(name));
        }
        if (request.getAttribute(PlaytchaAttributes.VERIFICATION) instanceof Verification verification) {
            shown.add(verification + " " + verification.getError() + " " + verification.getReason());
        }
        if ("true".equals(request.getParameter("fail"))) {
            throw new IllegalStateException("the application's own " + request.getAttribute("playtcha"));
        }
        response.getWriter().print(TestApp.attributes(request));
    }

    private TestApp start() {
        Map<String, String> settings = new HashMap<>(TestApp.params(
                playtcha,
                "url-patterns",
                "/form",
                "late-verdicts",
                "true",
                "late-dir",
                folder.resolve("late").toString(),
                "callback-path",
                "/callback",
                "callback-key",
                CALLBACK_KEY,
                "callback-timeout",
                "1ms",
                "poll-url",
                results.pollUrl().toString(),
                "poll-key",
                POLL_KEY,
                "poll-interval",
                "20ms"));
        settings.put("guards", "closed");
        settings.put("guards.closed.fail-closed", "true");
        settings.put("guards.closed.url-patterns", "/closed");
        settings.put("guards.closed.timeout", "1s");
        settings.put("guards.closed.connect-timeout", "1s");
        return app.servlet("/form", this::page)
                .servlet("/closed", this::page)
                .classLoader(Services.naming(
                        folder.resolve("services"), LateResultHandler.class, FailingHandler.class.getName()))
                .contextParams(settings)
                .start();
    }

    private void visit(String token) {
        String form = "fail=" + token.startsWith("ok-fail") + "&playtcha-response=" + token;
        for (String accept : List.of("text/html", "application/json")) {
            show(app.post("/form", TestApp.FORM, form + accept.length(), "Accept", accept));
            show(app.post("/closed", TestApp.FORM, form + "c" + accept.length(), "Accept", accept));
        }
    }

    @Test
    void secretAndKeysAreForTheServiceAlone() throws Exception {
        start();
        List.of("ok-1", "ok-1", "ok-fail-1", "invalid-1", "expired-1", "redeemed-1", "db-error-1", "rate-limited-1")
                .forEach(this::visit);
        app.post("/form", TestApp.FORM, "");
        PlaytchaApplication application = ApplicationRegistry.of(TestApp.class.getClassLoader());
        brokenAnswers().forEach(reply -> {
            reset(application);
            playtcha.always(reply);
            visit("ok-" + System.nanoTime());
        });
        reset(application);
        playtcha.refuse();
        visit("ok-down");
        playtcha.accept();
        reset(application);

        late(application);
        operator(application);

        shown.addAll(FailingHandler.DELIVERED);
        app.close();
        logs.forEach(log -> shown.add(log.everything()));
        files(folder);
        List<String> lines = shown.stream().flatMap(String::lines).toList();
        for (String place : List.of(
                "playtcha.jakarta.internal.gate",
                "reason=bad-secret",
                "Exempt=",
                "playtcha_verifications_total",
                "http.client.request.duration",
                "callback-key",
                ".mv.db")) {
            assertThat(lines).as("what was searched").anyMatch(line -> line.contains(place));
        }
        for (String canary : List.of(SECRET, CALLBACK_KEY, POLL_KEY, hex(SECRET), base64(SECRET))) {
            assertThat(lines).filteredOn(line -> line.contains(canary)).isEmpty();
        }
        assertThat(playtcha.requests())
                .allSatisfy(request ->
                        assertThat(request.target() + request.headers()).doesNotContain(SECRET, CALLBACK_KEY, POLL_KEY))
                .allSatisfy(request -> assertThat(request.body()).doesNotContain(CALLBACK_KEY, POLL_KEY));
        assertThat(results.polls())
                .isNotEmpty()
                .allSatisfy(poll -> assertThat(poll.target() + poll.headers()).doesNotContain(SECRET, CALLBACK_KEY));
    }

    /** Forgets what the service did, and closes breaker and throttle window. */
    private void reset(PlaytchaApplication application) {
        playtcha.reset();
        List.of("default", "closed").forEach(guard -> application.guard(guard).reset());
    }

    /** Services and proxies that repeat the request, wherever they can. */
    private static List<Reply> brokenAnswers() {
        String echo = "{\"secret\":\"" + SECRET + "\",\"token\":\"t\"}";
        String escaped = echo.replace("\"", "\\\"");
        return List.of(
                Reply.error(401, "bad_secret", "no project has " + SECRET),
                Reply.error(404, "unknown_project", "no"),
                Reply.error(422, "odd", escaped).requestId(SECRET),
                Reply.error(500, SECRET, "no"),
                Reply.error(403, SECRET, "no"),
                Reply.json(400, "{\"error\":{\"code\":\"odd\",\"message\":\"m\",\"request\":" + echo + "}}"),
                Reply.json(200, "{\"success\":\"" + SECRET + "\"}"),
                Reply.json(200, echo),
                Reply.json(200, "{\"" + SECRET + "\":1,\"" + SECRET + "\":2}"),
                Reply.status(302).header("Location", "https://" + SECRET + ".example/?" + SECRET),
                Reply.status(429).header("Retry-After", SECRET),
                Reply.status(200).header("Content-Encoding", SECRET).body(echo),
                Reply.raw("HTTP/1.1 " + SECRET + "\r\n\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: " + SECRET + "\r\n\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + SECRET + "\r\n"),
                Reply.resetConnection(),
                Reply.closeWithoutAnswer(),
                Reply.ok().truncateAfter(40));
    }

    private void late(PlaytchaApplication application) {
        application.late().getTasks().track(results.createTask("polled"));
        results.complete("polled", "its result");
        application.late().getTasks().track(results.createTask("failed"));
        results.fail("failed", "ERROR_WITH_" + POLL_KEY);
        show(app.post("/callback", TestApp.FORM, "id=good&code=solved", "X-Callback-Key", CALLBACK_KEY));
        show(app.post("/callback", TestApp.FORM, "id=bad&code=solved&key=" + CALLBACK_KEY));
        show(app.post("/callback", TestApp.FORM, "id=bad&code=solved&key=wrong"));
        show(app.post("/callback", TestApp.FORM, "code=solved&key=" + CALLBACK_KEY));
        show(app.send(app.request("/callback?id=got&code=solved&key=" + CALLBACK_KEY)));
        await().untilAsserted(() -> assertThat(
                        FailingHandler.DELIVERED.stream().map(item -> item.replaceFirst(" .*", "")))
                .contains("good", "bad", "got", "polled"));
        for (String id : List.of("good", "bad", "got", "polled", "failed")) {
            shown.add(application.late().getTasks().find(id).toString());
        }
    }

    /** What somebody sees who runs the application. */
    private void operator(PlaytchaApplication application) throws Exception {
        PlaytchaGuards guards =
                (PlaytchaGuards) app.context().getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
        shown.add(guards + guards.explain() + guards.names() + guards.failures());
        for (String name : guards.names()) {
            shown.add(guards.verifier(name) + " " + guards.verifier(name).verify("ok-" + name));
            shown.add(application.guard(name) + " " + application.guard(name).settings() + " "
                    + application.guard(name).settings().describe() + " "
                    + application.guard(name).project());
        }
        shown.add(application + " " + application.start() + application.problems() + application.notes());
        assertThatThrownBy(() -> guards.verifier("missing")).satisfies(this::show);
        shown.add(prometheus.scrape());
        shown.add(reader.collectAllMetrics().toString());
        assertThat(spans.getFinishedSpanItems()).isNotEmpty();
        shown.add(spans.getFinishedSpanItems().toString());

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(new ObjectName("com.playtcha.jakarta:*"), null)) {
            shown.add(name + " " + server.getMBeanInfo(name));
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                shown.add(attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                String[] types = Arrays.stream(operation.getSignature())
                        .map(parameter -> parameter.getType())
                        .toArray(String[]::new);
                Object[] arguments = Arrays.stream(types)
                        .map(type -> type.equals("int") ? (Object) 10 : type.equals("boolean") ? (Object) false : "bad")
                        .toArray();
                try {
                    shown.add(operation.getName() + ": " + server.invoke(name, operation.getName(), arguments, types));
                } catch (Exception refused) {
                    show(refused);
                }
            }
        }
    }

    private void files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                shown.add(file.toString());
                if (Files.isRegularFile(file)) {
                    byte[] bytes = Files.readAllBytes(file);
                    shown.add(new String(bytes, StandardCharsets.ISO_8859_1));
                    shown.add(new String(bytes, StandardCharsets.UTF_16BE));
                }
            }
        }
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(String text) {
        return java.util.Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
