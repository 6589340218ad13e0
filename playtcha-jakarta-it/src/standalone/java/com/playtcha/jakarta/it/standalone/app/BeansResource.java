package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What beans can do with guards, each at a path of its own. */
@Path("beans")
@RequestScoped
public class BeansResource {
    @Inject
    PlaytchaVerifier verifier;

    @Inject
    @PlaytchaGuard("closed")
    PlaytchaVerifier closed;

    @Inject
    Verification current;

    @Inject
    Newsletter newsletter;

    @Inject
    Events events;

    /** By an injected verifier. */
    @POST
    @Path("verify")
    public String verify(@FormParam("token") @Nullable String token) {
        return told(verifier.verify(token));
    }

    /** By that of a named guard. */
    @POST
    @Path("verify-closed")
    public String verifyClosed(@FormParam("token") @Nullable String token) {
        return told(closed.verify(token));
    }

    /** Without a thread that waits. */
    @POST
    @Path("verify-async")
    public CompletionStage<String> verifyAsync(@FormParam("token") @Nullable String token) {
        return verifier.verifyAsync(token).thenApply(BeansResource::told);
    }

    /** By the interceptor, whose token is a parameter. */
    @POST
    @Path("subscribe")
    public String subscribe(@FormParam("token") @Nullable String token) {
        return newsletter.subscribe("ann", token) + ":" + told(current);
    }

    /** Guarded twice with one token. */
    @POST
    @Path("subscribe-twice")
    public String subscribeTwice(@FormParam("token") @Nullable String token) {
        return newsletter.subscribe("ann", token) + newsletter.subscribe("bob", token);
    }

    /** By a class's annotation, of a guard that fails closed. */
    @POST
    @Path("sign-up")
    public String signUp(@FormParam("token") @Nullable String token) {
        return newsletter.signUp(token);
    }

    /** Guarded as a resource, and then in a bean that has no token of its own. */
    @POST
    @Path("guarded")
    @PlaytchaProtected
    public String guarded() {
        return newsletter.confirm() + ":" + told(current);
    }

    /** No guard before the bean's. */
    @POST
    @Path("unguarded")
    public String unguarded() {
        return newsletter.confirm();
    }

    /** What observers heard of a guard. */
    @GET
    @Path("events")
    public String events(@QueryParam("of") String guard) {
        return events.of(guard);
    }

    private static String told(Verification verification) {
        return verification.getOutcome() + "," + verification.isAllowed();
    }
}
