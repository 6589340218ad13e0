package com.playtcha.jakarta.it.standalone.app;

import jakarta.ws.rs.Path;

/** Says nothing of guards itself. */
@Path("implementing")
public class ImplementingResource implements Guarded {
    @Override
    public String byMethod(String body) {
        return body;
    }
}
