package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.json.JsonPointer;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the token in a request: header, parameter, JSON pointer; the first source that has one decides (contract, section
 * 5). Later sources are not read: with the header the body stays unread.
 */
public record TokenReader(GuardSettings settings, StrictJson json) {
    /** The nesting that is accepted; the application's own parser has limits of its own. */
    private static final int MAX_DEPTH = 500;

    /** Throws {@link IOException} when the visitor's connection fails while the body is read. */
    public PresentedToken read(TokenRequest request) throws IOException {
        List<String> inHeader = settings.tokenHeader().map(request::header).orElse(List.of());
        PresentedToken token = PresentedToken.of(inHeader, settings.maxTokenLength());
        try {
            if (token.isAbsent() && settings.tokenParam().isPresent()) {
                List<String> values = request.parameter(settings.tokenParam().get(), settings.maxBody());
                token = values == null
                        ? PresentedToken.missing(Reason.BODY_TOO_LARGE)
                        : PresentedToken.of(values, settings.maxTokenLength());
            }
            if (token.isAbsent()
                    && settings.tokenJsonPointer().isPresent()
                    && MediaTypes.isJson(MediaTypes.essence(request.contentType()))) {
                token = inJson(request, settings.tokenJsonPointer().get());
            }
            return token;
        } catch (IOException | RuntimeException e) {
            // An unknown charset, an earlier filter that took the body, or the container's own refusal.
            int status = ContainerErrors.status(e);
            if (status == 0 && e instanceof IOException disconnected) {
                throw disconnected;
            }
            return PresentedToken.unreadable(status);
        }
    }

    private PresentedToken inJson(TokenRequest request, JsonPointer pointer) throws IOException {
        // JSON is UTF-8 unless the request says otherwise (RFC 8259, section 8.1).
        Charset charset = MediaTypes.charset(request.contentType(), StandardCharsets.UTF_8);
        byte[] body = request.body(settings.maxBody());
        if (body == null) {
            return PresentedToken.missing(Reason.BODY_TOO_LARGE);
        }
        try {
            Object value = body.length == 0 ? null : pointer.find(json.readObject(body, charset, MAX_DEPTH));
            if (value == null) {
                return PresentedToken.ABSENT;
            }
            return value instanceof String text
                    ? PresentedToken.of(List.of(text), settings.maxTokenLength())
                    : PresentedToken.missing(Reason.TOKEN_MALFORMED);
        } catch (JsonReadException e) {
            return PresentedToken.missing(Reason.BODY_UNREADABLE);
        }
    }

    /**
     * Returns the values of one field of {@code application/x-www-form-urlencoded} (URL Standard, section 5), where no
     * container has parsed the form.
     *
     * @throws IllegalArgumentException for a body that is no form
     */
    public static List<String> formField(byte[] body, Charset charset, String name) {
        String form = new String(body, charset);
        List<String> values = new ArrayList<>();
        for (String field : form.split("&")) {
            int equals = field.indexOf('=');
            String value = equals < 0 ? "" : URLDecoder.decode(field.substring(equals + 1), charset);
            if (URLDecoder.decode(equals < 0 ? field : field.substring(0, equals), charset)
                    .equals(name)) {
                values.add(value);
            }
        }
        return values;
    }
}
