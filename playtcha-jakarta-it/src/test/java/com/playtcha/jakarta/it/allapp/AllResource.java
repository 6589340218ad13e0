package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.jspecify.annotations.Nullable;

/** No bean: an implementation in the application's own libraries does not know that CDI is there. */
@Path("")
public class AllResource {
    private static final String TOKEN = "X-Playtcha-Token";

    private static Work work() {
        return CDI.current().select(Work.class).get();
    }

    /** Behind a filter, an annotation and three guarded calls. */
    @POST
    @Path("filtered/all")
    @PlaytchaProtected
    public String all(@HeaderParam(TOKEN) @Nullable String token) {
        return work().open(token) + work().closed(token) + work().closedWithoutToken() + work().told();
    }

    /** Behind a filter alone. */
    @POST
    @Path("throttled/filtered")
    public String filtered() {
        return "reached";
    }

    /** Behind an annotation alone. */
    @POST
    @Path("free/annotated")
    @PlaytchaProtected("throttled")
    public String annotated() {
        return "reached";
    }

    /** A guarded call alone. */
    @POST
    @Path("free/intercepted")
    public String intercepted(@HeaderParam(TOKEN) @Nullable String token) {
        return work().throttled(token);
    }

    /** An injected verifier alone. */
    @POST
    @Path("free/verified")
    public String verified(@HeaderParam(TOKEN) @Nullable String token) {
        return work().verify(token).getReason().toString();
    }
}
