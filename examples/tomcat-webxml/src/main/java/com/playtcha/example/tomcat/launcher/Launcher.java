package com.playtcha.example.tomcat.launcher;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.apache.tomcat.util.scan.StandardJarScanner;

/**
 * Runs the WAR in an embedded Tomcat, and a stand-in for Playtcha beside it, both on 127.0.0.1.
 *
 * <p>System property {@code port} is the application's port (8080), {@code standin.port} the stand-in's (0, any free
 * one). Ends on Ctrl-C; ends with status 1 where it cannot start, with 2 where an argument is wrong.
 */
public final class Launcher implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String LOG = """
            handlers = java.util.logging.ConsoleHandler
            java.util.logging.SimpleFormatter.format = %1$tT %4$s %5$s%6$s%n
            .level = WARNING
            com.playtcha.level = INFO
            # Repeats with a long trace why the filter refuses wrong settings.
            org.apache.catalina.core.StandardContext.level = OFF
            """;

    private final PlaytchaStandIn standIn;
    private final Tomcat tomcat;
    private final Path work;

    private Launcher(PlaytchaStandIn standIn, Tomcat tomcat, Path work) {
        this.standIn = standIn;
        this.tomcat = tomcat;
        this.work = work;
    }

    /**
     * Starts both.
     *
     * @param port the application's, 0 for any free one
     * @param standInPort the stand-in's, 0 for any free one
     * @throws IllegalStateException with the reason, if it cannot be started
     */
    static Launcher start(Path war, int port, int standInPort) {
        Launcher launcher;
        try {
            launcher = new Launcher(
                    PlaytchaStandIn.start(standInPort), new Tomcat(), Files.createTempDirectory("tomcat-webxml"));
            // Tomcat unpacks the WAR into this folder.
            Files.createDirectory(launcher.work.resolve("webapps"));
        } catch (UncheckedIOException e) {
            throw taken(standInPort, "standin.port", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            launcher.connect(port);
            launcher.deploy(war);
            return launcher;
        } catch (LifecycleException | RuntimeException e) {
            launcher.close();
            throw e instanceof IllegalStateException known
                    ? known
                    : new IllegalStateException("Tomcat could not be started: " + e.getMessage(), e);
        }
    }

    private void connect(int port) throws LifecycleException {
        // The JVM has one place for such a factory, and it is not this example's.
        TomcatURLStreamHandlerFactory.disable();
        Connector connector = new Connector();
        connector.setProperty("address", HOST);
        connector.setPort(port);
        connector.setThrowOnFailure(true);
        tomcat.setBaseDir(work.toString());
        tomcat.setConnector(connector);
        try {
            // Before the application is deployed: a taken port is the likeliest problem.
            tomcat.init();
        } catch (LifecycleException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw taken(port, "port", e);
                }
            }
            throw e;
        }
    }

    private void deploy(Path war) throws LifecycleException {
        StandardContext application =
                (StandardContext) tomcat.addWebapp("", war.toAbsolutePath().toString());
        application.setParentClassLoader(Launcher.class.getClassLoader());
        // The WAR alone is the application, not what this launcher happens to be started with.
        ((StandardJarScanner) application.getJarScanner()).setScanClassPath(false);
        // These reach into the JDK, warn where they may not, and matter only to a server that goes on without its WAR.
        application.setClearReferencesObjectStreamClassCaches(false);
        application.setClearReferencesRmiTargets(false);
        application.setClearReferencesThreadLocals(false);
        // What an account's owner would set as PLAYTCHA_BASE_URL and PLAYTCHA_SECRET.
        application.addParameter("playtcha.base-url", standIn.baseUrl().toString());
        application.addParameter("playtcha.secret", standIn.secret());
        tomcat.start();
        if (!application.getState().isAvailable()) {
            throw new IllegalStateException("The application was refused: the lines above say why");
        }
    }

    private static IllegalStateException taken(int port, String property, Exception cause) {
        return new IllegalStateException(
                "Port " + port + " of " + HOST + " is taken: choose another with -D" + property + "=", cause);
    }

    /** Where the application is. */
    URI address() {
        return URI.create("http://" + HOST + ":" + tomcat.getConnector().getLocalPort() + "/");
    }

    /** The Playtcha that the application asks. */
    PlaytchaStandIn standIn() {
        return standIn;
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            System.err.println("Tomcat did not stop in good order: " + e);
        }
        standIn.close();
        ExpandWar.delete(work.toFile());
    }

    /**
     * Starts, says where, and stays until the process is told to end.
     *
     * @param args the WAR
     */
    public static void main(String[] args) throws InterruptedException, IOException {
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(LOG.getBytes(StandardCharsets.ISO_8859_1)));
        if (args.length != 1 || !Files.isRegularFile(Path.of(args[0]))) {
            end(2, "One argument is needed: the web application, such as target/tomcat-webxml.war");
            return;
        }
        Launcher launcher;
        try {
            launcher = start(Path.of(args[0]), port("port", 8080), port("standin.port", 0));
        } catch (IllegalArgumentException e) {
            end(2, e.getMessage());
            return;
        } catch (IllegalStateException e) {
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

                The application runs at %1$s
                  a stand-in for Playtcha answers it at %2$s
                  try it in a browser, or:  curl -s -o /dev/null -w '%%{http_code}\\n' -d playtcha-response=ok-1 -d email=ada@example.org %1$snewsletter
                  Ctrl-C ends both.
                """.formatted(launcher.address(), launcher.standIn.baseUrl()));
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
