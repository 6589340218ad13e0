package com.playtcha.jakarta.it.spring;

import com.playtcha.jakarta.testkit.OneShotHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** An application with an embedded server, and requests to it. */
final class RunningApplication implements AutoCloseable {
    private static final HttpClient CLIENT = OneShotHttp.clientBuilder().build();

    private final ConfigurableApplicationContext context;

    private RunningApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RunningApplication start(
            EmbeddedServer server,
            Map<String, ?> settings,
            ApplicationContextInitializer<ConfigurableApplicationContext> initializer) {
        return start(server, settings, initializer, TestApplication.class);
    }

    static RunningApplication start(
            EmbeddedServer server,
            Map<String, ?> settings,
            ApplicationContextInitializer<ConfigurableApplicationContext> initializer,
            Class<?> source) {
        SpringApplication application = new SpringApplication(source);
        Map<String, Object> all = new HashMap<>(settings);
        all.put("server.port", "0");
        all.put("server.address", "127.0.0.1");
        // Not the example's application.yml.
        all.putIfAbsent("spring.config.name", "none");
        all.put("management.endpoints.web.exposure.include", "*");
        all.put("management.endpoint.health.show-details", "always");
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean("server", server.factory().orElseThrow()));
        application.addInitializers(initializer);
        application.setDefaultProperties(all);
        return new RunningApplication(application.run());
    }

    static RunningApplication start(EmbeddedServer server, Map<String, ?> settings) {
        return start(server, settings, context -> {});
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HttpResponse<String> post(String path, String form, String... headers) throws IOException, InterruptedException {
        if (headers.length > 0) {
            HttpRequest request = OneShotHttp.request(uri(path))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .headers(headers)
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        }
        return send(path, "text/html", HttpRequest.BodyPublishers.ofString(form));
    }

    /** Sends a request with these headers, in turns of name and value. */
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                OneShotHttp.request(uri(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(OneShotHttp.request(uri(path)).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String path, String accept, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request = OneShotHttp.request(uri(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", accept)
                .POST(body)
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(url() + path);
    }

    /** Where it answers, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    @Override
    public void close() {
        context.close();
    }
}
