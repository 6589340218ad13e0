package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** A resource's interface, which alone is annotated. */
public interface Guarded {
    @POST
    @Path("by-method")
    @PlaytchaProtected
    String byMethod(String body);
}
