package com.playtcha.example.microprofile;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/** What the guards decided so far. For operators: a real application shows it to nobody else. */
@Path("status")
@RequestScoped
public class StatusResource {
    @Inject
    Outcomes outcomes;

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> status() {
        return outcomes.soFar();
    }
}
