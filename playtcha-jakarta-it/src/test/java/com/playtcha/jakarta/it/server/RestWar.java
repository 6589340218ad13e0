package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.contract.RestResourceContract;
import com.playtcha.jakarta.it.restapp.ByHandApplication;
import com.playtcha.jakarta.it.restapp.ConsumingFilter;
import com.playtcha.jakarta.it.restapp.EntityResource;
import com.playtcha.jakarta.it.restapp.PlainApplication;
import com.playtcha.jakarta.it.restapp.RestApplication;
import com.playtcha.jakarta.it.restapp.SealedApplication;
import com.playtcha.jakarta.it.restapp.TwiceApplication;
import com.playtcha.jakarta.it.restapp.UndeclaredApplication;
import java.util.List;
import java.util.Locale;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Applications of Jakarta REST resources that are guarded by annotation; all ask {@link StandIns#STEADY}. */
public enum RestWar {
    /** Every sort of resource at {@code /api}, and at {@code /sealed} an application that is guarded as a whole. */
    RESOURCES(RestApplication.class, SealedApplication.class) {
        @Override
        WebXml webXml() {
            return asking().guard("filter")
                    .map("filter", "/api/servlet/filtered/*")
                    .filter("consuming", ConsumingFilter.class, "/api/servlet/consumed");
        }
    },

    /** At {@code /twice} and {@code /by-hand}: applications that register the feature themselves. */
    BY_HAND(TwiceApplication.class, ByHandApplication.class) {
        @Override
        WebXml webXml() {
            return asking();
        }
    },

    /** A resource names a guard that is not declared. */
    UNDECLARED(UndeclaredApplication.class) {
        @Override
        WebXml webXml() {
            return asking();
        }
    },

    /** Nothing is set at all. */
    UNSET(PlainApplication.class) {
        @Override
        WebXml webXml() {
            return new WebXml();
        }
    },

    /** Wrong in two places. */
    WRONG(PlainApplication.class) {
        @Override
        WebXml webXml() {
            return asking().contextParam("playtcha.mode", "maybe").contextParam("playtcha.max-concurrent", "much");
        }
    };

    private final List<Class<?>> applications;

    RestWar(Class<?>... applications) {
        this.applications = List.of(applications);
    }

    abstract WebXml webXml();

    /**
     * The WAR; its name is that of the constant and the implementation.
     *
     * @param implementation that it runs on
     */
    public WebArchive war(RestImplementation implementation) {
        WebArchive war = ShrinkWrap.create(WebArchive.class, contextName(implementation) + ".war")
                .addPackage(EntityResource.class.getPackage())
                .addAsLibraries(Wars.jars("it.library"))
                .addAsLibraries(Wars.jars("it.logging"))
                .setWebXML(new StringAsset(webXml().toString()));
        for (ArchivePath path : List.copyOf(war.getContent().keySet())) {
            if (path.get().endsWith("Application.class")
                    && applications.stream()
                            .noneMatch(kept -> path.get().endsWith("/" + kept.getSimpleName() + ".class"))) {
                war.delete(path);
            }
        }
        return implementation.into(war);
    }

    /** Such as {@code resources_jersey}. */
    public String contextName(RestImplementation implementation) {
        return name().toLowerCase(Locale.ROOT) + "_" + implementation.id();
    }

    private static WebXml asking() {
        return new WebXml()
                .contextParam("playtcha.secret", StandIns.STEADY.secret())
                .contextParam("playtcha.base-url", StandIns.STEADY.baseUrl())
                .contextParam("playtcha.timeout", "20s")
                .contextParam("playtcha.connect-timeout", "10s")
                .contextParam("playtcha.max-body", RestResourceContract.MAX_BODY)
                .contextParam("playtcha.guards", "closed,json,monitor")
                .contextParam("playtcha.guards.closed.fail-closed", "true")
                .contextParam("playtcha.guards.json.token-json-pointer", "/form/playtchaToken")
                .contextParam("playtcha.guards.monitor.mode", "monitor");
    }
}
