package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** The request attributes an application reads (contract, section 5). Their names are public API. */
final class Attributes {
    static final String VERIFICATION = "playtcha";
    static final String RESULT = "playtcha.result";
    static final String OUTCOME = "playtcha.outcome";
    static final String ALLOWED = "playtcha.allowed";
    static final String DEGRADED = "playtcha.degraded";
    static final String ERROR_CODE = "playtcha.error-code";
    static final String REQUEST_ID = "playtcha.request-id";

    private Attributes() {}

    /**
     * Sets them all. One that has no value is removed: an earlier guard, or someone else, may have set it.
     *
     * @param request the guarded request
     * @param verification whose {@code isAllowed} is already that of every guard so far
     */
    static void publish(ServletRequest request, Verification verification) {
        UpstreamError error = verification.getError();
        request.setAttribute(VERIFICATION, verification);
        request.setAttribute(RESULT, verification);
        request.setAttribute(OUTCOME, verification.getOutcome().name());
        request.setAttribute(ALLOWED, verification.isAllowed());
        request.setAttribute(DEGRADED, verification.isDegraded());
        set(request, ERROR_CODE, error == null ? null : error.getCode());
        set(request, REQUEST_ID, error == null ? null : error.getRequestId());
    }

    /**
     * After an error of our own there is no verification to show, only that the request was not allowed.
     *
     * @param request the guarded request
     */
    static void publishInternalError(ServletRequest request) {
        for (String name : new String[] {VERIFICATION, RESULT, OUTCOME, DEGRADED, ERROR_CODE, REQUEST_ID}) {
            request.removeAttribute(name);
        }
        request.setAttribute(ALLOWED, false);
    }

    private static void set(ServletRequest request, String name, @Nullable String value) {
        if (value == null) {
            request.removeAttribute(name);
        } else {
            request.setAttribute(name, value);
        }
    }
}
