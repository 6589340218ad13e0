package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a denied request (contract, section 5): status, headers and problem details (RFC 9457), with texts in the
 * visitor's language. Nothing that came from Playtcha or the visitor goes into a header or a text.
 */
public final class DenialResponse {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The status of a denial whose verification is no longer known. */
    public static final int UNKNOWN_STATUS = 403;

    private static final int TOO_LARGE = 413;
    private static final String TYPE = "urn:playtcha:problem:";

    private final Verification verification;
    private final int status;
    private final String code;
    private final String title;
    private final @Nullable String detail;
    private final String pageDetail;
    private final @Nullable String language;

    private DenialResponse(Verification verification, int status, String code, String kind, DenialTexts.Texts texts) {
        this.verification = verification;
        this.status = status;
        this.code = code;
        this.title = String.valueOf(texts.find(code, kind, ".title"));
        this.detail = texts.find(code, kind, ".detail");
        this.pageDetail = detail == null ? String.valueOf(DenialTexts.english().find(code, kind, ".detail")) : detail;
        this.language = texts.language();
    }

    /**
     * Returns the answer to a denied request.
     *
     * @param containerStatus the container's status for a body that it refused to parse, or 0
     * @param acceptLanguage the values of the header {@code Accept-Language}
     */
    public static DenialResponse of(
            Verification verification, int containerStatus, DenialTexts bundle, Collection<String> acceptLanguage) {
        DenialTexts.Texts texts = bundle.find(acceptLanguage);
        Reason reason = verification.getReason();
        if (reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT) {
            return new DenialResponse(verification, 500, "configuration", "configuration", texts);
        }
        boolean tooLarge = reason == Reason.BODY_TOO_LARGE;
        boolean unreadable = reason == Reason.BODY_UNREADABLE && containerStatus != 0;
        int noToken = tooLarge ? TOO_LARGE : unreadable ? containerStatus : 400;
        return switch (verification.getOutcome()) {
            case REJECTED -> coded(verification, 403, "rejected", texts);
            case THROTTLED -> coded(verification, 503, "throttled", texts);
            case OVERLOADED -> coded(verification, 503, "overloaded", texts);
            case NO_TOKEN ->
                noToken == TOO_LARGE
                        ? coded(verification, TOO_LARGE, "body_too_large", texts)
                        : coded(verification, noToken, "token_missing", texts);
            default -> coded(verification, 503, "unavailable", texts);
        };
    }

    /** Uses upstream's code where it sent one. */
    private static DenialResponse coded(Verification verification, int status, String kind, DenialTexts.Texts texts) {
        UpstreamError error = verification.getError();
        String upstream = error == null ? null : error.getCode();
        String code = upstream == null || upstream.isBlank() ? kind : upstream;
        return new DenialResponse(verification, status, code, kind, texts);
    }

    public Map<String, String> headers() {
        Map<String, String> headers = serverErrorHeaders();
        if (verification.getOutcome() == Outcome.THROTTLED || verification.getOutcome() == Outcome.OVERLOADED) {
            headers.put("Retry-After", Long.toString(seconds(verification.getRetryAfter())));
        }
        return headers;
    }

    /** Returns the headers by which a cache tells representations apart; an application may have set others. */
    public static String vary() {
        return "Accept, Accept-Language";
    }

    /** Returns the language of the problem details, or null if it is not known. */
    public @Nullable String language() {
        return language;
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

    /** Returns what the visitor can do, for a page of the application. */
    public String pageDetail() {
        return pageDetail;
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
        if (detail != null) {
            problem.put("detail", detail);
        }
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
        return document(
                UNKNOWN_STATUS,
                "rejected",
                String.valueOf(DenialTexts.english().find("rejected", "rejected", ".title")));
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
