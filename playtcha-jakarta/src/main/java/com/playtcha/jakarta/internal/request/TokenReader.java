package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.json.JsonPointer;
import com.playtcha.jakarta.internal.json.JsonReadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token in a request: header, parameter, JSON pointer; the first source that has one decides
 * (docs/contract.md, section 5). Later sources are not read: with the header the body stays unread.
 */
public final class TokenReader {
    /** The nesting that is accepted; the application's own parser has limits of its own. */
    private static final int MAX_DEPTH = 500;

    private TokenReader() {}

    /** Reads nothing where no token is required, or where the guard is switched off. */
    public static PresentedToken readIfRequired(
            TokenRequest request, GuardSettings settings, @Nullable Reason exemption) {
        return exemption != null
                ? PresentedToken.notRequired(exemption)
                : settings.isEnabled() ? read(request, settings) : PresentedToken.ABSENT;
    }

    public static PresentedToken read(TokenRequest request, GuardSettings settings) {
        PresentedToken token = find(request, settings);
        return token.problem() == null ? token : token.searchedIn(sources(request, settings));
    }

    private static String sources(TokenRequest request, GuardSettings settings) {
        String contentType = MediaTypes.essence(request.contentType());
        return settings.get(Setting.TOKEN_HEADER)
                        .map(name -> "header " + name + ", ")
                        .orElse("")
                + settings.get(Setting.TOKEN_PARAM)
                        .map(name -> "parameter " + name + ", ")
                        .orElse("")
                + settings.get(Setting.TOKEN_JSON_POINTER)
                        .map(pointer -> "JSON pointer " + pointer + ", ")
                        .orElse("")
                + "content type " + (contentType.isEmpty() ? "absent" : contentType);
    }

    private static PresentedToken find(TokenRequest request, GuardSettings settings) {
        int maxLength = settings.get(Setting.MAX_TOKEN_LENGTH);
        PresentedToken token = settings.get(Setting.TOKEN_HEADER)
                .map(name -> PresentedToken.of(request.header(name), maxLength))
                .orElse(PresentedToken.ABSENT);
        try {
            if (token.isAbsent() && settings.get(Setting.TOKEN_PARAM).isPresent()) {
                token = PresentedToken.of(
                        request.parameter(settings.get(Setting.TOKEN_PARAM).get()), maxLength);
            }
            if (token.isAbsent()
                    && settings.get(Setting.TOKEN_JSON_POINTER).isPresent()
                    && MediaTypes.isJson(MediaTypes.essence(request.contentType()))) {
                token = findInJson(
                        request, settings.get(Setting.TOKEN_JSON_POINTER).get(), maxLength);
            }
            return token;
        } catch (UnusableBodyException e) {
            return PresentedToken.missing(e.reason());
        } catch (IOException | RuntimeException e) {
            // An unknown charset, an earlier filter that took the body, the container's own refusal, or a body that
            // ends too early: the visitor may still read an answer, and some containers answer the exception with 500.
            return PresentedToken.unreadable(ContainerErrors.status(e));
        }
    }

    private static PresentedToken findInJson(TokenRequest request, JsonPointer pointer, int maxLength)
            throws IOException, UnusableBodyException {
        byte[] body = request.body();
        if (body.length == 0) {
            return PresentedToken.ABSENT;
        }
        try {
            // JSON is UTF-8 unless the request says otherwise (RFC 8259, section 8.1).
            JsonPointer.Match match = pointer.find(
                    body, MediaTypes.charset(request.contentType(), StandardCharsets.UTF_8), MAX_DEPTH, maxLength);
            return switch (match.kind()) {
                case ABSENT -> PresentedToken.ABSENT;
                case STRING -> PresentedToken.of(List.of(Objects.requireNonNull(match.string())), maxLength);
                case OTHER -> PresentedToken.missing(Reason.TOKEN_MALFORMED);
                case REPEATED -> PresentedToken.missing(Reason.TOKEN_AMBIGUOUS);
            };
        } catch (JsonReadException e) {
            return PresentedToken.missing(Reason.BODY_UNREADABLE);
        }
    }
}
