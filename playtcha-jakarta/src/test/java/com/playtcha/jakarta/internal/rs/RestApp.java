package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.sun.net.httpserver.HttpServer;
import jakarta.ws.rs.core.Application;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** A REST application in Jersey on 127.0.0.1, without servlets and CDI, and a visitor's client for it. */
final class RestApp implements AutoCloseable {
    static final String FORM = "application/x-www-form-urlencoded";
    static final String JSON = "application/json";

    /** What ran inside the applications, in order. */
    static final List<String> SEEN = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final PlaytchaApplication playtcha;
    private final URI base;

    private RestApp(HttpServer server, PlaytchaApplication playtcha) {
        this.server = server;
        this.playtcha = playtcha;
        this.base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** With these settings, and these resources and providers. */
    static RestApp start(Map<String, String> settings, Class<?>... classes) {
        return start(settings, new Application() {
            @Override
            public Set<Class<?>> getClasses() {
                return Set.of(classes);
            }
        });
    }

    /** With these settings, as this application says. */
    static RestApp start(Map<String, String> settings, Application application) {
        SEEN.clear();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader loader = new URLClassLoader(new URL[0], before);
        PlaytchaApplication playtcha = ApplicationRegistry.bind(loader);
        thread.setContextClassLoader(loader);
        try {
            playtcha.configure(uses -> new SettingsLoader()
                    .contextParams(settings)
                    .uses(uses)
                    .classLoader(loader)
                    .load());
            HttpServer server = JdkHttpServerFactory.createHttpServer(
                    URI.create("http://127.0.0.1:0/"), ResourceConfig.forApplication(application), true);
            return new RestApp(server, playtcha);
        } catch (RuntimeException | Error e) {
            playtcha.end();
            throw e;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Settings that ask this stand-in, and others: keys without prefix and values by turns. */
    static Map<String, String> asking(PlaytchaStandIn playtcha, String... others) {
        Map<String, String> settings = new HashMap<>();
        settings.put("playtcha.base-url", playtcha.baseUrl().toString());
        settings.put("playtcha.secret", playtcha.secret());
        for (int i = 0; i < others.length; i += 2) {
            settings.put("playtcha." + others[i], others[i + 1]);
        }
        // A busy machine is no fault of Playtcha's.
        if (!settings.containsKey("playtcha.timeout")) {
            settings.put("playtcha.timeout", "20s");
            settings.putIfAbsent("playtcha.connect-timeout", "10s");
        }
        return settings;
    }

    PlaytchaApplication playtcha() {
        return playtcha;
    }

    int port() {
        return base.getPort();
    }

    /** A POST with these headers, names and values by turns. */
    HttpResponse<String> post(String path, String body, String... headers) {
        return send("POST", path, HttpRequest.BodyPublishers.ofString(body), headers);
    }

    /** A POST whose length is not declared. */
    HttpResponse<String> postChunked(String path, InputStream body, String... headers) {
        return send("POST", path, HttpRequest.BodyPublishers.ofInputStream(() -> body), headers);
    }

    HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            // A client of its own opens a connection. With "Connection: close", this server would reset one with an
            // unread
            // body, and the response would be lost.
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        playtcha.end();
    }
}
