package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.Verification;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers a denied request in a framework's way. Attributes and headers are set. Public for Spring only. */
@FunctionalInterface
public interface DenialHandler {
    /** Answers the request; the status is the one with which a filter answers. */
    void handle(HttpServletRequest request, HttpServletResponse response, Verification verification, int status)
            throws IOException, ServletException;
}
