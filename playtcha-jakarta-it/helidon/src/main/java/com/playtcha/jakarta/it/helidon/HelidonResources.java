package com.playtcha.jakarta.it.helidon;

import com.playtcha.jakarta.it.standalone.app.AuthenticationFilter;
import com.playtcha.jakarta.it.standalone.app.BeansResource;
import com.playtcha.jakarta.it.standalone.app.EntityResource;
import com.playtcha.jakarta.it.standalone.app.GuardsResource;
import com.playtcha.jakarta.it.standalone.app.ImplementingResource;
import com.playtcha.jakarta.it.standalone.app.LocatingResource;
import com.playtcha.jakarta.it.standalone.app.OutcomePrefix;
import com.playtcha.jakarta.it.standalone.app.ThreadsResource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The resources. Nothing of the library's is registered: it does that itself. */
@ApplicationPath("api")
@ApplicationScoped
public class HelidonResources extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                AuthenticationFilter.class,
                BeansResource.class,
                EntityResource.class,
                GuardsResource.class,
                ImplementingResource.class,
                LocatingResource.class,
                ThreadsResource.class,
                OutcomePrefix.class);
    }
}
