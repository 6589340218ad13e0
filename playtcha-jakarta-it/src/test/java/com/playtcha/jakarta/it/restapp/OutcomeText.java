package com.playtcha.jakarta.it.restapp;

import jakarta.servlet.http.HttpServletRequest;

/** The outcome that a resource sees, as text for the tests. */
final class OutcomeText {
    private OutcomeText() {}

    static String by(HttpServletRequest request, Object entity) {
        return request.getAttribute("playtcha.outcome") + "," + request.getAttribute("playtcha.allowed") + ":" + entity;
    }
}
