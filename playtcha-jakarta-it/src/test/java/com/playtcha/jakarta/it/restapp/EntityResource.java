package com.playtcha.jakarta.it.restapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Form;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Takes its entity in every way. */
@Path("entity")
@PlaytchaProtected
public class EntityResource {

    /** A form as a bean. */
    public static class Person {
        @FormParam("name")
        public @Nullable String name;

        @QueryParam("x")
        public @Nullable String x;
    }

    @POST
    @Path("text")
    public String text(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }

    @POST
    @Path("param")
    public String param(@Context HttpServletRequest request, @FormParam("name") @Nullable String name) {
        return OutcomeText.by(request, String.valueOf(name));
    }

    @POST
    @Path("bean")
    public String bean(@Context HttpServletRequest request, @BeanParam Person person) {
        return OutcomeText.by(request, person.name + "," + person.x);
    }

    @POST
    @Path("map")
    public String map(@Context HttpServletRequest request, MultivaluedMap<String, String> form) {
        return OutcomeText.by(request, String.valueOf(form.getFirst("name")));
    }

    @POST
    @Path("form")
    public String form(@Context HttpServletRequest request, Form form) {
        return OutcomeText.by(request, String.valueOf(form.asMap().getFirst("name")));
    }

    @POST
    @Path("stream")
    public String stream(@Context HttpServletRequest request, InputStream body) throws IOException {
        return OutcomeText.by(request, new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }

    @POST
    @Path("suspended")
    public void suspended(@Context HttpServletRequest request, @Suspended AsyncResponse later, String body) {
        String answer = OutcomeText.by(request, body);
        CompletableFuture.runAsync(() -> later.resume(answer));
    }

    @POST
    @Path("stage")
    public CompletionStage<String> stage(@Context HttpServletRequest request, String body) {
        String answer = OutcomeText.by(request, body);
        return CompletableFuture.supplyAsync(() -> answer);
    }

    @POST
    @Path("json")
    @PlaytchaProtected("json")
    public String json(@Context HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }
}
