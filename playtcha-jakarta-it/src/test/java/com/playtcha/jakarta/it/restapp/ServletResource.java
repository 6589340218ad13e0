package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;

/** Stands behind servlet filters as well. */
@Path("servlet")
@PlaytchaProtected
public class ServletResource {
    @POST
    @Path("attributes")
    public String attributes(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    /** Our own filter is mapped here. */
    @POST
    @Path("filtered")
    public String filtered(@Context HttpServletRequest request, @FormParam("name") @Nullable String name) {
        return OutcomeText.by(request, String.valueOf(name));
    }

    /** The same with a guard that fails closed, where the filter's fails open. */
    @POST
    @Path("filtered/closed")
    @PlaytchaProtected("closed")
    public String closed(@Context HttpServletRequest request, @FormParam("name") @Nullable String name) {
        return OutcomeText.by(request, String.valueOf(name));
    }

    /** A filter of someone else's reads the parameters before. */
    @POST
    @Path("consumed")
    public String consumed(@Context HttpServletRequest request, @FormParam("name") @Nullable String name) {
        return OutcomeText.by(request, String.valueOf(name));
    }
}
