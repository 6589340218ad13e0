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

/** The newsletter. Its guard fails open, so it has to ask the outcome how sure it may be. */
@Path("newsletter")
@RequestScoped
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public class NewsletterResource {
    @Inject
    Verification verification;

    @POST
    @Produces(Page.TYPE)
    public Response page(@FormParam("email") @DefaultValue("") String email) {
        if (!Fields.isEmail(email)) {
            return Fields.refused("newsletter.html");
        }
        // Your application stores the subscription here; one that is not VERIFIED, until a mail is answered, as
        // pending: anybody may have typed this address in.
        return verification.getOutcome() == Outcome.VERIFIED
                ? Page.of(
                        200,
                        "You are subscribed.",
                        "The next issue goes to " + email + ".",
                        "",
                        VerificationDetails.of(verification))
                : Page.of(
                        200,
                        "Please look into your mail.",
                        "Your subscription begins when you follow the link that we sent to " + email + ".",
                        "",
                        VerificationDetails.of(verification));
    }

    /** The same for programs. Clients that accept both get the page. */
    @POST
    @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
    public Response json(@FormParam("email") @DefaultValue("") String email) {
        return Fields.isEmail(email)
                ? Response.ok(VerificationDetails.of(verification)).build()
                : Response.status(422).build();
    }
}
