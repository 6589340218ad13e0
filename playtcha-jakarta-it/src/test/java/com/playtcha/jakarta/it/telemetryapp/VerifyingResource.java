package com.playtcha.jakarta.it.telemetryapp;

import com.playtcha.jakarta.PlaytchaVerifier;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Verifies the token in the path; the server has begun the visitor's span by then. */
@Path("verify/{token}")
@RequestScoped
public class VerifyingResource {
    @Inject
    PlaytchaVerifier verifier;

    @POST
    public String verify(@PathParam("token") String token) {
        return verifier.verify(token).getOutcome().name();
    }
}
