package com.playtcha.example.quickstart;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The application's error page. The attributes are set here too, so that it can say what happened. */
public class ErrorPageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        if (status == null) {
            // Asked for by its own address.
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Map<String, Object> values = new HashMap<>();
        values.put("status", status);
        if (request.getAttribute("playtcha") instanceof Verification verification && !verification.isAllowed()) {
            values.put("tone", status.equals(HttpServletResponse.SC_SERVICE_UNAVAILABLE) ? "notice" : "bad");
            Explanation explanation = Explanation.of(verification);
            values.put("heading", explanation.heading());
            values.put("advice", explanation.advice());
            values.put("why", explanation.what());
            values.put("todo", explanation.todo());
            values.put("wire", Facts.wire(request, verification));
            values.put("attributes", Facts.attributes(request));
            values.put("last", URLEncoder.encode(lastToken(request, verification), StandardCharsets.UTF_8));
            Pages.write(request, response, "denied", explanation.heading(), values);
        } else {
            boolean missing = status.equals(HttpServletResponse.SC_NOT_FOUND);
            values.put("heading", missing ? "There is no such page" : "Something went wrong");
            Pages.write(request, response, "error", "Error " + status, values);
        }
    }

    private static String lastToken(HttpServletRequest request, Verification verification) {
        if (verification.getOutcome() == Outcome.NO_TOKEN) {
            // The body may be one that the server cannot read.
            return "";
        }
        String token = request.getParameter("playtcha-response");
        return token == null ? "" : token;
    }
}
