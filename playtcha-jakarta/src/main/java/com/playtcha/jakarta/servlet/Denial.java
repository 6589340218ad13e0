package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.config.GuardSettings;
import com.playtcha.jakarta.json.JsonWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request that may not go on (contract, section 5): {@code application/problem+json} (RFC 9457) for a visitor
 * that prefers JSON, else the page of {@code failure-path}, else {@code sendError}, so that the application's own error
 * page shows. Nothing that came from Playtcha or the visitor goes into a header or into a page from here; in the JSON
 * it is escaped.
 */
final class Denial {
    private static final int TOO_LARGE = 413;
    private static final String TYPE = "urn:playtcha:problem:";

    private final GuardSettings settings;
    private final JsonWriter json;

    Denial(GuardSettings settings, JsonWriter json) {
        this.settings = settings;
        this.json = json;
    }

    /**
     * Answers a denied request.
     *
     * @param request as the page of {@code failure-path} shall see it; its attributes are set already
     * @param response answered unless it is committed
     * @param verification why; not allowed
     * @param containerStatus the container's own status for a body it cannot parse; 0 for none
     * @param state of the request
     * @throws IOException when the visitor's connection fails
     * @throws ServletException from the page of {@code failure-path}
     */
    void send(
            HttpServletRequest request,
            HttpServletResponse response,
            Verification verification,
            int containerStatus,
            RequestState state)
            throws IOException, ServletException {
        if (cannotAnswer(request, response)) {
            return;
        }
        int status = status(verification, containerStatus);
        setHeaders(response);
        if (verification.getOutcome() == Outcome.THROTTLED || verification.getOutcome() == Outcome.OVERLOADED) {
            response.setHeader("Retry-After", Long.toString(seconds(verification.getRetryAfter())));
        }
        String title = title(verification, status);
        if (AcceptHeader.prefersJson(request.getHeaders("Accept"), request.getContentType())) {
            writeJson(response, status, json.write(problem(verification, status, title)));
        } else if (settings.failurePath().isPresent()) {
            response.setStatus(status);
            showFailurePage(request, response, settings.failurePath().get(), state);
        } else {
            state.setErrorPageExpected();
            response.sendError(status, title);
        }
    }

    /**
     * Answers 500 without anything that could fail once more.
     *
     * @param request in whatever state
     * @param response answered unless it is committed
     * @param code one of this library's own
     * @param title a sentence without characters that JSON escapes
     * @throws IOException when the visitor's connection fails
     */
    static void sendServerError(HttpServletRequest request, HttpServletResponse response, String code, String title)
            throws IOException {
        if (cannotAnswer(request, response)) {
            return;
        }
        setHeaders(response);
        if (AcceptHeader.prefersJson(request.getHeaders("Accept"), request.getContentType())) {
            writeJson(
                    response,
                    500,
                    "{\"type\":\"" + TYPE + code + "\",\"title\":\"" + title + "\",\"status\":500,\"code\":\"" + code
                            + "\"}");
        } else {
            response.sendError(500, title);
        }
    }

    /** An included resource has no answer of its own: its content is left out, and the page around it goes on. */
    private static boolean cannotAnswer(HttpServletRequest request, HttpServletResponse response) {
        return response.isCommitted() || request.getDispatcherType() == DispatcherType.INCLUDE;
    }

    private static void setHeaders(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
    }

    private static void writeJson(HttpServletResponse response, int status, String document) throws IOException {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType("application/problem+json");
        try {
            OutputStream out = response.getOutputStream();
            response.setContentLength(bytes.length);
            out.write(bytes);
        } catch (IllegalStateException writerInUse) {
            // Someone before us, or the application before an asynchronous dispatch, asked for the writer.
            response.getWriter().write(document);
        }
    }

    private static void showFailurePage(
            HttpServletRequest request, HttpServletResponse response, String path, RequestState state)
            throws IOException, ServletException {
        RequestDispatcher page = request.getServletContext().getRequestDispatcher(path);
        if (page == null) {
            throw new ServletException("failure-path " + path + " leads to nothing in this application");
        }
        boolean startedBefore = request.isAsyncStarted();
        state.setInFailurePage(true);
        try {
            page.forward(request, response);
        } finally {
            // A page that has gone asynchronous comes back through our filters once more.
            state.setInFailurePage(!startedBefore && request.isAsyncStarted());
        }
    }

    private Map<String, Object> problem(Verification verification, int status, String title) {
        UpstreamError error = verification.getError();
        String code = code(verification, status);
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put(
                "type", TYPE + URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20"));
        problem.put("title", title);
        problem.put("status", status);
        problem.put("code", code);
        if (error != null && error.getRequestId() != null) {
            problem.put("request_id", error.getRequestId());
        }
        return problem;
    }

    private static int status(Verification verification, int containerStatus) {
        return switch (verification.getOutcome()) {
            case REJECTED -> isConfiguration(verification.getReason()) ? 500 : 403;
            case NO_TOKEN -> noTokenStatus(verification.getReason(), containerStatus);
            default -> 503;
        };
    }

    private static int noTokenStatus(Reason reason, int containerStatus) {
        if (reason == Reason.BODY_TOO_LARGE) {
            return TOO_LARGE;
        }
        return reason == Reason.BODY_UNREADABLE && containerStatus != 0 ? containerStatus : 400;
    }

    private static boolean isConfiguration(Reason reason) {
        return reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT;
    }

    private static String code(Verification verification, int status) {
        UpstreamError error = verification.getError();
        String upstream = error == null ? null : error.getCode();
        if (isConfiguration(verification.getReason())) {
            return "configuration";
        }
        if (upstream != null && !upstream.isBlank()) {
            return upstream;
        }
        return switch (verification.getOutcome()) {
            case REJECTED -> "rejected";
            case THROTTLED -> "throttled";
            case OVERLOADED -> "overloaded";
            case NO_TOKEN -> status == TOO_LARGE ? "body_too_large" : "token_missing";
            default -> "unavailable";
        };
    }

    private static String title(Verification verification, int status) {
        if (isConfiguration(verification.getReason())) {
            return "The human check is not set up correctly";
        }
        return switch (verification.getOutcome()) {
            case REJECTED -> "The human check was not passed";
            case NO_TOKEN -> status == TOO_LARGE ? "The request is too large" : "The human check is missing";
            default -> "The human check is not available right now";
        };
    }

    private static long seconds(@Nullable Duration retryAfter) {
        if (retryAfter == null) {
            return 1;
        }
        return Math.max(1, retryAfter.plusSeconds(1).minusNanos(1).toSeconds());
    }
}
