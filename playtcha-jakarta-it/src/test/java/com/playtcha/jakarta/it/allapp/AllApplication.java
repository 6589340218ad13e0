package com.playtcha.jakarta.it.allapp;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Behind filters at {@code /api/filtered} and {@code /api/throttled}. */
@ApplicationPath("api")
public class AllApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(AllResource.class, BeanResource.class);
    }
}
