package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Guards of several sorts, and none. */
@Path("guards")
public class GuardsResource {
    @Inject
    PlaytchaVerifier verifier;

    @GET
    @Path("open")
    @PlaytchaProtected
    public String get() {
        return "";
    }

    @GET
    @Path("free")
    public String getFree() {
        return "";
    }

    @POST
    @Path("open")
    @PlaytchaProtected
    public String open(String body) {
        return body;
    }

    @POST
    @Path("closed")
    @PlaytchaProtected("closed")
    public String closed(String body) {
        return body;
    }

    @POST
    @Path("monitor")
    @PlaytchaProtected("monitor")
    public String monitor(String body) {
        return body;
    }

    @POST
    @Path("free")
    public String free(String body) {
        return body;
    }

    @POST
    @Path("denied-by-bean")
    public String deniedByBean() {
        throw new PlaytchaDeniedException("default", verifier.verify(null));
    }
}
