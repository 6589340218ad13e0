package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/** Guards of several sorts, and none. */
@Path("guards")
public class GuardsResource {
    @GET
    @Path("open")
    @PlaytchaProtected
    public String get(@Context HttpServletRequest request) {
        return OutcomeText.by(request, "");
    }

    @GET
    @Path("free")
    public String getFree(@Context HttpServletRequest request) {
        return OutcomeText.by(request, "");
    }

    @POST
    @Path("open")
    @PlaytchaProtected
    public String open(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    @POST
    @Path("closed")
    @PlaytchaProtected("closed")
    public String closed(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    @POST
    @Path("monitor")
    @PlaytchaProtected("monitor")
    public String monitor(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    @POST
    @Path("free")
    public String free(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    @POST
    @Path("denied-by-bean")
    public String deniedByBean(@Context HttpServletRequest request) {
        Object guards = request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
        throw new PlaytchaDeniedException(
                "default", ((PlaytchaGuards) guards).verifier().verify(null));
    }
}
