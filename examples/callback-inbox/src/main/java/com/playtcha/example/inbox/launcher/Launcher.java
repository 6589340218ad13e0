package com.playtcha.example.inbox.launcher;

import com.playtcha.example.inbox.HeadersFilter;
import com.playtcha.example.inbox.SameOriginFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.plus.jndi.Resource;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/**
 * Runs the application on an embedded Jetty, with a database that goes away, beside a stand-in for the service that works
 * on its tasks; all on 127.0.0.1.
 *
 * <p>System property {@code port} is the application's port (8080), {@code standin.port} the one that the service is
 * polled at (0, any free one), {@code data} a folder that outlives the run (none: a temporary one). Ends on Ctrl-C; ends
 * with status 1 where it cannot start, with 2 where an argument is wrong.
 */
public final class Launcher implements AutoCloseable {
    /** Enough for what listens on the loopback address and lives for minutes; your own comes from a vault. */
    static final String CALLBACK_KEY = "key-of-the-callback-inbox";

    private static final String HOST = "127.0.0.1";
    private static final String POLL_KEY = "test-poll-key";
    private static final List<String> HOSTS = List.of(HOST, "localhost");

    private final Server server = new Server();
    private final int port;
    private final Service service;
    private final Database database;
    /** What ends with it, in this order. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /**
     * What may be chosen.
     *
     * @param port the application's, 0 for any free one
     * @param standInPort the service's, 0 for any free one
     * @param data where everything is kept, null for a folder that ends with the run
     * @param byItself whether tasks are sent, and the database taken away, without a button
     */
    record Choices(int port, int standInPort, Path data, boolean byItself) {}

    /** Why it could not start, for the person who started it. */
    static final class CannotStartException extends Exception {
        private static final long serialVersionUID = 1L;

        CannotStartException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Starts it all.
     *
     * @param war the web application, packed or not
     */
    Launcher(Path war, Choices choices) throws CannotStartException {
        boolean started = false;
        try {
            Path folder = choices.data() == null ? temporary() : choices.data();
            service = service(choices.standInPort());
            parts.addFirst(service);
            database = Database.in(Files.createDirectories(folder));
            parts.addFirst(database);
            Outages outages = new Outages(database, choices.byItself());
            parts.addFirst(outages);
            parts.addFirst(server::stop);
            ServerConnector connector = connector(choices.port());
            port = connector.getLocalPort();
            service.callBackTo(address().resolve("/results"));
            server.setHandler(new ContextHandlerCollection(panel(outages), application(war, folder, choices)));
            server.start();
            started = true;
        } catch (CannotStartException e) {
            throw e;
        } catch (ServletException e) {
            throw new CannotStartException("The application was refused: the lines above say why", e);
        } catch (Exception e) {
            throw new CannotStartException("The application could not be started: " + e.getMessage(), e);
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private Path temporary() throws IOException {
        Path folder = Files.createTempDirectory("callback-inbox");
        parts.addFirst(() -> delete(folder));
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private static Service service(int port) throws CannotStartException {
        try {
            return new Service(port, CALLBACK_KEY, 20);
        } catch (UncheckedIOException e) {
            throw taken(port, "standin.port", e);
        }
    }

    private ServerConnector connector(int wanted) throws CannotStartException {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(wanted);
        server.addConnector(connector);
        try {
            // Before the application is deployed: a taken port is the likeliest problem.
            connector.open();
        } catch (IOException e) {
            throw taken(wanted, "port", e);
        }
        return connector;
    }

    private static CannotStartException taken(int port, String property, Exception cause) {
        return new CannotStartException(
                "Port " + port + " of " + HOST + " is taken: choose another with -D" + property + "=", cause);
    }

    private WebAppContext application(Path war, Path folder, Choices choices) throws Exception {
        WebAppContext application = new WebAppContext(war.toString(), "/");
        application.setThrowUnavailableOnStartupException(true);
        // No other name may lead here: that of a site whose page a browser has open, say.
        application.addVirtualHosts(HOSTS.toArray(String[]::new));
        // What a server's administrator would set up.
        new Resource(application, "jdbc/inbox", database);
        application.setInitParameter("playtcha.callback-key", CALLBACK_KEY);
        application.setInitParameter("playtcha.poll-url", service.pollUrl().toString());
        application.setInitParameter("playtcha.poll-key", POLL_KEY);
        application.setInitParameter("playtcha.late-dir", folder.resolve("late").toString());
        application.setInitParameter(
                "inbox.service-url", address().resolve("/service/tasks").toString());
        application.setInitParameter("inbox.panel", "/service/panel");
        application.setInitParameter("inbox.trickle", Boolean.toString(choices.byItself()));
        return application;
    }

    /** The service's own pages: no part of the application, only of its address. */
    private ServletContextHandler panel(Outages outages) {
        ServletContextHandler panel = new ServletContextHandler("/service");
        panel.addVirtualHosts(HOSTS.toArray(String[]::new));
        panel.addFilter(HeadersFilter.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        panel.addFilter(SameOriginFilter.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder servlet = new ServletHolder(new PanelServlet(service, database, outages));
        for (String path : List.of("/panel", "/tasks", "/rates", "/database", "/outages")) {
            panel.addServlet(servlet, path);
        }
        return panel;
    }

    /** Where the application is. */
    URI address() {
        return URI.create("http://" + HOST + ":" + port + "/");
    }

    Service service() {
        return service;
    }

    Database database() {
        return database;
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                System.err.println("Something did not stop in good order: " + e);
            }
        }
        parts.clear();
    }

    /**
     * Starts, says where, and stays until the process is told to end.
     *
     * @param args the web application: a WAR, or its folder
     */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 1 || !Files.exists(Path.of(args[0]))) {
            end(2, "One argument is needed: the web application, such as target/callback-inbox.war");
            return;
        }
        ConsoleLog.install();
        Launcher launcher;
        try {
            String data = System.getProperty("data", "").strip();
            launcher = new Launcher(
                    Path.of(args[0]),
                    new Choices(
                            port("port", 8080),
                            port("standin.port", 0),
                            data.isEmpty() ? null : Path.of(data),
                            !"false".equals(System.getProperty("by-itself"))));
        } catch (IllegalArgumentException e) {
            end(2, e.getMessage());
            return;
        } catch (CannotStartException e) {
            end(1, e.getMessage());
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            launcher.close();
                            System.out.println("Stopped.");
                        },
                        "example-shutdown"));
        System.out.print("""

                The callback inbox runs at %1$s
                  a stand-in for the service that calls it back is polled at %2$s
                  look at it in a browser, or:  curl -d count=10 %1$stasks ; curl %1$sstate.json
                  Ctrl-C ends both.
                """.formatted(launcher.address(), launcher.service.pollUrl()));
        System.out.flush();
        // Only the end of the process ends this; the hook above does what is to be done then.
        new CountDownLatch(1).await();
    }

    private static void end(int status, String why) {
        System.err.println(why);
        System.exit(status);
    }

    private static int port(String property, int otherwise) {
        String value = System.getProperty(property, "").strip();
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException("-D" + property + "=" + value + " is not a port (0 to 65535)");
        }
        return Integer.parseInt(value);
    }
}
