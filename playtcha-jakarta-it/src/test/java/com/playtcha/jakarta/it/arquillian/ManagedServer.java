package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * A server process that Arquillian manages, and what the tests have to know of it. The build says where each lives and
 * listens ({@code <name>.home}, {@code <name>.http.port}), and which of them a run is about ({@code arquillian.launch}).
 */
public enum ManagedServer {
    TOMCAT10("logs/tomcat.log", Refusal.NOT_FOUND),
    TOMCAT11("logs/tomcat.log", Refusal.NOT_FOUND),
    WILDFLY("standalone/log/server.log", Refusal.NOT_FOUND);

    /** What visitors of an application find whose settings are wrong. */
    public enum Refusal {
        /** The deployment fails, and nobody answers. */
        NOT_FOUND(404),

        /** The server goes on regardless; the library answers everything itself. */
        SERVER_ERROR(500);

        private final int status;

        Refusal(int status) {
            this.status = status;
        }

        /** The status of every answer. */
        public int status() {
            return status;
        }
    }

    private final String log;
    private final Refusal refusal;

    ManagedServer(String log, Refusal refusal) {
        this.log = log;
        this.refusal = refusal;
    }

    /** The one that this run is about. */
    public static ManagedServer current() {
        return valueOf(System.getProperty("arquillian.launch").toUpperCase(Locale.ROOT));
    }

    /** What the build says of it under a name such as {@code http.port}. */
    public String property(String name) {
        String key = name().toLowerCase(Locale.ROOT) + "." + name;
        return Objects.requireNonNull(System.getProperty(key), key);
    }

    /** Where it answers. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + property("http.port"));
    }

    /** An application in it. */
    public DeployedApplication application(URL url) {
        String text = url.toString();
        URI base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        return new DeployedApplication(base, log());
    }

    /** An application in it, by its context path. */
    public DeployedApplication application(String contextName) {
        return new DeployedApplication(url().resolve("/" + contextName), log());
    }

    /** Its log. */
    public ServerLog log() {
        return new ServerLog(Path.of(property("home"), log));
    }

    /**
     * Ports on all addresses that are the JVM's own: with JMX, which Tomcat's adapter needs, it opens one for local
     * tools, that turns away whoever is not on this machine.
     */
    public int portsOfTheJvm() {
        return this == TOMCAT10 || this == TOMCAT11 ? 1 : 0;
    }

    /** What becomes of applications with wrong settings. */
    public Refusal refusal() {
        return refusal;
    }
}
