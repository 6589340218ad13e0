package com.playtcha.example.wildfly.launcher;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs the WAR in a WildFly of its own process, and a stand-in for Playtcha beside it, both on 127.0.0.1.
 *
 * <p>System property {@code port} is the application's port (8080), {@code standin.port} the stand-in's (0, any free
 * one); those that begin with {@code playtcha.} are handed on. Ends on Ctrl-C; ends with status 1 where it cannot start
 * or WildFly ends, with 2 where an argument is wrong.
 */
public final class Launcher implements AutoCloseable {
    private static final String SETTINGS = "playtcha.";

    private final PlaytchaStandIn standIn;
    private final WildFly wildfly;
    private volatile boolean closing;

    private Launcher(PlaytchaStandIn standIn, WildFly wildfly) {
        this.standIn = standIn;
        this.wildfly = wildfly;
    }

    /**
     * Starts both.
     *
     * @param home of WildFly; is read only
     * @param port the application's, 0 for any free one
     * @param standInPort the stand-in's, 0 for any free one
     * @param settings system properties for WildFly, such as {@code playtcha.timeout}
     * @throws IllegalStateException with the reason, if it cannot be started
     */
    static Launcher start(Path home, Path war, int port, int standInPort, Map<String, String> settings) {
        PlaytchaStandIn standIn;
        try {
            standIn = PlaytchaStandIn.start(standInPort);
        } catch (UncheckedIOException e) {
            throw WildFly.taken(standInPort, "standin.port", e);
        }
        try {
            // What an account's owner would set.
            Map<String, String> environment =
                    Map.of("PLAYTCHA_BASE_URL", standIn.baseUrl().toString(), "PLAYTCHA_SECRET", standIn.secret());
            return new Launcher(standIn, WildFly.start(home, war, port, environment, settings));
        } catch (IOException e) {
            standIn.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            standIn.close();
            throw e;
        }
    }

    /** Where the application is. */
    URI address() {
        return wildfly.address();
    }

    /** The Playtcha that the application asks. */
    PlaytchaStandIn standIn() {
        return standIn;
    }

    @Override
    public void close() {
        closing = true;
        wildfly.close();
        standIn.close();
    }

    /**
     * Starts, says where, and stays until the process is told to end.
     *
     * @param args WildFly's home, and the WAR
     */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 2 || !Files.isDirectory(Path.of(args[0])) || !Files.isRegularFile(Path.of(args[1]))) {
            end(2, "Two arguments are needed: the home of WildFly, and the WAR");
            return;
        }
        Launcher launcher;
        try {
            launcher = start(
                    Path.of(args[0]), Path.of(args[1]), port("port", 8080), port("standin.port", 0), ownSettings());
        } catch (IllegalArgumentException e) {
            end(2, e.getMessage());
            return;
        } catch (IllegalStateException | UncheckedIOException e) {
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
                  try it in a browser, or:  curl %1$sapi/audit
                  Ctrl-C ends both.
                """.formatted(launcher.address(), launcher.standIn.baseUrl()));
        System.out.flush();
        launcher.wildfly.waitUntilItEnds();
        if (!launcher.closing) {
            end(1, "WildFly has ended");
        }
    }

    private static Map<String, String> ownSettings() {
        Map<String, String> settings = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(SETTINGS)) {
                settings.put(name, System.getProperty(name));
            }
        }
        return settings;
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
