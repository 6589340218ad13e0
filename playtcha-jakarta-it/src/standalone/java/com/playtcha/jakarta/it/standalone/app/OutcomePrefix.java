package com.playtcha.jakarta.it.standalone.app;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Puts what the guards told before what a resource answers: {@code outcome,allowed:answer}. */
@Provider
public class OutcomePrefix implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String path = request.getUriInfo().getPath();
        boolean ours = !path.contains("beans/") && !path.contains("threads");
        if (ours && response.getStatus() == 200 && response.getEntity() instanceof String answer) {
            response.setEntity(request.getProperty("playtcha.outcome") + "," + request.getProperty("playtcha.allowed")
                    + ":" + answer);
        }
    }
}
