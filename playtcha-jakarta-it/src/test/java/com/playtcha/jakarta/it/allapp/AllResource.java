package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
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
        return work().verify(token).getReason().getLabel();
    }

    /** Behind a filter alone that registered itself and asks nobody on this machine. */
    @POST
    @Path("known/filtered")
    public String known(@Context HttpServletRequest request) {
        return told(request);
    }

    /** The same guard as an annotation. */
    @POST
    @Path("free/known")
    @PlaytchaProtected("known")
    public String knownToAnnotation(@Context HttpServletRequest request) {
        return told(request);
    }

    /** The same guard around a call. */
    @POST
    @Path("free/known-to-bean")
    public String knownToBean(@Context HttpServletRequest request) {
        work().known(request.getHeader(TOKEN));
        return told(request);
    }

    /** Needs a token after failures. */
    @POST
    @Path("free/counted")
    @PlaytchaProtected("counted")
    public String counted(@Context HttpServletRequest request) {
        return told(request);
    }

    /** A failure of whoever asks. */
    @POST
    @Path("free/failed")
    public String failed(@Context HttpServletRequest request) {
        guards(request).failures().record(request.getRemoteAddr());
        return CDI.current().select(AllCounter.class).get().shown();
    }

    /** A success of whoever asks. */
    @POST
    @Path("free/succeeded")
    public String succeeded(@Context HttpServletRequest request) {
        guards(request).failures().clear(request.getRemoteAddr());
        return CDI.current().select(AllCounter.class).get().shown();
    }

    /** May be sent again once. */
    @POST
    @Path("free/returning")
    @PlaytchaProtected("returning")
    public String returning(@Context HttpServletRequest request) {
        return told(request);
    }

    /** Begins a session. */
    @POST
    @Path("free/session")
    public String session(@Context HttpServletRequest request) {
        return String.valueOf(request.getSession(true).isNew());
    }

    private static PlaytchaGuards guards(HttpServletRequest request) {
        return (PlaytchaGuards) request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
    }

    private static String told(HttpServletRequest request) {
        Verification decision = Verification.from(request::getAttribute).orElseThrow();
        return request.getAttribute("playtcha.required") + " " + decision.getOutcome() + " "
                + decision.getReason().getLabel();
    }
}
