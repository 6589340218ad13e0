package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.internal.late.jdbc.EmbeddedH2;
import com.playtcha.jakarta.internal.late.jdbc.JdbcStores;
import com.playtcha.jakarta.internal.late.spool.LateDirectory;
import com.playtcha.jakarta.testkit.CallbackBehavior;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.ResultServiceStandIn;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service that works on tasks and an application that waits for their results: two servers, real HTTP between them, and
 * a real database behind a data source of the server's, that can be taken away.
 */
abstract class AcceptanceFixture {
    static final String CALLBACK_KEY = "a-key-of-the-acceptance-tests";
    private static final String DATA_SOURCE = "jdbc/late";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient CLIENT =
            OneShotHttp.clientBuilder().connectTimeout(Duration.ofSeconds(60)).build();

    @TempDir
    Path directory;

    final ResultServiceStandIn service = ResultServiceStandIn.builder()
            .callbackKey(CALLBACK_KEY)
            .callbackTimeout(callbackTimeout())
            .start();
    EmbeddedH2 h2;
    Database database;
    Effects effects;
    TaskApp app;
    private Naming.Binding naming;
    private String[] settings = {};
    private volatile Filter front = (request, response, chain) -> chain.doFilter(request, response);

    @BeforeEach
    void openDatabase() {
        h2 = EmbeddedH2.in(directory.resolve("database"), null);
        database = new Database(JdbcStores.dataSource(h2));
        // A row may be locked for as long as a slow disk takes.
        database.execute("SET DEFAULT_LOCK_TIMEOUT 60000");
        naming = Naming.bind(DATA_SOURCE, database.dataSource());
        effects = new Effects(database.real());
        effects.makeTable();
    }

    @AfterEach
    void closeAll() {
        // First, so that nobody calls back into an application that goes.
        service.close();
        if (app != null) {
            app.close();
        }
        naming.close();
        h2.close();
    }

    /** How long the service waits for the answer to a callback. */
    Duration callbackTimeout() {
        return Duration.ofSeconds(30);
    }

    private Path lateDir() {
        return directory.resolve("late");
    }

    /** The settings of callbacks. */
    static String[] callbacks() {
        return new String[] {"callback-path", TaskApp.CALLBACKS, "callback-key", CALLBACK_KEY};
    }

    /** The settings of polling, with the shortest intervals there are. */
    String[] polling() {
        return new String[] {
            "poll-url", service.pollUrl().toString(), "poll-key", "test-poll-key", "poll-interval", "1s"
        };
    }

    static String[] together(String[]... groups) {
        return Stream.of(groups).flatMap(Stream::of).toArray(String[]::new);
    }

    /** Starts the application with these settings and a database, a directory and short retries. */
    void start(String... keysAndValues) {
        settings = keysAndValues;
        Map<String, String> all = new HashMap<>(
                Map.of("late-datasource", DATA_SOURCE, "late-dir", lateDir().toString(), "dead-letter-retry", "1s"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        app = new TaskApp(
                all,
                effects,
                TaskApp.filter(
                        TaskApp.CALLBACKS, (request, response, chain) -> front.doFilter(request, response, chain)));
        service.callBackTo(app.url(TaskApp.CALLBACKS));
    }

    void stop() {
        app.close();
    }

    void startAgain() {
        start(settings);
    }

    /** Puts something before the callbacks, as a proxy would stand there. */
    void front(Filter value) {
        front = value;
    }

    /** A proxy that has its bad moment. */
    static Filter answering(int status) {
        return (request, response, chain) -> ((HttpServletResponse) response).setStatus(status);
    }

    /** The application asks the service to do something, and tracks it. */
    String task() {
        String id = service.createTask();
        // As an application does when the store of a busy machine takes too long.
        await("task " + id).atMost(PATIENCE).until(() -> track(id), "AWAITING"::equals);
        return id;
    }

    String track(String id) {
        return send("POST", id).body();
    }

    private String state(String id) {
        return send("GET", id).body();
    }

    private HttpResponse<String> send(String method, String id) {
        return send(method, app.url("/tasks?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8)));
    }

    static HttpResponse<String> send(String method, URI url) {
        HttpRequest request = OneShotHttp.request(url)
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the handler has taken it, and looks that it had effect once. */
    void awaitEffect(String id, String what) {
        awaitState(id, "DELIVERED");
        assertThat(effects.of(id)).containsExactly(what);
    }

    void awaitState(String id, String state) {
        await("state of " + id).atMost(PATIENCE).until(() -> state(id), state::equals);
    }

    /** A callback that is taken now. */
    void deliver(String id) {
        assertThat(service.deliver(id).status()).hasValue(200);
    }

    /** Calls back, as often as it takes. */
    void untilItIsTaken(String id) {
        service.schedule(id, CallbackBehavior.once().attempts(1000, Duration.ofMillis(200)));
    }

    /** Waits until one was answered so; 0 is no answer at all. */
    void awaitAnswer(String id, int status) {
        await("answer " + status + " to " + id)
                .atMost(PATIENCE)
                .until(() -> service.callbacks().stream()
                        .anyMatch(sent -> sent.id().equals(id) && sent.status().orElse(0) == status));
    }

    /** How many callbacks were acknowledged since the start: those whose result a slow database kept waiting, too. */
    long acknowledged() {
        return app.counter("accepted") + app.counter("duplicate") + app.counter("spooled");
    }

    void awaitPolled(String id) {
        await("poll of " + id).atMost(PATIENCE.toSeconds(), TimeUnit.SECONDS).until(() -> service.pollCount(id) > 0);
    }

    /** The files that wait for the database. */
    List<Path> spooledFiles() {
        Path spool = new LateDirectory(lateDir()).spool();
        if (!Files.isDirectory(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
