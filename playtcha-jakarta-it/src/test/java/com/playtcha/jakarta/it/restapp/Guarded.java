package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/** A resource's interface, which alone is annotated. */
public interface Guarded {
    @POST
    @Path("by-method")
    @PlaytchaProtected
    String byMethod(@Context HttpServletRequest request, String body);
}
