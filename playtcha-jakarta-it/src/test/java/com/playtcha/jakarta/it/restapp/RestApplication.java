package com.playtcha.jakarta.it.restapp;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Whose resources say themselves what is guarded. */
@ApplicationPath("api")
public class RestApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                EntityResource.class,
                GuardsResource.class,
                LocatingResource.class,
                ImplementingResource.class,
                ServletResource.class,
                AuthenticationFilter.class);
    }
}
