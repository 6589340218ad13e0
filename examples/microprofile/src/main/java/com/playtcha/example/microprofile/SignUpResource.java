package com.playtcha.example.microprofile;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * The sign-up. Its guard fails closed, so a request that arrives here was verified; unless the operator of the application
 * chose otherwise, which the verification then tells.
 */
@Path("signup")
@RequestScoped
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public class SignUpResource {
    @Inject
    Verification verification;

    @POST
    @Produces(Page.TYPE)
    public Response page(
            @FormParam("name") @DefaultValue("") String name, @FormParam("email") @DefaultValue("") String email) {
        if (!Fields.isName(name) || !Fields.isEmail(email)) {
            return Fields.refused("signup.html");
        }
        // Your application creates the account here. Keep the outcome with it.
        String next = verification.getOutcome() == Outcome.VERIFIED
                ? "Your account is ready. We write to " + email + "."
                : "One more step: follow the link that we sent to " + email + ".";
        return Page.of(200, "Welcome, " + name.strip() + ".", next, "", VerificationDetails.of(verification));
    }

    /** The same for programs. Clients that accept both get the page. */
    @POST
    @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
    public Response json(
            @FormParam("name") @DefaultValue("") String name, @FormParam("email") @DefaultValue("") String email) {
        if (!Fields.isName(name) || !Fields.isEmail(email)) {
            return Response.status(422).build();
        }
        return Response.ok(VerificationDetails.of(verification)).build();
    }
}
