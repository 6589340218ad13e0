package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.gate.ImmutableVerification;
import com.playtcha.jakarta.internal.json.JsonWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a denied request (docs/contract.md, section 5): problem details (RFC 9457), or what a page shows, with
 * texts in the visitor's language. Nothing that came from Playtcha or the visitor goes into a header or a text.
 *
 * @param code Playtcha's, else this library's name for the kind of denial
 * @param title one sentence
 * @param detail what the visitor can do
 * @param language the language of the texts, or null if it is not known
 * @param problem writes the problem details as JSON; {@code code} and {@code request_id} are as Playtcha sent them
 */
public record DenialResponse(
        int status,
        String code,
        String title,
        String detail,
        Map<String, String> headers,
        @Nullable String language,
        Supplier<String> problem) {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The header by which a cache tells representations apart; an application may have set others. */
    public static final String VARY = "Accept, Accept-Language";

    private static final Map<String, String> HEADERS =
            Map.of("Cache-Control", "no-store", "X-Content-Type-Options", "nosniff");
    private static final String TYPE = "urn:playtcha:problem:";

    /**
     * Returns the answer to a denied request.
     *
     * @param containerStatus the container's status for a body that it refused to parse, or 0
     * @param acceptLanguage the values of the header {@code Accept-Language}
     */
    public static DenialResponse of(
            Verification verification,
            int containerStatus,
            DenialTexts bundle,
            Collection<String> acceptLanguage,
            JsonWriter json) {
        Reason reason = verification.getReason();
        Outcome outcome = verification.getOutcome();
        boolean isConfiguration = reason == Reason.BAD_SECRET || reason == Reason.UNKNOWN_PROJECT;
        int noToken = reason == Reason.BODY_TOO_LARGE ? 413 : containerStatus == 0 ? 400 : containerStatus;
        int status =
                isConfiguration ? 500 : outcome == Outcome.REJECTED ? 403 : outcome == Outcome.NO_TOKEN ? noToken : 503;
        String kind = isConfiguration
                ? "configuration"
                : outcome == Outcome.NO_TOKEN
                        ? tokenProblem(reason, status)
                        : outcome.name().toLowerCase(Locale.ROOT);
        UpstreamError error = verification.getError();
        String upstream = error == null || isConfiguration ? null : error.getCode();
        String code = verification instanceof ImmutableVerification decision && decision.isDuplicateSubmission()
                ? "duplicate_submission"
                : upstream == null || upstream.isBlank() ? kind : upstream;
        Map<String, String> headers = new HashMap<>(HEADERS);
        if (outcome == Outcome.THROTTLED || outcome == Outcome.OVERLOADED) {
            Duration wait = Objects.requireNonNullElse(verification.getRetryAfter(), Duration.ZERO);
            headers.put(
                    "Retry-After",
                    Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds())));
        }
        DenialTexts.Texts texts = bundle.find(acceptLanguage);
        String title = texts.find(code, kind, DenialTexts.TITLE);
        String detail = texts.find(code, kind, DenialTexts.DETAIL);
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put(
                "type", TYPE + URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20"));
        problem.put("title", title);
        problem.put("status", status);
        problem.put("code", code);
        problem.put("detail", detail);
        if (error != null && error.getRequestId() != null) {
            problem.put("request_id", error.getRequestId());
        }
        return new DenialResponse(status, code, title, detail, headers, texts.language(), () -> json.write(problem));
    }

    private static String tokenProblem(Reason reason, int status) {
        return switch (reason) {
            case TOKEN_AMBIGUOUS -> "token_ambiguous";
            case TOKEN_TOO_LONG, TOKEN_MALFORMED -> "token_malformed";
            case BODY_UNREADABLE -> status == 413 ? "body_too_large" : "body_unreadable";
            case BODY_TOO_LARGE -> "body_too_large";
            default -> "token_missing";
        };
    }

    /** Returns an answer made of nothing that could fail again: the title needs no JSON escapes. */
    public static DenialResponse of(int status, String code, String title) {
        String problem = "{\"type\":\"" + TYPE + code + "\",\"title\":\"" + title + "\",\"status\":" + status
                + ",\"code\":\"" + code + "\"}";
        return new DenialResponse(status, code, title, title, HEADERS, null, () -> problem);
    }

    /** Returns the answer to a request for which this library failed. */
    public static DenialResponse ofOwnError() {
        return of(500, "internal_error", "The human check failed to work");
    }
}
