package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.testkit.VerificationBuilder;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Form;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A resource that takes its entity in every way, and says what it was told. */
@Path("signup")
public class SignUpResource {

    /** A form as a bean. */
    public static class Person {
        @FormParam("name")
        public String name;

        @QueryParam("x")
        public String x;
    }

    private static String told(ContainerRequestContext request) {
        RestApp.SEEN.add("signup");
        return request.getProperty("playtcha.outcome")
                + "," + request.getProperty("playtcha.allowed")
                + ","
                + (request.getProperty("playtcha") instanceof Verification v
                        ? v.getReason().getLabel()
                        : null);
    }

    @POST
    @PlaytchaProtected
    public String text(@Context ContainerRequestContext request, String body) {
        return told(request) + ":" + body;
    }

    @PUT
    @PlaytchaProtected
    public String put(@Context ContainerRequestContext request, String body) {
        return told(request) + ":" + body;
    }

    @GET
    @PlaytchaProtected
    public String get(@Context ContainerRequestContext request) {
        return told(request);
    }

    @POST
    @Path("param")
    @PlaytchaProtected
    public String param(@Context ContainerRequestContext request, @FormParam("name") String name) {
        return told(request) + ":" + name;
    }

    @POST
    @Path("bean")
    @PlaytchaProtected
    public String bean(@Context ContainerRequestContext request, @BeanParam Person person) {
        return told(request) + ":" + person.name + "," + person.x;
    }

    @POST
    @Path("map")
    @PlaytchaProtected
    public String map(@Context ContainerRequestContext request, MultivaluedMap<String, String> form) {
        return told(request) + ":" + form.getFirst("name");
    }

    @POST
    @Path("form")
    @PlaytchaProtected
    public String form(@Context ContainerRequestContext request, Form form) {
        return told(request) + ":" + form.asMap().getFirst("name");
    }

    @POST
    @Path("stream")
    @PlaytchaProtected
    public String stream(@Context ContainerRequestContext request, InputStream body) throws IOException {
        return told(request) + ":" + new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    @POST
    @Path("failing")
    @PlaytchaProtected
    public String failing(String body) {
        throw new IllegalStateException("the application's, after " + body);
    }

    @POST
    @Path("free")
    public String free(@Context ContainerRequestContext request, String body) {
        return told(request) + ":" + body;
    }

    /** As a guarded bean would. */
    @POST
    @Path("bean-denies")
    public String denied(String outcome) {
        throw new PlaytchaDeniedException(
                "default", VerificationBuilder.because(Reason.valueOf(outcome)).build());
    }
}
