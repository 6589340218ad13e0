package com.playtcha.example.quickstart;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the filter left in the request, as tables. */
final class Facts {
    private Facts() {}

    /** The attributes, and what else the verification knows. */
    static Html attributes(HttpServletRequest request) {
        Map<String, Object> rows = new LinkedHashMap<>();
        for (String name : new String[] {
            "playtcha.required",
            "playtcha.outcome",
            "playtcha.allowed",
            "playtcha.degraded",
            "playtcha.error-code",
            "playtcha.request-id"
        }) {
            rows.put(name, request.getAttribute(name));
        }
        if (request.getAttribute("playtcha") instanceof Verification verification) {
            rows.put("playtcha → getReason()", verification.getReason().getLabel());
            rows.put("playtcha → getStatus()", verification.getStatus());
        }
        return Html.table("Request attributes", rows);
    }

    /** The call as it went over the wire, with the secret left out, and what came back. */
    static Html wire(HttpServletRequest request, Verification verification) {
        if (verification.getDuration().isZero()) {
            return Html.fill(
                    "<p>No call was made: {reason}.</p>",
                    Map.of("reason", verification.getReason().getLabel()));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("secret", "•••");
        body.put("token", request.getParameter("playtcha-response"));
        return Html.fill(
                """
                <p>It took {time} ms.</p>
                <pre><code>POST /v1/verify
                Content-Type: application/json

                {request}</code></pre>
                <pre><code>{answer}</code></pre>""",
                Map.of(
                        "time",
                        verification.getDuration().toMillis(),
                        "request",
                        Json.write(body),
                        "answer",
                        answer(verification)));
    }

    private static String answer(Verification verification) {
        if (verification.getStatus() == 0) {
            return "no answer (" + verification.getReason().getLabel() + ")";
        }
        UpstreamError error = verification.getError();
        String status = "HTTP status " + verification.getStatus();
        if (error != null) {
            return status + "\n\n" + Json.write(Map.of("error", error.getFields()));
        }
        return verification.getFields().isEmpty()
                ? status + ", and nothing that Playtcha would send"
                : status + "\n\n" + Json.write(verification.getFields());
    }
}
