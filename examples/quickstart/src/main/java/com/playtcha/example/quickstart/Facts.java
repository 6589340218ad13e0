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
            "playtcha.outcome", "playtcha.allowed", "playtcha.degraded", "playtcha.error-code", "playtcha.request-id"
        }) {
            rows.put(name, request.getAttribute(name));
        }
        if (request.getAttribute("playtcha") instanceof Verification verification) {
            rows.put("playtcha → getReason()", verification.getReason());
            rows.put("playtcha → getStatus()", verification.getStatus());
        }
        return Html.table("Request attributes", rows);
    }

    /** Playtcha's error envelope with every member it came with; nothing where there was none. */
    static Html envelope(UpstreamError error) {
        if (error == null) {
            return Html.NONE;
        }
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("HTTP status", error.getStatus());
        rows.putAll(error.getFields());
        return Html.table("Playtcha's error envelope", rows);
    }
}
