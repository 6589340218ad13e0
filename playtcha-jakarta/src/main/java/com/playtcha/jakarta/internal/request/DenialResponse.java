package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a denied request (contract, section 5): status, headers and problem details (RFC 9457). Nothing that
 * came from Playtcha or the visitor goes into a header or the title.
 */
public final class DenialResponse {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The status of a denial whose verification is no longer known. */
    public static final int UNKNOWN_STATUS = 403;

    private static final String REJECTED = "The human check was not passed";
    private static final String NOT_AVAILABLE = "The human check is not available right now";
    private static final int TOO_LARGE = 413;
    private static final String TYPE = "urn:playtcha:problem:";

    private final Verification verification;
    private final int status;
    private final String code;
    private final String title;

    private DenialResponse(Verification verification, int status, String code, String title) {
        this.verification = verification;
        this.status = status;
        this.code = code;
        this.title = title;
    }

    /** Returns the answer to a denied request. */
    public static DenialResponse of(Verification verification) {
        return of(verification, 0);
    }

    /** Returns the answer to a denied request; takes the container's status for a body it refused to parse, or 0. */
    public static DenialResponse of(Verification verification, int containerStatus) {
        Reason reason = verification.getReason();
        if (reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT) {
            return new DenialResponse(verification, 500, "configuration", "The human check is not set up correctly");
        }
        boolean tooLarge = reason == Reason.BODY_TOO_LARGE;
        boolean unreadable = reason == Reason.BODY_UNREADABLE && containerStatus != 0;
        int noToken = tooLarge ? TOO_LARGE : unreadable ? containerStatus : 400;
        return switch (verification.getOutcome()) {
            case REJECTED -> coded(verification, 403, "rejected", REJECTED);
            case THROTTLED -> coded(verification, 503, "throttled", NOT_AVAILABLE);
            case OVERLOADED -> coded(verification, 503, "overloaded", NOT_AVAILABLE);
            case NO_TOKEN ->
                noToken == TOO_LARGE
                        ? coded(verification, TOO_LARGE, "body_too_large", "The request is too large")
                        : coded(verification, noToken, "token_missing", "The human check is missing");
            default -> coded(verification, 503, "unavailable", NOT_AVAILABLE);
        };
    }

    /** Uses upstream's code where it sent one. */
    private static DenialResponse coded(Verification verification, int status, String ownCode, String title) {
        UpstreamError error = verification.getError();
        String upstream = error == null ? null : error.getCode();
        String code = upstream == null || upstream.isBlank() ? ownCode : upstream;
        return new DenialResponse(verification, status, code, title);
    }

    public Map<String, String> headers() {
        Map<String, String> headers = serverErrorHeaders();
        if (verification.getOutcome() == Outcome.THROTTLED || verification.getOutcome() == Outcome.OVERLOADED) {
            headers.put("Retry-After", Long.toString(seconds(verification.getRetryAfter())));
        }
        return headers;
    }

    /** Returns the headers of every denial. */
    public static Map<String, String> serverErrorHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cache-Control", "no-store");
        headers.put("X-Content-Type-Options", "nosniff");
        return headers;
    }

    public int status() {
        return status;
    }

    /** Returns one sentence without text from outside. */
    public String title() {
        return title;
    }

    /**
     * The members of the problem details in order; upstream's {@code code} and {@code request_id} as they were sent.
     */
    public Map<String, Object> problem() {
        UpstreamError error = verification.getError();
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

    /** The problem details of an error of this library, written without anything that could fail again. */
    public static String serverError(String code, String title) {
        return document(500, code, title);
    }

    /** The problem details of a denial whose verification is no longer known. */
    public static String unknown() {
        return document(UNKNOWN_STATUS, "rejected", REJECTED);
    }

    private static String document(int status, String code, String title) {
        return "{\"type\":\"" + TYPE + code + "\",\"title\":\"" + title + "\",\"status\":" + status + ",\"code\":\""
                + code + "\"}";
    }

    private static long seconds(@Nullable Duration retryAfter) {
        if (retryAfter == null) {
            return 1;
        }
        return Math.max(1, retryAfter.plusSeconds(1).minusNanos(1).toSeconds());
    }
}
