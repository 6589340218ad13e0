package com.playtcha.example.microprofile;

import com.playtcha.jakarta.Verification;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Messages in JSON. The filter took the token out of the body, by {@code token-json-pointer}, and left the body to be
 * read here.
 */
@Path("messages")
@RequestScoped
public class MessagesResource {
    @Inject
    Verification verification;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> receive(Map<String, Object> message) {
        Map<String, Object> receipt = new LinkedHashMap<>(VerificationDetails.of(verification));
        receipt.put("text", message.get("text"));
        return receipt;
    }
}
