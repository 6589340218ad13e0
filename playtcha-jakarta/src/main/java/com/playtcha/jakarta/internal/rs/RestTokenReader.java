package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.json.JsonPointer;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.internal.request.ContainerErrors;
import com.playtcha.jakarta.internal.request.FormFields;
import com.playtcha.jakarta.internal.request.JsonTokens;
import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the token from a request: header, parameter, JSON pointer; the first source with a value decides (contract,
 * section 5). A form or JSON body of at most {@code max-body} is buffered and can be read again as an entity.
 */
final class RestTokenReader {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private static final String PARSED_FORM = ParsedForm.class.getName();

    /** A servlet request's parameters. A private type, so that properties set by other code are ignored. */
    private record ParsedForm(Function<String, List<String>> parameters) {}

    private final ContainerRequestContext request;
    private final GuardSettings settings;
    private final @Nullable String contentType;

    private RestTokenReader(ContainerRequestContext request, GuardSettings settings) {
        this.request = request;
        this.settings = settings;
        this.contentType = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
    }

    /** Reads the token. An exception is thrown when the visitor's connection fails. */
    static PresentedToken read(ContainerRequestContext request, GuardSettings settings, StrictJson json)
            throws IOException {
        RestTokenReader tokens = new RestTokenReader(request, settings);
        PresentedToken reading = tokens.fromHeader();
        if (reading.isAbsent() && settings.tokenParam().isPresent()) {
            reading = tokens.fromParameter(settings.tokenParam().get());
        }
        if (reading.isAbsent() && settings.tokenJsonPointer().isPresent()) {
            reading = tokens.fromJson(json, settings.tokenJsonPointer().get());
        }
        return reading;
    }

    /** Sets the parameters of a form that the container may have parsed already, which leaves the entity empty. */
    static void setParsedForm(ContainerRequestContext request, Function<String, List<String>> parameters) {
        request.setProperty(PARSED_FORM, new ParsedForm(parameters));
    }

    private PresentedToken fromHeader() {
        List<String> values = settings.tokenHeader()
                .map(name -> request.getHeaders().get(name))
                .orElse(null);
        return values == null ? PresentedToken.ABSENT : PresentedToken.of(values, settings.maxTokenLength());
    }

    private PresentedToken fromParameter(String name) throws IOException {
        List<String> values = new ArrayList<>();
        String query = request.getUriInfo().getRequestUri().getRawQuery();
        if (query != null && !FormFields.collect(query, name, values)) {
            return PresentedToken.unreadable(0);
        }
        if (MediaTypes.isUrlEncodedForm(MediaTypes.essence(contentType))) {
            PresentedToken failure = addFormFields(name, values);
            if (failure != null) {
                return failure;
            }
        }
        return PresentedToken.of(values, settings.maxTokenLength());
    }

    private @Nullable PresentedToken addFormFields(String name, List<String> values) throws IOException {
        Charset charset = charset(settings.encoding().orElse(StandardCharsets.UTF_8));
        if (charset == null) {
            return PresentedToken.unreadable(0);
        }
        Body body = readBody();
        if (body.bytes == null) {
            return body.failure;
        }
        if (body.bytes.length == 0) {
            // The container may have read the body for an earlier servlet filter.
            return addParsed(name, values);
        }
        return FormFields.collect(body.bytes, charset, name, values) ? null : PresentedToken.unreadable(0);
    }

    private @Nullable PresentedToken addParsed(String name, List<String> values) {
        try {
            if (request.getProperty(PARSED_FORM) instanceof ParsedForm form) {
                values.addAll(form.parameters().apply(name));
            }
            return null;
        } catch (RuntimeException refused) {
            return PresentedToken.unreadable(ContainerErrors.status(refused));
        }
    }

    private PresentedToken fromJson(StrictJson json, JsonPointer pointer) throws IOException {
        if (!MediaTypes.isJson(MediaTypes.essence(contentType))) {
            return PresentedToken.ABSENT;
        }
        // JSON is UTF-8 unless a charset is declared (RFC 8259, section 8.1).
        Charset charset = charset(StandardCharsets.UTF_8);
        if (charset == null) {
            return PresentedToken.unreadable(0);
        }
        Body body = readBody();
        return body.bytes == null
                ? body.failure
                : JsonTokens.find(json, body.bytes, charset, pointer, settings.maxTokenLength());
    }

    /** Returns the declared charset, or null if it is unknown. */
    private @Nullable Charset charset(Charset otherwise) {
        String declared = MediaTypes.charset(contentType);
        try {
            return declared == null ? otherwise : Charset.forName(declared);
        } catch (IllegalArgumentException unknown) {
            return null;
        }
    }

    /** The whole body, or the result for a body that cannot be read. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Body(byte @Nullable [] bytes, PresentedToken failure) {}

    private Body readBody() throws IOException {
        if (declaredLength() > settings.maxBody()) {
            return new Body(null, PresentedToken.missing(Reason.BODY_TOO_LARGE));
        }
        InputStream entity = request.getEntityStream();
        byte[] bytes;
        try {
            bytes = entity.readNBytes(Math.min(settings.maxBody(), LARGEST_ARRAY - 1) + 1);
        } catch (IOException e) {
            int status = ContainerErrors.status(e);
            if (status == 0) {
                throw e;
            }
            return new Body(null, PresentedToken.unreadable(status));
        } catch (RuntimeException e) {
            // An earlier filter consumed or closed the body, or the container refused it.
            return new Body(null, PresentedToken.unreadable(ContainerErrors.status(e)));
        }
        InputStream again = new ByteArrayInputStream(bytes);
        if (bytes.length > settings.maxBody()) {
            // In monitor mode the application still reads the whole body.
            request.setEntityStream(new SequenceInputStream(again, entity));
            return new Body(null, PresentedToken.missing(Reason.BODY_TOO_LARGE));
        }
        request.setEntityStream(again);
        return new Body(bytes, PresentedToken.ABSENT);
    }

    /** Returns the declared length, or -1: {@link ContainerRequestContext#getLength()} may throw and ends at 2 GiB. */
    private long declaredLength() {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
