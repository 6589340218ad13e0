package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Registers the feature itself, on implementations that have loaded it already. */
@ApplicationPath("twice")
public class TwiceApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(GuardsResource.class, PlaytchaRestFeature.class);
    }
}
