package com.playtcha.jakarta.it.restapp;

import jakarta.ws.rs.container.ContainerRequestContext;

/** What a resource was told, as the tests read it. */
final class Told {
    private Told() {}

    static String by(ContainerRequestContext request, Object entity) {
        return request.getProperty("playtcha.outcome") + "," + request.getProperty("playtcha.allowed") + ":" + entity;
    }
}
