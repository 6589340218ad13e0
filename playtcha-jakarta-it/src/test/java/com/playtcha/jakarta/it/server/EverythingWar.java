package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.EchoServlet;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** One application that uses everything at once, set up in microprofile-config.properties alone. */
public final class EverythingWar {
    /** Its context path. */
    public static final String NAME = "everything";

    private EverythingWar() {}

    /** For a server that has CDI, MicroProfile Config and Jakarta REST. */
    public static WebArchive ofPlatform() {
        return Wars.war(NAME + ".war", new WebXml().servlet("echo", EchoServlet.class, "/echo"))
                .addPackage("com.playtcha.jakarta.it.allapp")
                .addPackage("com.playtcha.jakarta.it.challengeapp")
                .addAsWebInfResource(new StringAsset("""
                                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                                       bean-discovery-mode="annotated"/>
                                """), "beans.xml")
                .addAsResource(new StringAsset(properties()), "META-INF/microprofile-config.properties");
    }

    /** For a server that has none of these. */
    public static WebArchive withEverythingInside(RestImplementation implementation) {
        return implementation.into(Wars.withMicroProfile(Wars.withCdi(ofPlatform())));
    }

    private static String properties() {
        return InjectionWar.steady()
                + """
                playtcha.url-patterns=/api/filtered/*
                playtcha.guards=signup,throttled,known,counted,returning
                playtcha.guards.signup.fail-closed=true
                playtcha.guards.throttled.base-url=%s
                playtcha.guards.throttled.max-retry-after=PT%dS
                playtcha.guards.throttled.url-patterns=/api/throttled/*
                playtcha.guards.known.exempt-addresses=127.0.0.0/8, ::1
                playtcha.guards.known.url-patterns=/api/known/*
                playtcha.guards.counted.after-failures=2
                playtcha.guards.returning.session-pass=1
                """.formatted(StandIns.THROTTLING_OPEN.baseUrl(), GuardedApplication.MAX_RETRY_AFTER);
    }
}
