package com.playtcha.jakarta.it.server;

import java.util.Locale;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;

/** Where an application has Jakarta REST from. */
public enum RestImplementation {
    /** The server's own. */
    OF_SERVER(null),
    /** Jersey in WEB-INF/lib. */
    JERSEY("it.jersey"),
    /** RESTEasy in WEB-INF/lib. */
    RESTEASY("it.resteasy");

    private final @Nullable String property;

    RestImplementation(@Nullable String property) {
        this.property = property;
    }

    WebArchive into(WebArchive war) {
        return property == null ? Wars.lean(war) : war.addAsLibraries(Wars.jars(property));
    }

    /** Such as {@code jersey}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
