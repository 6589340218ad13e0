package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.EchoServlet;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Packs the application under test as its author would: classes, web.xml, and the library in WEB-INF/lib. */
public final class Wars {
    private static final Pattern GIVEN =
            Pattern.compile("/WEB-INF/lib/(yasson|parsson|jakarta\\.json|jakarta\\.annotation"
                    + "|smallrye|microprofile-config|jboss-logging|asm)[-.].*");

    private Wars() {}

    /**
     * With the library and everything it brings along, and a binding for its log.
     *
     * @param name such as {@code guarded.war}
     * @param webXml its web.xml
     */
    public static WebArchive war(String name, WebXml webXml) {
        return ShrinkWrap.create(WebArchive.class, name)
                .addPackage(EchoServlet.class.getPackage())
                .addAsLibraries(jars("it.library"))
                .addAsLibraries(jars("it.logging"))
                .setWebXML(new StringAsset(webXml.toString()));
    }

    /** The same with an implementation of MicroProfile Config and a microprofile-config.properties. */
    public static WebArchive withMicroProfileConfig(WebArchive war, String properties) {
        return withMicroProfile(war)
                .addAsResource(new StringAsset(properties), "META-INF/microprofile-config.properties");
    }

    /** The same with an implementation of MicroProfile Config. */
    public static WebArchive withMicroProfile(WebArchive war) {
        return war.addAsLibraries(jars("it.microprofile"));
    }

    /** The same with an implementation of CDI, for servers that have none. */
    public static WebArchive withCdi(WebArchive war) {
        return war.addAsLibraries(jars("it.cdi"));
    }

    /** The same with H2, which the embedded store of late results needs. */
    public static WebArchive withH2(WebArchive war) {
        return war.addAsLibraries(jars("it.h2"));
    }

    /**
     * The same where Tomcat, which ends an application after two seconds whatever its requests are at, waits for them: it
     * initialises filters anew for those that go on, and registers them for good. Other servers look at none of this.
     *
     * @param seconds how long; with none Tomcat would wait for ever
     */
    public static WebArchive withTomcatWaiting(WebArchive war, int seconds) {
        // Without its filter for WebSocket, which is after all others, and so the one that this happens to.
        return war.addAsManifestResource(new StringAsset("""
                        <Context unloadDelay="%d" containerSciFilter="org.apache.tomcat.websocket.server.WsSci"/>
                        """.formatted(seconds * 1000)), "context.xml");
    }

    /** The same without that implementation: the server has one. */
    public static WebArchive withoutMicroProfileConfig(WebArchive war) {
        for (File jar : jars("it.microprofile")) {
            war.delete("/WEB-INF/lib/" + jar.getName());
        }
        return war;
    }

    /** The same without what servers of the whole platform have themselves: JSON-B, JSON-P, MicroProfile Config. */
    public static WebArchive lean(WebArchive war) {
        List<ArchivePath> given = war
                .getContent(path -> GIVEN.matcher(path.get()).matches())
                .keySet()
                .stream()
                .toList();
        if (given.size() < 4) {
            throw new IllegalStateException("to be left out: " + given);
        }
        given.forEach(war::delete);
        return war;
    }

    /** The library's own jar, as it was built. */
    public static Path libraryJar() {
        return only("it.library", "playtcha-jakarta-");
    }

    /** The test kit's jar, as it was built. */
    public static Path testkitJar() {
        return only("it.testkit", "playtcha-jakarta-");
    }

    /** An empty directory for this run. */
    public static Path workDirectory(String name) {
        try {
            Path parent = Files.createDirectories(directory("it.work"));
            return Files.createTempDirectory(parent, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path only(String property, String prefix) {
        List<File> found = Stream.of(jars(property))
                .filter(jar -> jar.getName().startsWith(prefix))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("not one " + prefix + "*.jar in " + directory(property) + ": " + found);
        }
        return found.get(0).toPath();
    }

    static File[] jars(String property) {
        File[] jars =
                directory(property).toFile().listFiles(file -> file.getName().endsWith(".jar"));
        if (jars == null || jars.length == 0) {
            throw new IllegalStateException("no jars in " + directory(property));
        }
        return jars;
    }

    private static Path directory(String property) {
        String path = System.getProperty(property);
        if (path == null) {
            throw new IllegalStateException("the build sets the system property " + property);
        }
        return Path.of(path);
    }
}
