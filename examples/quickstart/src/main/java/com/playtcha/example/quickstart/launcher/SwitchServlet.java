package com.playtcha.example.quickstart.launcher;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Makes the stand-in for Playtcha fail, and tells what it does: {@code GET /switch}, and {@code POST /switch?mode=down}.
 * A page of another site cannot use it, since its requests carry another {@code Origin}.
 */
final class SwitchServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient PlaytchaStandIn standIn;
    private volatile Mode mode = Mode.WORKS;

    SwitchServlet(PlaytchaStandIn standIn) {
        this.standIn = standIn;
    }

    /** What the stand-in does. */
    private enum Mode {
        WORKS,
        SLOW,
        THROTTLES,
        FAILS,
        PROXY,
        DOWN
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter()
                .write("{\"mode\":\"" + mode.name().toLowerCase(Locale.ROOT) + "\",\"inFlight\":" + standIn.inFlight()
                        + "}");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String origin = request.getHeader("Origin");
        if (origin != null && !origin.endsWith("://" + request.getHeader("Host"))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        try {
            play(Mode.valueOf(String.valueOf(request.getParameter("mode")).toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        doGet(request, response);
    }

    private synchronized void play(Mode wanted) {
        mode = wanted;
        if (wanted == Mode.DOWN) {
            standIn.refuse();
        } else {
            standIn.accept();
        }
        standIn.always(
                switch (wanted) {
                    case SLOW -> Reply.ok().delay(Duration.ofMillis(1500));
                    case THROTTLES ->
                        Reply.error(429, "rate_limited_ip", "Too many requests from this address.")
                                .header("Retry-After", "5");
                    case FAILS -> Reply.error(500, "db_error", "The token could not be looked up.");
                    case PROXY ->
                        Reply.status(200)
                                .header("Content-Type", "text/html")
                                .body("<html>Please log in to the guest network.</html>");
                    case WORKS, DOWN -> null;
                });
    }
}
