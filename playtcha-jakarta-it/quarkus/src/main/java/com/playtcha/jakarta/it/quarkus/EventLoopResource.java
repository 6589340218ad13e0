package com.playtcha.jakarta.it.quarkus;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Runs where nothing may wait, and is guarded nevertheless. */
@Path("event-loop")
@NonBlocking
public class EventLoopResource {
    /** Never to be reached. */
    @POST
    @PlaytchaProtected
    public String guarded() {
        return "reached";
    }
}
