package com.playtcha.jakarta.late.acceptance;

import com.playtcha.jakarta.internal.servlet.PlaytchaInitializer;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A small application in Jetty on 127.0.0.1 that settings alone have given late results. {@code POST /tasks?id=} tracks a
 * task, {@code GET /tasks?id=} tells its state. Starts at once; a closed one is not started again.
 */
final class TaskApp implements AutoCloseable {
    static final String CALLBACKS = "/results";

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final LateResults late;

    /** Something more in the application. */
    @FunctionalInterface
    interface Part {
        void addTo(ServletContextHandler context);
    }

    TaskApp(Map<String, String> settings, LateResultHandler handler, Part... parts) {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        server.setHandler(context);
        context.setContextPath("/app");
        settings.forEach((name, value) -> context.setInitParameter("playtcha." + name, value));
        for (Part part : parts) {
            part.addTo(context);
        }
        ServletHolder tasks = new ServletHolder("tasks", new Tasks());
        context.addServlet(tasks, "/tasks");
        context.addServletContainerInitializer(new PlaytchaInitializer());
        // As a context listener of the application's would.
        context.addServletContainerInitializer((classes, servlets) ->
                ((LateResults) servlets.getAttribute(LateResults.ATTRIBUTE)).setHandler(handler));
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IllegalStateException(e.getMessage(), e);
        }
        this.late = (LateResults) context.getServletContext().getAttribute(LateResults.ATTRIBUTE);
    }

    /** A filter before everything that comes in under a path. */
    static Part filter(String path, Filter filter) {
        return context -> context.addFilter(new FilterHolder(filter), path, EnumSet.of(DispatcherType.REQUEST));
    }

    static Part servlet(String path, HttpServlet servlet) {
        return context -> context.addServlet(new ServletHolder(servlet), path);
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/app" + path);
    }

    LateResults late() {
        return late;
    }

    LateMetrics figures() {
        return late.getMetrics().orElseThrow();
    }

    long counter(String name) {
        return figures().getCounters().get(name);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the application does with its tasks. */
    private static final class Tasks extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                LateItem item = late().getTasks().track(request.getParameter("id"));
                response.getWriter().print(item.getState());
            } catch (LateUnavailableException e) {
                response.setStatus(503);
            }
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Optional<LateItem> item = late().getTasks().find(request.getParameter("id"));
            response.getWriter()
                    .print(item.map(found -> found.getState().name()).orElse("unknown"));
        }

        private LateResults late() {
            return (LateResults) getServletContext().getAttribute(LateResults.ATTRIBUTE);
        }
    }
}
