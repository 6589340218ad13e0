package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.EchoServlet;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.util.Locale;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * Applications with beans. Each comes with implementations of CDI and MicroProfile Config inside, for a bare servlet
 * container, or without, for a server that has its own.
 */
public enum InjectionWar {
    /** Settings in microprofile-config.properties alone; filters before {@code /guarded/*} and more. */
    INJECTED("cdiapp") {
        @Override
        WebXml webXml() {
            return application(new WebXml());
        }

        @Override
        String properties() {
            return steady()
                    + """
                    playtcha.url-patterns=/guarded/*
                    playtcha.guards=signup,watching,throttled,broken
                    playtcha.guards.signup.fail-closed=true
                    playtcha.guards.watching.mode=monitor
                    playtcha.guards.throttled.base-url=%s
                    playtcha.guards.throttled.max-retry-after=PT%dS
                    playtcha.guards.throttled.url-patterns=/throttled/*
                    playtcha.guards.broken.base-url=%s
                    playtcha.guards.broken.fail-closed=true
                    playtcha.guards.broken.url-patterns=/broken/*
                    """.formatted(
                                    StandIns.THROTTLING_OPEN.baseUrl(),
                                    GuardedApplication.MAX_RETRY_AFTER,
                                    StandIns.BROKEN.baseUrl());
        }
    },

    /** The same application, set up by web.xml. */
    BY_CONTEXT_PARAMS("cdiapp") {
        @Override
        WebXml webXml() {
            return application(new WebXml()
                    .contextParam("playtcha.secret", StandIns.STEADY.secret())
                    .contextParam("playtcha.base-url", StandIns.STEADY.baseUrl())
                    .contextParam("playtcha.timeout", "20s")
                    .contextParam("playtcha.connect-timeout", "10s")
                    .contextParam("playtcha.guards", "signup, watching")
                    .contextParam("playtcha.guards.signup.fail-closed", "true")
                    .guard("of-web-xml", "guard", "watching", "mode", "enforce")
                    .map("of-web-xml", "/guarded/*"));
        }
    },

    /** A verifier is injected, and there are no settings. */
    VERIFIER_WITHOUT_SETTINGS("cdionly", "InjectsVerifier"),

    /** A method is guarded by a guard that is not declared. */
    UNDECLARED_GUARD("cdionly", "IsGuarded") {
        @Override
        String properties() {
            return steady();
        }
    },

    /** A method is guarded by a guard whose settings are wrong. */
    WRONG_SETTINGS("cdionly", "IsGuarded") {
        @Override
        String properties() {
            return steady() + "playtcha.guards=signup\nplaytcha.guards.signup.mode=maybe\nplaytcha.tiemout=2s\n";
        }
    };

    private static final String ROOT = "com.playtcha.jakarta.it.";

    private final String beans;
    private final String[] only;

    InjectionWar(String beans, String... only) {
        this.beans = beans;
        this.only = only;
    }

    /** Such as {@code by_context_params}. */
    public String contextName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For a server that has CDI and MicroProfile Config. */
    public WebArchive lean() {
        WebArchive war = Wars.war(contextName() + ".war", webXml());
        if (only.length == 0) {
            war.addPackage(ROOT + beans);
        }
        for (String bean : only) {
            war.addClass(ROOT + beans + "." + bean);
        }
        return war.addAsWebInfResource(new StringAsset("""
                                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                                       bean-discovery-mode="annotated"/>
                                """), "beans.xml")
                .addAsResource(new StringAsset(properties()), "META-INF/microprofile-config.properties");
    }

    /** For a server that has neither. */
    public WebArchive withEverythingInside() {
        return Wars.withMicroProfile(Wars.withCdi(lean()));
    }

    WebXml webXml() {
        return new WebXml().servlet("echo", EchoServlet.class, "/echo");
    }

    String properties() {
        return "";
    }

    static WebXml application(WebXml xml) {
        return xml.servlet(
                "injected", ROOT + "cdiapp.InjectedServlet", "/free/*", "/guarded/*", "/throttled/*", "/broken/*");
    }

    static String steady() {
        PlaytchaStandIn playtcha = StandIns.STEADY;
        return """
                playtcha.secret=%s
                playtcha.base-url=%s
                playtcha.timeout=20s
                playtcha.connect-timeout=10s
                """.formatted(playtcha.secret(), playtcha.baseUrl());
    }
}
