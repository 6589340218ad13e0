package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.app.EchoServlet;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.util.Locale;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * Applications that differ in how the guard is set up. Each has {@code /guarded/echo} and {@code /free/echo}; all ask
 * {@link StandIns#STEADY}.
 */
public enum SmallWar {
    /** Context-params alone; with a page of Expression Language, and a path that its servlet does not only serve there. */
    SELF_REGISTERED {
        @Override
        public WebArchive war() {
            WebXml xml = asking().contextParam("playtcha.url-patterns", "/guarded/*, *.jsp, /wide")
                    .servlet("wide", EchoServlet.class, "/wide/*")
                    .contextParam("playtcha.dispatchers", "REQUEST, FORWARD");
            return packed(xml)
                    .addAsWebResource(
                            new StringAsset("${playtcha.outcome} ${playtcha.degraded} ${playtcha.error.code}"
                                    + " ${requestScope['playtcha.allowed']}"),
                            "el.jsp");
        }
    },

    /** A guard with a name, and patterns of its own. */
    SELF_REGISTERED_BY_NAME {
        @Override
        public WebArchive war() {
            return packed(asking().contextParam("playtcha.guards", "signup")
                    .contextParam("playtcha.guards.signup.url-patterns", "/guarded/*")
                    .contextParam("playtcha.guards.signup.fail-closed", "true"));
        }
    },

    /** The jar is there, and nothing uses it. */
    GUARDS_NOTHING {
        @Override
        public WebArchive war() {
            return packed(new WebXml());
        }
    },

    /** A filter that web.xml declares and does not map. */
    UNMAPPED {
        @Override
        public WebArchive war() {
            return packed(asking().guard("signup"));
        }
    },

    /** Where to ask is known, and nothing is guarded unless the process says so. */
    PATTERNS_FROM_OUTSIDE {
        @Override
        public WebArchive war() {
            return packed(asking());
        }
    },

    /** A filter of a guard whose {@code fail-closed} is set in the environment, and nowhere else. */
    POLICY_FROM_OUTSIDE {
        @Override
        public WebArchive war() {
            return packed(asking().contextParam("playtcha.guards", "outside")
                    .guard("signup", "guard", "outside")
                    .map("signup", "/guarded/*"));
        }
    },

    /** Wrong in several places. */
    WRONG_SETTINGS {
        @Override
        public WebArchive war() {
            return packed(new WebXml()
                    .contextParam("playtcha.secrt", "x")
                    .guard(
                            "signup",
                            "secret",
                            SECRET,
                            "base-url",
                            "http://captcha.example",
                            "timeout",
                            "2",
                            "fail-close",
                            "true",
                            "mode",
                            "maybe")
                    .map("signup", "/guarded/*"));
        }
    },

    /** A filter, and nothing else. */
    NO_SETTINGS {
        @Override
        public WebArchive war() {
            return packed(new WebXml().guard("signup").map("signup", "/guarded/*"));
        }
    },

    /** The name that a self-registered filter takes is taken. */
    NAME_TAKEN {
        @Override
        public WebArchive war() {
            return packed(asking().contextParam("playtcha.url-patterns", "/guarded/*")
                    .guard("playtcha")
                    .map("playtcha", "/other/*"));
        }
    },

    /** A filter without {@code <async-supported>}. */
    WITHOUT_ASYNC {
        @Override
        public WebArchive war() {
            return packed(asking().withoutAsync().guard("signup").map("signup", "/guarded/*"));
        }
    },

    /** MicroProfile Config, which web.xml's filter has to itself. */
    MICROPROFILE {
        @Override
        public WebArchive war() {
            PlaytchaStandIn playtcha = StandIns.STEADY;
            return Wars.withMicroProfileConfig(
                    packed(new WebXml().guard("signup").map("signup", "/guarded/*")),
                    """
                            playtcha.secret=%s
                            playtcha.base-url=http://127.0.0.1:${it.port}
                            it.port=%d
                            playtcha.fail-closed=true
                            playtcha.token-param=from-file
                            """.formatted(playtcha.secret(), playtcha.port()));
        }
    },

    /** An unknown key in microprofile-config.properties. */
    MICROPROFILE_WRONG {
        @Override
        public WebArchive war() {
            return Wars.withMicroProfileConfig(
                    packed(asking().guard("signup").map("signup", "/guarded/*")), "playtcha.tiemout=2s\n");
        }
    };

    /** A secret that must not be seen anywhere. */
    public static final String SECRET = "sk-never-to-be-logged";

    /** The WAR; its name is that of the constant. */
    public abstract WebArchive war();

    /** Such as {@code self_registered}. */
    public String contextName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static WebXml asking() {
        return new WebXml()
                .contextParam("playtcha.secret", StandIns.STEADY.secret())
                .contextParam("playtcha.base-url", StandIns.STEADY.baseUrl())
                .contextParam("playtcha.timeout", "20s")
                .contextParam("playtcha.connect-timeout", "10s");
    }

    WebArchive packed(WebXml xml) {
        return Wars.war(contextName() + ".war", xml.servlet("echo", EchoServlet.class, "/guarded/echo", "/free/echo"));
    }
}
