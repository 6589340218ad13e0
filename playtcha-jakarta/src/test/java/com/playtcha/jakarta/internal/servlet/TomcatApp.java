package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.OneShotHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;

/** A small web application in Tomcat on 127.0.0.1: where Jetty and Tomcat differ, both are tested. */
final class TomcatApp implements AutoCloseable {
    private static final HttpClient CLIENT =
            OneShotHttp.clientBuilder().connectTimeout(Duration.ofSeconds(60)).build();

    private final Path base;
    private final Tomcat tomcat = new Tomcat();
    private final Context context;

    /** The methods with which servlets ran, in order, each after its path. */
    final List<String> seen = new CopyOnWriteArrayList<>();

    private @Nullable ClassLoader loader;

    TomcatApp() {
        try {
            base = Files.createTempDirectory("tomcat");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        context = tomcat.addContext("/app", base.toString());
        context.setParentClassLoader(TomcatApp.class.getClassLoader());
        // As every Tomcat has one, by its own web.xml.
        Tomcat.addServlet(context, "default", new DefaultServlet());
        context.addServletMappingDecoded("/", "default");
    }

    Context context() {
        return context;
    }

    TomcatApp keepEncodedSlashes() {
        tomcat.getConnector().setEncodedSolidusHandling("passthrough");
        return this;
    }

    TomcatApp useBodyEncodingForUri() {
        tomcat.getConnector().setUseBodyEncodingForURI(true);
        return this;
    }

    /** Limits the forms that Tomcat reads. */
    TomcatApp limits(int bytes, int parameters) {
        tomcat.getConnector().setMaxPostSize(bytes);
        tomcat.getConnector().setMaxParameterCount(parameters);
        return this;
    }

    TomcatApp initialized() {
        context.addServletContainerInitializer(
                (classes, started) -> loader = Thread.currentThread().getContextClassLoader(), Set.of());
        context.addServletContainerInitializer(new PlaytchaInitializer(), Set.of());
        return this;
    }

    TomcatApp filter(String name, Map<String, String> params, EnumSet<DispatcherType> on, String... patterns) {
        FilterDef filter = new FilterDef();
        filter.setFilterName(name);
        filter.setFilterClass(PlaytchaFilter.class.getName());
        filter.setAsyncSupported("true");
        params.forEach(filter::addInitParameter);
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(name);
        on.forEach(type -> mapping.setDispatcher(type.name()));
        Stream.of(patterns).forEach(mapping::addURLPattern);
        context.addFilterMap(mapping);
        return this;
    }

    TomcatApp servlet(String path, TestApp.Page page) {
        Tomcat.addServlet(context, path, new HttpServlet() {
                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws jakarta.servlet.ServletException, IOException {
                        seen.add(request.getMethod() + " " + path);
                        page.serve(request, response);
                    }
                })
                .setAsyncSupported(true);
        context.addServletMappingDecoded(path, path);
        return this;
    }

    TomcatApp errorPage(int status, String path) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(status);
        page.setLocation(path);
        context.addErrorPage(page);
        return this;
    }

    TomcatApp errorPage(Class<? extends Throwable> type, String path) {
        ErrorPage page = new ErrorPage();
        page.setExceptionType(type.getName());
        page.setLocation(path);
        context.addErrorPage(page);
        return this;
    }

    TomcatApp start() {
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** Whether the application was deployed: Tomcat itself goes on without one that was refused. */
    boolean isDeployed() {
        return context.getState() == LifecycleState.STARTED;
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    HttpRequest.Builder request(String path) {
        return OneShotHttp.request(URI.create("http://127.0.0.1:" + port() + "/app" + path))
                .timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> post(String path, String contentType, String body, String... headers) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (loader != null && !isDeployed()) {
            // Tomcat ends nothing of an application that it did not start; until its class loader is collected, the
            // classes of other tests would belong to it.
            ApplicationRegistry.of(loader).end();
        }
        try {
            tomcat.stop();
            tomcat.destroy();
            try (Stream<Path> files = Files.walk(base)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
            }
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
