package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

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
        public String method(String body) {
            return body;
        }

        @POST
        @Path("own")
        @PlaytchaProtected
        public String own(String body) {
            return body;
        }
    }

    /** Made by the implementation. */
    public static class Second {
        @POST
        public String method(String body) {
            return body;
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
        public String method(String body) {
            return body;
        }
    }

    /** Guards one method of two. */
    public static class Annotated {
        @POST
        @Path("guarded")
        @PlaytchaProtected("closed")
        public String guarded(String body) {
            return body;
        }

        @POST
        @Path("free")
        public String free(String body) {
            return body;
        }
    }
}
