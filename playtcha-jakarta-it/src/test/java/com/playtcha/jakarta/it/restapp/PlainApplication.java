package com.playtcha.jakarta.it.restapp;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** With one guarded resource, and nothing else. */
@ApplicationPath("api")
public class PlainApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(GuardsResource.class);
    }
}
