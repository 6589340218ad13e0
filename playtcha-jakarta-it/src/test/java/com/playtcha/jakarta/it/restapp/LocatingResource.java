package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/** Leads on to other resources. */
@Path("locating")
public class LocatingResource {

    /** The annotation is on the locator alone. */
    @Path("guarded")
    @PlaytchaProtected("closed")
    public Plain guarded() {
        return new Plain();
    }

    /** The same by class. */
    @Path("guarded-class")
    @PlaytchaProtected("closed")
    public Class<Second> guardedClass() {
        return Second.class;
    }

    /** The annotations are on what it leads to. */
    @Path("free")
    public Annotated free() {
        return new Annotated();
    }

    /** By two steps. */
    @Path("twice")
    @PlaytchaProtected("closed")
    public Middle twice() {
        return new Middle();
    }

    /** Has no annotation of its own. */
    public static class Plain {
        @POST
        @Path("method")
        public String method(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }

        @POST
        @Path("own")
        @PlaytchaProtected
        public String own(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }
    }

    /** Made by the implementation. */
    public static class Second {
        @POST
        public String method(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }
    }

    /** Leads on. */
    public static class Middle {
        @Path("on")
        public Last on() {
            return new Last();
        }
    }

    /** The end of two steps. */
    public static class Last {
        @POST
        public String method(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }
    }

    /** Guards one method of two, and names a guard that is not declared. */
    public static class Annotated {
        @POST
        @Path("guarded")
        @PlaytchaProtected("closed")
        public String guarded(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }

        @POST
        @Path("free")
        public String free(@Context HttpServletRequest request, String body) {
            return OutcomeText.by(request, body);
        }

        /** Seen by the implementation only when a request comes to this class. */
        @Path("late")
        public Late late() {
            return new Late();
        }
    }

    /** Names a guard that no setting declares. */
    public static class Late {
        @POST
        @PlaytchaProtected("nowhere")
        public String method() {
            return "reached";
        }
    }
}
