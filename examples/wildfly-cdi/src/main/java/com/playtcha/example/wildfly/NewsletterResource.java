package com.playtcha.example.wildfly;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The newsletter. Its guard fails open, so the resource has to ask the outcome how sure it may be. */
@Path("newsletter")
@RequestScoped
public class NewsletterResource {

    @Inject
    Verification verification;

    /**
     * Subscribes. The token is in the header, or in the body, as the guard's settings say; a denial is answered with
     * problem details before this runs.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @PlaytchaProtected("newsletter")
    public JsonObject subscribe(String body) {
        String email = Texts.in(body, "email", 254);
        // Your application stores the subscription here. Let through, but unverified: anybody may have typed this
        // address in, so its owner is asked first.
        boolean verified = verification.getOutcome() == Outcome.VERIFIED;
        return Json.createObjectBuilder()
                .add("email", email)
                .add("state", verified ? "subscribed" : "waits for a mail to be answered")
                .add("outcome", verification.getOutcome().name())
                .add("degraded", verification.isDegraded())
                .build();
    }
}
