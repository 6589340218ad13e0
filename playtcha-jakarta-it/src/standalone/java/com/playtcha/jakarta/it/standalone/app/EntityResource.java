package com.playtcha.jakarta.it.standalone.app;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
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
    public String text(String body) {
        return body;
    }

    @POST
    @Path("param")
    public String param(@FormParam("name") @Nullable String name) {
        return String.valueOf(name);
    }

    @POST
    @Path("bean")
    public String bean(@BeanParam Person person) {
        return person.name + "," + person.x;
    }

    @POST
    @Path("map")
    public String map(MultivaluedMap<String, String> form) {
        return String.valueOf(form.getFirst("name"));
    }

    @POST
    @Path("form")
    public String form(Form form) {
        return String.valueOf(form.asMap().getFirst("name"));
    }

    @POST
    @Path("stream")
    public String stream(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    @POST
    @Path("suspended")
    public void suspended(@Suspended AsyncResponse later, String body) {
        String answer = body;
        new Thread(() -> later.resume(answer)).start();
    }

    @POST
    @Path("stage")
    public CompletionStage<String> stage(String body) {
        String answer = body;
        return CompletableFuture.supplyAsync(() -> answer);
    }

    @POST
    @Path("json")
    @PlaytchaProtected("json")
    public String json(String body) {
        return body;
    }
}
