package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Names a guard that no setting declares. */
@ApplicationPath("api")
public class UndeclaredApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(Undeclared.class);
    }

    /** Its one resource. */
    @Path("guards")
    public static class Undeclared {

        /** Never to be reached. */
        @POST
        @Path("plain")
        public String plain() {
            return "reached";
        }

        /** Never to be reached. */
        @POST
        @Path("undeclared")
        @PlaytchaProtected("nowhere")
        public String undeclared() {
            return "reached";
        }
    }
}
