package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.EchoServlet;
import java.nio.file.Path;
import java.util.Locale;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * Applications that take late results; they differ in where the store is. Each has {@code /sign-up} and {@code /results}
 * behind a guard of everything, and {@code /late/…}, which tells what its handler has done. The guard of
 * {@code /sign-up-hastily} waits for a second only.
 */
public enum LateWar {
    /** The embedded H2, which the application brings along. */
    EMBEDDED {
        @Override
        public WebArchive war() {
            return Wars.withH2(packed(settings()));
        }
    },

    /** The same, to be undeployed. */
    UNDEPLOYED {
        @Override
        public WebArchive war() {
            return Wars.withTomcatWaiting(Wars.withH2(packed(settings())), 60);
        }
    },

    /** A data source that Tomcat makes, of a file of H2's. */
    RESOURCE {
        @Override
        public WebArchive war() {
            return withResource("jdbc:h2:file:" + directory().resolve("database"));
        }
    },

    /** A data source that Tomcat makes, of a database that the tests serve. */
    SERVED {
        @Override
        public WebArchive war() {
            return withResource(ServedDatabase.INSTANCE.url());
        }
    },

    /** The embedded H2, and a bean that takes the results. */
    BEAN {
        @Override
        public WebArchive war() {
            return Wars.withH2(withBeans(packed(settings()), ANNOTATED));
        }
    },

    /** Two beans that take the results, side by side. */
    TWO_BEANS {
        @Override
        public WebArchive war() {
            return Wars.withH2(withBeans(packed(settings()), ALL));
        }
    },

    /** One of two beans in a jar, and the other one not. */
    BEAN_IN_A_JAR {
        @Override
        public WebArchive war() {
            WebArchive war = packed(settings());
            war.delete("/WEB-INF/classes/" + APPLICATION.replace('.', '/'));
            return Wars.withH2(withBeans(war, ANNOTATED)
                    .addAsLibrary(ShrinkWrap.create(JavaArchive.class, "taker.jar")
                            .addPackage(APPLICATION)
                            .addAsManifestResource(beansXml(ALL), "beans.xml")));
        }
    },

    /** The data source that every server of the whole platform has, and a bean that takes the results. */
    PLATFORM {
        @Override
        public WebArchive war() {
            return withBeans(
                    packed(settings()
                            .contextParam("playtcha.late-datasource", "java:comp/DefaultDataSource")
                            .basicAuthentication()),
                    ANNOTATED);
        }
    };

    /** What callbacks carry. */
    public static final String KEY = "a-key-of-callbacks";

    private static final String SERVICE = "META-INF/services/com.playtcha.jakarta.late.LateResultHandler";
    private static final String APPLICATION = "com.playtcha.jakarta.it.lateapp";
    private static final String ANNOTATED = "annotated";
    private static final String ALL = "all";
    private static final Path WORK = Wars.workDirectory("late");

    /** The WAR; its name is that of the constant. */
    public abstract WebArchive war();

    /** Such as {@code embedded}. */
    public String contextName() {
        return "late_" + name().toLowerCase(Locale.ROOT);
    }

    /** What is set as {@code late-dir}. */
    public Path directory() {
        return WORK.resolve(contextName());
    }

    WebXml settings() {
        return new WebXml()
                .contextParam("playtcha.secret", StandIns.LATE.secret())
                .contextParam("playtcha.base-url", StandIns.LATE.baseUrl())
                .contextParam("playtcha.timeout", "5s")
                .contextParam("playtcha.connect-timeout", "5s")
                .contextParam("playtcha.late-verdicts", true)
                .contextParam("playtcha.late-dir", directory())
                .contextParam("playtcha.callback-path", "/results")
                .contextParam("playtcha.callback-key", KEY)
                .contextParam("playtcha.callback-timeout", "1s")
                .contextParam("playtcha.poll-url", StandIns.RESULTS.pollUrl())
                .contextParam("playtcha.poll-key", "test-poll-key")
                .contextParam("playtcha.poll-interval", "1s")
                .contextParam("playtcha.dead-letter-retry", "1s");
    }

    WebArchive packed(WebXml xml) {
        xml.guard("hasty", "timeout", "1s", "connect-timeout", "1s")
                .map("hasty", "/sign-up-hastily")
                .guard("signup")
                .map("signup", "/*")
                .servlet("sign-up", EchoServlet.class, "/sign-up", "/sign-up-hastily")
                .servlet("late", APPLICATION + ".LateServlet", "/late/*")
                .listener(APPLICATION + ".EffectTable");
        return Wars.war(contextName() + ".war", xml)
                .addPackage(APPLICATION)
                .addAsResource(new StringAsset(APPLICATION + ".RecordingHandler\n"), SERVICE);
    }

    /** In place of the handler that is a service, which is a bean as well where {@code ALL} classes are. */
    WebArchive withBeans(WebArchive war, String which) {
        war.delete("/WEB-INF/classes/" + SERVICE);
        return war.addPackage("com.playtcha.jakarta.it.latecdi").addAsWebInfResource(beansXml(which), "beans.xml");
    }

    StringAsset beansXml(String which) {
        return new StringAsset("""
                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0" bean-discovery-mode="%s"/>
                """.formatted(which));
    }

    WebArchive withResource(String url) {
        return packed(settings().contextParam("playtcha.late-datasource", "java:comp/env/jdbc/late"))
                .addAsManifestResource(new StringAsset("""
                                <Context>
                                  <Resource name="jdbc/late" auth="Container" type="javax.sql.DataSource"
                                            driverClassName="org.h2.Driver" url="%s" username="sa" password=""
                                            maxTotal="20" closeMethod="close"/>
                                </Context>
                                """.formatted(url)), "context.xml");
    }
}
