package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.rs.PlaytchaRestFeature;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;

/** Has no services loaded, and registers the feature itself. */
@ApplicationPath("by-hand")
public class ByHandApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(GuardsResource.class, PlaytchaRestFeature.class);
    }

    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jakarta.ws.rs.loadServices", false);
    }
}
