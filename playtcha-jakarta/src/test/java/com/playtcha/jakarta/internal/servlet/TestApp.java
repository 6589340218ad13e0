package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.OneShotHttp;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A small web application in Jetty on 127.0.0.1, as its author would set it up, and a visitor's client for it. */
final class TestApp implements AutoCloseable {
    static final String FORM = "application/x-www-form-urlencoded";
    static final String JSON = "application/json";

    private static final HttpClient CLIENT =
            OneShotHttp.clientBuilder().connectTimeout(Duration.ofSeconds(60)).build();

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);

    /** What ran inside the application, in order. */
    final List<String> seen = new CopyOnWriteArrayList<>();

    /** A servlet's body. */
    @FunctionalInterface
    interface Page {
        void serve(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    TestApp() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(context);
        context.setContextPath("/app");
    }

    /** An application that has the filter {@code playtcha} on {@code /signup}, which answers what was decided. */
    static TestApp guarded(PlaytchaStandIn playtcha, String... settings) {
        TestApp app = new TestApp().initialized().servlet("/signup", TestApp::showAttributes);
        return app.filter("playtcha", params(playtcha, settings), EnumSet.of(DispatcherType.REQUEST), "/signup");
    }

    /** The init-params of a filter that asks this stand-in. */
    static Map<String, String> params(PlaytchaStandIn playtcha, String... settings) {
        Map<String, String> params = new HashMap<>();
        params.put("base-url", playtcha.baseUrl().toString());
        params.put("secret", playtcha.secret());
        for (int i = 0; i < settings.length; i += 2) {
            params.put(settings[i], settings[i + 1]);
        }
        // A busy machine is no fault of Playtcha's.
        if (!params.containsKey("timeout")) {
            params.put("timeout", "20s");
            params.putIfAbsent("connect-timeout", "10s");
        }
        return params;
    }

    TestApp initialized() {
        return initializer(new PlaytchaInitializer());
    }

    TestApp initializer(ServletContainerInitializer initializer) {
        context.addServletContainerInitializer(initializer);
        return this;
    }

    TestApp contextParams(Map<String, String> params) {
        params.forEach((name, value) -> context.setInitParameter("playtcha." + name, value));
        return this;
    }

    TestApp classLoader(ClassLoader loader) {
        context.setClassLoader(loader);
        return this;
    }

    TestApp requestEncoding(String encoding) {
        context.setDefaultRequestCharacterEncoding(encoding);
        return this;
    }

    TestApp filter(String name, Map<String, String> params, EnumSet<DispatcherType> on, String... patterns) {
        FilterHolder holder = new FilterHolder(PlaytchaFilter.class);
        holder.setName(name);
        holder.setInitParameters(params);
        holder.setAsyncSupported(true);
        for (String pattern : patterns) {
            context.addFilter(holder, pattern, on);
        }
        return this;
    }

    TestApp otherFilter(Filter filter, String pattern) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, pattern, EnumSet.of(DispatcherType.REQUEST));
        return this;
    }

    TestApp servlet(String path, Page page) {
        servletWithoutParts(path, page).getRegistration().setMultipartConfig(new MultipartConfigElement(""));
        return this;
    }

    ServletHolder servletWithoutParts(String path, Page page) {
        ServletHolder holder = new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                seen.add(path);
                page.serve(request, response);
            }
        });
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
        return holder;
    }

    TestApp errorPage(Page page) {
        servlet("/error", page);
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(400, 599, "/error");
        context.setErrorHandler(errors);
        return this;
    }

    TestApp start() {
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IllegalStateException(e.getMessage(), e);
        }
        return this;
    }

    ServletContextHandler context() {
        return context;
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        // A context whose start failed is never destroyed; the next test has the same class loader.
        ApplicationRegistry.of(TestApp.class.getClassLoader()).end();
    }

    HttpRequest.Builder request(String path) {
        return OneShotHttp.request(URI.create("http://127.0.0.1:" + port() + "/app" + path))
                .timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Posts a form with this token. */
    HttpResponse<String> signUp(String token, String... headers) {
        return post("/signup", FORM, "playtcha-response=" + encoded(token), headers);
    }

    HttpResponse<String> post(String path, String contentType, String body, String... headers) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Answers with every attribute of the contract. */
    static void showAttributes(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        response.getWriter().print(attributes(request));
    }

    static String attributes(HttpServletRequest request) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("outcome", "allowed", "degraded", "error-code", "request-id")) {
            text.append(name)
                    .append('=')
                    .append(request.getAttribute("playtcha." + name))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
