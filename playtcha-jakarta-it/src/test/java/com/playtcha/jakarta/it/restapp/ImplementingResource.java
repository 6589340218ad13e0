package com.playtcha.jakarta.it.restapp;

import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;

/** Says nothing of guards itself. */
@Path("implementing")
public class ImplementingResource implements Guarded {
    @Override
    public String byMethod(ContainerRequestContext request, String body) {
        return Told.by(request, body);
    }
}
