package com.playtcha.example.microprofile.launcher;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Runs the WAR in an Open Liberty of its own, and beside it a stand-in for each of its two Playtcha projects, all on
 * 127.0.0.1.
 *
 * <p>System property {@code port} is the application's port (8080). Ends on Ctrl-C; ends with status 1 where it cannot
 * start, with 2 where an argument is wrong.
 */
public final class Launcher implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final PlaytchaStandIn site;
    private final PlaytchaStandIn signUp;
    private final Liberty liberty;

    private Launcher(PlaytchaStandIn site, PlaytchaStandIn signUp, Liberty liberty) {
        this.site = site;
        this.signUp = signUp;
        this.liberty = liberty;
    }

    /**
     * Where things are.
     *
     * @param liberty an unpacked Open Liberty
     * @param config the folder of server.xml
     * @param war the application
     * @param servers a folder for what the server writes
     */
    record Places(Path liberty, Path config, Path war, Path servers) {}

    /**
     * Starts all of it.
     *
     * @param port the application's, 0 for any free one
     * @param environment for the server, besides this process's own
     * @param screen gets the lines that are worth reading
     * @throws IllegalStateException with the reason, if it cannot be started
     */
    static Launcher start(Places places, int port, Map<String, String> environment, Consumer<String> screen) {
        PlaytchaStandIn site =
                PlaytchaStandIn.builder().secret("secret-of-the-site").start();
        PlaytchaStandIn signUp =
                PlaytchaStandIn.builder().secret("secret-of-the-sign-up").start();
        // What an account's owner would set. Both projects are at one address then.
        Map<String, String> settings = new HashMap<>(Map.of(
                "PLAYTCHA_BASE_URL", site.baseUrl().toString(),
                "PLAYTCHA_SECRET", site.secret(),
                "PLAYTCHA_GUARDS_SIGNUP_BASE_URL", signUp.baseUrl().toString(),
                "PLAYTCHA_GUARDS_SIGNUP_SECRET", signUp.secret()));
        settings.putAll(environment);
        try {
            Liberty liberty = Liberty.start(
                    places.liberty(), places.config(), places.war(), places.servers(), port, settings, screen);
            return new Launcher(site, signUp, liberty);
        } catch (RuntimeException e) {
            signUp.close();
            site.close();
            throw e;
        }
    }

    /** Liberty would take its time to find out. */
    private static void requireFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Port " + port + " of " + HOST + " is taken: choose another with -Dport=", e);
        }
    }

    /** Where the application is. */
    URI address() {
        return URI.create("http://" + HOST + ":" + liberty.port() + "/");
    }

    /** The Playtcha that newsletter and messages ask. */
    PlaytchaStandIn site() {
        return site;
    }

    /** The Playtcha that the sign-up asks. */
    PlaytchaStandIn signUp() {
        return signUp;
    }

    /** The server. */
    Liberty liberty() {
        return liberty;
    }

    @Override
    public void close() {
        liberty.close();
        signUp.close();
        site.close();
    }

    /**
     * Starts, says where, and stays until the process is told to end.
     *
     * @param args the folder of Liberty, the folder of server.xml, the WAR, a folder for what the server writes
     */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 4
                || !Files.isDirectory(Path.of(args[0]))
                || !Files.isDirectory(Path.of(args[1]))
                || !Files.isRegularFile(Path.of(args[2]))) {
            end(2, "Four arguments are needed: Liberty's folder, the one of server.xml, the WAR, and one to write to");
            return;
        }
        Launcher launcher;
        try {
            Places places = new Places(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), Path.of(args[3]));
            int port = port();
            requireFree(port);
            System.out.println("Starting Open Liberty …");
            launcher = start(places, port, Map.of(), System.out::println);
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

                %4$s %1$s
                  stand-ins for Playtcha answer it at %2$s, and the sign-up at %3$s
                  try it in a browser, or:  curl -s -d playtcha-response=ok-1 -d email=ada@example.org %1$sapi/newsletter
                  Ctrl-C ends all.
                """.formatted(
                        launcher.address(),
                        launcher.site.baseUrl(),
                        launcher.signUp.baseUrl(),
                        launcher.liberty.refused()
                                ? "The lines above say why each page answers 500 at"
                                : "The application runs at"));
        System.out.flush();
        // Only the end of the process ends this; the hook above does what is to be done then.
        new CountDownLatch(1).await();
    }

    private static void end(int status, String why) {
        System.err.println(why);
        System.exit(status);
    }

    private static int port() {
        String value = System.getProperty("port", "").strip();
        if (value.isEmpty()) {
            return 8080;
        }
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException("-Dport=" + value + " is not a port (0 to 65535)");
        }
        return Integer.parseInt(value);
    }
}
