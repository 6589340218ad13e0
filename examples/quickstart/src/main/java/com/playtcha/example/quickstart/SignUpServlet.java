package com.playtcha.example.quickstart;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Verification;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Takes the sign-up. A POST that arrives here was allowed by a filter; the attributes say why. */
public class SignUpServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        getServletContext().getNamedDispatcher("form").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Verification verification = (Verification) request.getAttribute("playtcha");
        String name = parameter(request, "name");
        String greeting = name.isEmpty() ? "Welcome" : "Welcome, " + name;

        Map<String, Object> values = new HashMap<>();
        if (verification.getOutcome() == Outcome.VERIFIED) {
            values.put("tone", verification.isDegraded() ? "notice" : "good");
            values.put("stamp", verification.isDegraded() ? "Verified, degraded" : "Verified");
            values.put("heading", greeting + ".");
            values.put(
                    "lead",
                    verification.isDegraded()
                            ? "You are signed up: Playtcha confirmed that a human sent this form. It also signals that"
                                    + " the project's usage quota runs high, which concerns the operator and not you."
                            : "You are signed up: Playtcha confirmed that a human sent this form.");
        } else if (verification.getOutcome() == Outcome.EXEMPT) {
            values.put("tone", "good");
            values.put("stamp", "Exempt");
            values.put("heading", greeting + ".");
            values.put("lead", "You are signed up: the guard of this form asks your address for no token.");
        } else if (!verification.isAllowed()) {
            values.put("tone", "notice");
            values.put("stamp", "Allowed, monitor mode");
            values.put("heading", greeting + ", this time.");
            values.put(
                    "lead",
                    "You are signed up, because the filter only monitors (mode=monitor). With mode=enforce it"
                            + " would have denied this request.");
        } else {
            // Unverified: keep the account on hold until a confirmation mail was answered, say.
            values.put("tone", "notice");
            values.put("stamp", "Allowed unverified");
            values.put("heading", greeting + ", for now.");
            values.put(
                    "lead",
                    "You are signed up, but unverified: the filter allowed this request without a"
                            + " verdict from Playtcha. A careful application would ask for one more step here, such as"
                            + " a confirmation by e-mail.");
        }
        Explanation explanation = Explanation.of(verification);
        values.put("why", explanation.what());
        values.put("todo", explanation.todo());
        values.put("wire", Facts.wire(request, verification));
        values.put("attributes", Facts.attributes(request));
        String token = parameter(request, "playtcha-response");
        boolean exempt = request.getServletPath().equals("/exempt");
        values.put(
                "back",
                request.getContextPath()
                        + (exempt ? "/exempt" : "/?last=" + URLEncoder.encode(token, StandardCharsets.UTF_8)));
        values.put(
                "again",
                token.isEmpty()
                        ? Html.NONE
                        : Pages.part(
                                request,
                                "again",
                                Map.of(
                                        "action",
                                        request.getContextPath() + request.getServletPath(),
                                        "name",
                                        name,
                                        "token",
                                        token)));
        Pages.write(request, response, "welcome", "Signed up", values);
    }

    private static String parameter(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value.strip();
    }
}
