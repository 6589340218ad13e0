package com.playtcha.jakarta.it.standalone.app;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** Tells which of the library's threads live. */
@Path("threads")
public class ThreadsResource {
    /** Their names. */
    @GET
    public String names() {
        return Threads.names();
    }
}
