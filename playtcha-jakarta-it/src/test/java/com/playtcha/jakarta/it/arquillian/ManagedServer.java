package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.EverythingWar;
import com.playtcha.jakarta.it.server.InjectionWar;
import com.playtcha.jakarta.it.server.RestImplementation;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.Wars;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * A server process that Arquillian manages, and what the tests have to know of it. The build says where each lives and
 * listens ({@code <name>.home}, {@code <name>.http.port}), and which of them a run is about ({@code arquillian.launch}).
 */
public enum ManagedServer {
    TOMCAT10("logs/tomcat.log", Refusal.NOT_FOUND, Trait.HAS_JMX_PORT),
    TOMCAT11("logs/tomcat.log", Refusal.NOT_FOUND, Trait.HAS_JMX_PORT),
    WILDFLY("standalone/log/server.log", Refusal.NOT_FOUND, Trait.HAS_PLATFORM),
    LIBERTY(
            "logs/it.log",
            Refusal.SERVER_ERROR,
            Trait.HAS_JMX_PORT,
            Trait.FOLDS_METHOD_NAMES,
            Trait.HAS_CONFIG,
            Trait.HAS_PLATFORM,
            Trait.LOSES_FORM_PARAMS),
    LIBERTY_SERVLET("logs/it.log", Refusal.SERVER_ERROR, Trait.HAS_JMX_PORT, Trait.FOLDS_METHOD_NAMES),
    GLASSFISH("logs/it.log", Refusal.NOT_FOUND, Trait.HAS_CONFIG, Trait.KEEPS_CLASSES, Trait.HAS_PLATFORM);

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

    /** In what a server differs from others. */
    public enum Trait {
        /** A method {@code get} is GET to the application, and so to the guard. */
        FOLDS_METHOD_NAMES,

        /** MicroProfile Config is the server's; applications must not bring another implementation. */
        HAS_CONFIG,

        /** CDI, Jakarta REST, JSON-B and MicroProfile Config are the server's. */
        HAS_PLATFORM,

        /** Its Jakarta REST takes a {@code @FormParam} from the servlet request, also after a filter read the entity. */
        LOSES_FORM_PARAMS,

        /** The classes of undeployed applications stay, even those of one that has a servlet and nothing else. */
        KEEPS_CLASSES,

        /** Its adapter speaks to it over JMX. */
        HAS_JMX_PORT
    }

    private final String log;
    private final Refusal refusal;
    private final Set<Trait> traits;

    ManagedServer(String log, Refusal refusal, Trait... traits) {
        this.log = log;
        this.refusal = refusal;
        this.traits = Set.of(traits);
    }

    /** The one that this run is about. */
    public static ManagedServer current() {
        return valueOf(
                System.getProperty("arquillian.launch").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** What the build says of it under a name such as {@code http.port}. */
    public String property(String name) {
        String key = name().toLowerCase(Locale.ROOT).replace('_', '-') + "." + name;
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

    /** The WAR as its author would pack it for this server: without the MicroProfile Config that the server has. */
    public WebArchive fitted(WebArchive war) {
        return has(Trait.HAS_CONFIG) ? Wars.withoutMicroProfileConfig(war) : war;
    }

    /** The same of an application with beans: lean where the server has what they need, else with everything inside. */
    public WebArchive fitted(InjectionWar war) {
        return has(Trait.HAS_PLATFORM) ? Wars.lean(war.lean()) : war.withEverythingInside();
    }

    /** The application that uses everything at once. */
    public WebArchive everything() {
        return has(Trait.HAS_PLATFORM)
                ? Wars.lean(EverythingWar.ofPlatform())
                : EverythingWar.withEverythingInside(RestImplementation.JERSEY);
    }

    /** Whether it is one of those. */
    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /**
     * Ports on all addresses that are the JVM's own: with JMX, which some adapters need, it opens one for local tools,
     * that turns away whoever is not on this machine.
     */
    public int portsOfTheJvm() {
        return has(Trait.HAS_JMX_PORT) ? 1 : 0;
    }

    /** What becomes of applications with wrong settings. */
    public Refusal refusal() {
        return refusal;
    }
}
