package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import com.playtcha.jakarta.internal.late.engine.EngineFixture;
import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.testkit.OneShotHttp;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An application in Jetty that accepts callbacks into an engine on a real database, and a client that sends them. */
abstract class CallbackFixture extends EngineFixture {
    static final String KEY = "a-key-of-the-callback-inbox";
    static final String FORM = "application/x-www-form-urlencoded";
    private static final HttpClient CLIENT =
            OneShotHttp.clientBuilder().connectTimeout(Duration.ofSeconds(60)).build();

    private final Server server = new Server(new QueuedThreadPool(300));
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    protected final ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
    protected CapturedLog log;

    @BeforeEach
    void captureLog() {
        log = new CapturedLog(ResultCallbackServlet.class.getName(), Level.INFO);
    }

    @AfterEach
    void stopServer() throws Exception {
        server.stop();
        log.close();
    }

    protected Supplier<@Nullable LateInbox> inbox() {
        return () -> engine == null ? null : engine.inbox();
    }

    /** Serves as the settings callback-path and callback-key do. */
    protected void serve() {
        serve(servlets -> ResultCallbackServlet.register(servlets, "/callback", () -> KEY, inbox()));
    }

    protected void serve(Consumer<ServletContext> initializer) {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(context);
        context.setContextPath("/app");
        context.addServletContainerInitializer((classes, servlets) -> initializer.accept(servlets));
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Serves with limits that a test can reach. */
    protected void serve(ResultCallbackServlet servlet) {
        serve(servlets -> servlets.addServlet("callbacks", servlet).addMapping("/callback"));
    }

    protected static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    protected HttpRequest.Builder request(String query) {
        return OneShotHttp.request(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/app/callback"
                        + (query.isEmpty() ? "" : "?") + query))
                .timeout(Duration.ofSeconds(60));
    }

    /** Sends a request, and checks what all responses have in common. */
    protected HttpResponse<String> send(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWithIgnoringCase("text/plain");
        assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(response.headers().firstValue("Retry-After").isPresent()).isEqualTo(response.statusCode() == 503);
        assertThat(response.body()).hasSizeLessThan(100).doesNotContain(KEY);
        return response;
    }

    protected int get(String query) {
        return send(request(query)).statusCode();
    }

    /** Sends a GET with the right key in the header. */
    protected int getWithKey(String query) {
        return send(request(query).header("X-Callback-Key", KEY)).statusCode();
    }

    protected int post(String query, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder request =
                request(query).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers)).statusCode();
    }

    protected int post(String body, String... headers) {
        return post("", FORM, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    protected int postWithKey(String body) {
        return post(body, "X-Callback-Key", KEY);
    }

    protected Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** Sends raw bytes, ends the output, and returns the whole response. */
    protected String raw(String bytes) {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the results that the handler got, after the engine has done what is due. */
    protected java.util.List<String> codes() {
        engine.pollOnce();
        return handled.stream().map(LateResult::getCode).toList();
    }
}
