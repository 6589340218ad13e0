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
import org.jspecify.annotations.Nullable;

/**
 * Looks for the token in a request: header, parameter, JSON pointer; the first that holds one decides (contract,
 * section 5). What lies behind is not touched: with the header the body stays unread.
 */
final class TokenReader {
    private final GuardSettings settings;
    private final StrictJson json;

    TokenReader(GuardSettings settings, StrictJson json) {
        this.settings = settings;
        this.json = json;
    }

    /**
     * Reads the token.
     *
     * @param request the guarded request
     * @param state its state, which keeps a JSON body that was read
     * @return what was found
     * @throws IOException when the visitor's connection fails while the JSON body is read
     */
    PresentedToken read(HttpServletRequest request, RequestState state) throws IOException {
        setFormEncoding(request, state);
        PresentedToken reading = fromHeader(request);
        if (reading.isAbsent() && settings.tokenParam().isPresent()) {
            reading = fromParameter(request, state, settings.tokenParam().get());
        }
        if (reading.isAbsent() && settings.tokenJsonPointer().isPresent()) {
            reading = fromJson(request, state, settings.tokenJsonPointer().get());
        }
        return reading;
    }

    /** Also where the token is in the header: a form is decoded alike, wherever its token stands. */
    private void setFormEncoding(HttpServletRequest request, RequestState state) {
        try {
            if (MediaTypes.isForm(MediaTypes.essence(request.getContentType()))) {
                setEncoding(request, state);
            }
        } catch (IOException | RuntimeException refused) {
            // A charset that nobody knows. Whoever reads the form hears of it.
        }
    }

    private PresentedToken fromHeader(HttpServletRequest request) {
        Enumeration<String> values =
                settings.tokenHeader().map(request::getHeaders).orElse(null);
        return values == null ? PresentedToken.ABSENT : shape(Collections.list(values));
    }

    private PresentedToken fromParameter(HttpServletRequest request, RequestState state, String name) {
        if (state.parameterFailure() != 0) {
            return PresentedToken.unreadable(state.parameterFailure());
        }
        String[] values;
        try {
            setEncoding(request, state);
            values = request.getParameterValues(name);
        } catch (IOException | RuntimeException refused) {
            // The container refuses to parse the body, each in its own words; its status is kept where it names one.
            int status = ContainerErrors.status(refused);
            state.setParameterFailure(status == 0 ? 400 : status);
            return PresentedToken.unreadable(state.parameterFailure());
        }
        return values == null ? PresentedToken.ABSENT : shape(List.of(values));
    }

    private void setEncoding(HttpServletRequest request, RequestState state) throws IOException {
        if (state.declaredEncoding(request) == null
                && request.getCharacterEncoding() == null
                && settings.encoding().isPresent()
                && request.getServletContext().getRequestCharacterEncoding() == null) {
            request.setCharacterEncoding(settings.encoding().get().name());
        }
    }

    private PresentedToken fromJson(HttpServletRequest request, RequestState state, JsonPointer pointer)
            throws IOException {
        if (!MediaTypes.isJson(MediaTypes.essence(request.getContentType()))) {
            return PresentedToken.ABSENT;
        }
        if (request.getContentLengthLong() > settings.maxBody()) {
            return PresentedToken.missing(Reason.BODY_TOO_LARGE);
        }
        byte[] bytes;
        Charset charset;
        try {
            charset = charset(state.declaredEncoding(request));
            JsonBody body = state.takeBody(request);
            if (!body.readUpTo(settings.maxBody())) {
                return PresentedToken.missing(Reason.BODY_TOO_LARGE);
            }
            bytes = body.bytes();
        } catch (IOException e) {
            int status = ContainerErrors.status(e);
            if (status == 0) {
                throw e;
            }
            return PresentedToken.unreadable(status);
        } catch (RuntimeException e) {
            // An unknown charset, a filter before us that took the reader, or a container's own refusal.
            return PresentedToken.unreadable(ContainerErrors.status(e));
        }
        return JsonTokens.find(json, bytes, charset, pointer, settings.maxTokenLength());
    }

    private static Charset charset(@Nullable String declared) {
        // JSON is UTF-8 unless something says otherwise (RFC 8259, section 8.1).
        return declared == null ? StandardCharsets.UTF_8 : Charset.forName(declared);
    }

    private PresentedToken shape(List<String> values) {
        return PresentedToken.of(values, settings.maxTokenLength());
    }
}
