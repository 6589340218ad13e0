package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.json.JsonPointer;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.request.ContainerErrors;
import com.playtcha.jakarta.internal.request.JsonTokens;
import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Finds the token in a request: header, parameter, JSON pointer; the first source that holds one decides (contract,
 * section 5). Later sources are not touched: with the header the body stays unread.
 */
final class TokenReader {
    private final GuardSettings settings;
    private final StrictJson json;

    TokenReader(GuardSettings settings, StrictJson json) {
        this.settings = settings;
        this.json = json;
    }

    /** Throws {@link IOException} when the visitor's connection fails while the JSON body is read. */
    PresentedToken read(HttpServletRequest request, RequestState state) throws IOException {
        String mediaType = mediaType(request);
        if (MediaTypes.isForm(mediaType)) {
            setEncoding(request);
        }
        PresentedToken token = fromHeader(request);
        if (token.isAbsent() && settings.tokenParam().isPresent()) {
            token = fromParameter(request, state, settings.tokenParam().get());
        }
        if (token.isAbsent() && settings.tokenJsonPointer().isPresent() && MediaTypes.isJson(mediaType)) {
            token = fromJson(request, state, settings.tokenJsonPointer().get());
        }
        return token;
    }

    private static String mediaType(HttpServletRequest request) {
        try {
            return MediaTypes.essence(request.getContentType());
        } catch (RuntimeException unknownCharset) {
            // Thrown by Jetty, which throws it again when the body is read.
            return "";
        }
    }

    /** Applies also if the token is in the header, so that forms are always decoded in the same way. */
    private void setEncoding(HttpServletRequest request) {
        try {
            if (settings.encoding().isPresent()
                    && request.getCharacterEncoding() == null
                    && request.getServletContext().getRequestCharacterEncoding() == null) {
                request.setCharacterEncoding(settings.encoding().get().name());
            }
        } catch (IOException | RuntimeException unknownCharset) {
            // Reported by the container when the form is read.
        }
    }

    private PresentedToken fromHeader(HttpServletRequest request) {
        Enumeration<String> values =
                settings.tokenHeader().map(request::getHeaders).orElse(null);
        return values == null ? PresentedToken.ABSENT : checked(Collections.list(values));
    }

    private PresentedToken fromParameter(HttpServletRequest request, RequestState state, String name) {
        if (state.parameterFailure != 0) {
            return PresentedToken.unreadable(state.parameterFailure);
        }
        try {
            String[] values = request.getParameterValues(name);
            return values == null ? PresentedToken.ABSENT : checked(List.of(values));
        } catch (RuntimeException refused) {
            // The container refuses to parse the body; the status it would answer with is kept where it names one.
            int status = ContainerErrors.status(refused);
            state.parameterFailure = status == 0 ? 400 : status;
            return PresentedToken.unreadable(state.parameterFailure);
        }
    }

    private PresentedToken fromJson(HttpServletRequest request, RequestState state, JsonPointer pointer)
            throws IOException {
        if (request.getContentLengthLong() > settings.maxBody()) {
            return PresentedToken.missing(Reason.BODY_TOO_LARGE);
        }
        Charset charset;
        JsonBody body;
        try {
            String declared = request.getCharacterEncoding();
            // JSON is UTF-8 unless the request says otherwise (RFC 8259, section 8.1).
            charset = declared == null ? StandardCharsets.UTF_8 : Charset.forName(declared);
            body = state.takeBody(request);
            if (!body.readUpTo(settings.maxBody())) {
                return PresentedToken.missing(Reason.BODY_TOO_LARGE);
            }
        } catch (IOException e) {
            int status = ContainerErrors.status(e);
            if (status == 0) {
                throw e;
            }
            return PresentedToken.unreadable(status);
        } catch (RuntimeException e) {
            // An unknown charset, a filter before this one that took the reader, or the container's own refusal.
            return PresentedToken.unreadable(ContainerErrors.status(e));
        }
        return JsonTokens.find(json, body.bytes(), charset, pointer, settings.maxTokenLength());
    }

    private PresentedToken checked(List<String> values) {
        return PresentedToken.of(values, settings.maxTokenLength());
    }
}
