package com.playtcha.jakarta.it.bench.soak;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.TimeUnit;

/**
 * Of an application that stays deployed: holds a request for a moment, so that many at once reach each thread of the server.
 * A thread of WildFly's keeps what its first request was about for as long as it lives, and any server's may keep what its
 * last one was about.
 */
@WebServlet("/crowd")
public class CrowdServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
