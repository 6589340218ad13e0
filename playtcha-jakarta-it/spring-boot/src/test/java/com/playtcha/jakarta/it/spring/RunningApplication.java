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
        SpringApplication application = new SpringApplication(TestApplication.class);
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

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HttpResponse<String> post(String path, String form) throws IOException, InterruptedException {
        return send(path, "text/html", HttpRequest.BodyPublishers.ofString(form));
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
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    @Override
    public void close() {
        context.close();
    }
}
