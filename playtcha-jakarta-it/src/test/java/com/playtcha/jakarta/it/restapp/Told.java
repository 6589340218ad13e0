package com.playtcha.jakarta.it.restapp;

import jakarta.servlet.http.HttpServletRequest;

/** What a resource was told, as the tests read it. */
final class Told {
    private Told() {}

    static String by(HttpServletRequest request, Object entity) {
        return request.getAttribute("playtcha.outcome") + "," + request.getAttribute("playtcha.allowed") + ":" + entity;
    }
}
