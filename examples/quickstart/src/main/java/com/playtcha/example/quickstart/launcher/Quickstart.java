package com.playtcha.example.quickstart.launcher;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Runs the sign-up application on an embedded Jetty, and a stand-in for Playtcha beside it, both on 127.0.0.1.
 *
 * <p>System property {@code port} is the application's port (8080), {@code standin.port} the stand-in's (0, any free
 * one). Ends on Ctrl-C; ends with status 1 where a port is taken, with 2 where an argument is wrong.
 */
public final class Quickstart implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final PlaytchaStandIn standIn;
    private final Server server;
    private final int port;

    private Quickstart(PlaytchaStandIn standIn, Server server, int port) {
        this.standIn = standIn;
        this.server = server;
        this.port = port;
    }

    /** Why it could not start, for the person who started it. */
    static final class CannotStartException extends Exception {
        private static final long serialVersionUID = 1L;

        CannotStartException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Starts both.
     *
     * @param war the web application, packed or not
     * @param port the application's, 0 for any free one
     * @param standInPort the stand-in's, 0 for any free one
     */
    static Quickstart start(Path war, int port, int standInPort) throws CannotStartException {
        PlaytchaStandIn standIn;
        try {
            standIn = PlaytchaStandIn.start(standInPort);
        } catch (UncheckedIOException e) {
            throw taken(standInPort, "standin.port", e);
        }
        Server server = new Server();
        try {
            ServerConnector connector = connector(server, port);
            server.setHandler(application(war, standIn));
            server.start();
            return new Quickstart(standIn, server, connector.getLocalPort());
        } catch (Exception e) {
            stop(server);
            standIn.close();
            throw e instanceof CannotStartException known
                    ? known
                    : new CannotStartException("The application could not be started: " + e.getMessage(), e);
        }
    }

    private static ServerConnector connector(Server server, int port) throws CannotStartException {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(port);
        server.addConnector(connector);
        try {
            // Before the application is deployed: a taken port is the likeliest problem.
            connector.open();
        } catch (IOException e) {
            throw taken(port, "port", e);
        }
        return connector;
    }

    private static WebAppContext application(Path war, PlaytchaStandIn standIn) {
        WebAppContext application = new WebAppContext(war.toString(), "/");
        application.setThrowUnavailableOnStartupException(true);
        // What an account's owner would set as PLAYTCHA_BASE_URL and PLAYTCHA_SECRET.
        application.setInitParameter("playtcha.base-url", standIn.baseUrl().toString());
        application.setInitParameter("playtcha.secret", standIn.secret());
        application.addServlet(new ServletHolder(new SwitchServlet(standIn)), "/switch");
        return application;
    }

    private static CannotStartException taken(int port, String property, Exception cause) {
        return new CannotStartException(
                "Port " + port + " of " + HOST + " is taken: choose another with -D" + property + "=", cause);
    }

    /** Where the application is. */
    URI address() {
        return URI.create("http://" + HOST + ":" + port + "/");
    }

    /** The Playtcha that the application asks. */
    PlaytchaStandIn standIn() {
        return standIn;
    }

    @Override
    public void close() {
        stop(server);
        standIn.close();
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            System.err.println("The server did not stop in good order: " + e);
        }
    }

    /**
     * Starts, says where, and stays until the process is told to end.
     *
     * @param args the web application: a WAR, or its folder
     */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 1 || !Files.exists(Path.of(args[0]))) {
            end(2, "One argument is needed: the web application, such as target/quickstart.war");
            return;
        }
        ConsoleLog.install();
        Quickstart quickstart;
        try {
            quickstart = start(Path.of(args[0]), port("port", 8080), port("standin.port", 0));
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
                            quickstart.close();
                            System.out.println("Stopped.");
                        },
                        "quickstart-shutdown"));
        System.out.print(quickstart.greeting());
        System.out.flush();
        // Only the end of the process ends this; the hook above does what is to be done then.
        new CountDownLatch(1).await();
    }

    private String greeting() {
        return """

                The quickstart runs at %1$s
                  a stand-in for Playtcha answers it at %2$s
                  try it in a browser, or:  curl -s -o /dev/null -w '%%{http_code}\\n' -d playtcha-response=ok-1 %1$ssignup
                  Ctrl-C ends both.
                """.formatted(address(), standIn.baseUrl());
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
