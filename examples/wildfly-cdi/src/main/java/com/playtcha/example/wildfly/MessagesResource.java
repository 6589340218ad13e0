package com.playtcha.example.wildfly;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Messages to us. Only those that look like advertising cost their writer a check: the decision is in code. */
@Path("messages")
@RequestScoped
public class MessagesResource {

    /** The guard without a name. */
    @Inject
    PlaytchaVerifier verifier;

    /** The sign-up's, which fails closed. */
    @Inject
    @PlaytchaGuard("signup")
    PlaytchaVerifier strictVerifier;

    /** Takes a message: without a link as it is, with one after a check, with more after a strict one. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject send(@HeaderParam("X-Playtcha-Token") String token, String body) {
        int links = Texts.in(body, "text", 10_000).split("://", -1).length - 1;
        if (links == 0) {
            return Json.createObjectBuilder().add("checked", false).build();
        }
        Verification verification = (links == 1 ? verifier : strictVerifier).verify(token);
        if (!verification.isAllowed()) {
            // Becomes problem details, as a denial by annotation does.
            throw new PlaytchaDeniedException(links == 1 ? "default" : "signup", verification);
        }
        return Json.createObjectBuilder()
                .add("checked", true)
                .add("outcome", verification.getOutcome().name())
                .build();
    }
}
