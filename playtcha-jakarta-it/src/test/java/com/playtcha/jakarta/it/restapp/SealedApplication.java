package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Guarded as a whole; a resource's own annotation goes before this one. */
@ApplicationPath("sealed")
@PlaytchaProtected("closed")
public class SealedApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(GuardsResource.class, LocatingResource.class);
    }
}
