package com.playtcha.jakarta.it.allapp;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.enterprise.context.RequestScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/** A resource that is a bean as well, where CDI and Jakarta REST know of each other: one annotation, read twice. */
@Path("bean")
@RequestScoped
public class BeanResource {
    /** For both. */
    public BeanResource() {}

    /** Guarded as a resource, and as a method of a bean. */
    @POST
    @PlaytchaProtected("signup")
    public String guarded(@Context HttpServletRequest request) {
        return request.getAttribute("playtcha.outcome") + "," + request.getAttribute("playtcha.allowed");
    }
}
