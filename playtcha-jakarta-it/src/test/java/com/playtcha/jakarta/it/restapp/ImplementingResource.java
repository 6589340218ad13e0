package com.playtcha.jakarta.it.restapp;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Path;

/** Says nothing of guards itself. */
@Path("implementing")
public class ImplementingResource implements Guarded {
    @Override
    public String byMethod(HttpServletRequest request, String body) {
        return OutcomeText.by(request, body);
    }
}
