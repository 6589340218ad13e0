package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.internal.request.MediaTypes;
import com.playtcha.jakarta.internal.request.TokenReader;
import com.playtcha.jakarta.internal.request.TokenRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's sources of a token. A form or JSON body is buffered and can be read again as an entity. */
record RestTokenRequest(ContainerRequestContext request, Charset formCharset) implements TokenRequest {
    /** The parameters of a form that the container may have parsed already, which leaves the entity empty. */
    interface ParsedForm {
        List<String> values(String name);
    }

    @Override
    public @Nullable String contentType() {
        return request.getHeaderString(HttpHeaders.CONTENT_TYPE);
    }

    @Override
    public List<String> header(String name) {
        return request.getHeaders().getOrDefault(name, List.of());
    }

    @Override
    public @Nullable List<String> parameter(String name, int maxBody) throws IOException {
        List<String> values =
                new ArrayList<>(request.getUriInfo().getQueryParameters().getOrDefault(name, List.of()));
        if (MediaTypes.isUrlEncodedForm(MediaTypes.essence(contentType()))) {
            Charset charset = MediaTypes.charset(contentType(), formCharset);
            byte[] form = body(maxBody);
            if (form == null) {
                return null;
            }
            if (form.length > 0) {
                values.addAll(TokenReader.formField(form, charset, name));
            } else if (request.getProperty(ParsedForm.class.getName()) instanceof ParsedForm parsed) {
                // The container may have read the body for an earlier servlet filter.
                values.addAll(parsed.values(name));
            }
        }
        return values;
    }

    @Override
    public byte @Nullable [] body(int maxBody) throws IOException {
        InputStream entity = request.getEntityStream();
        byte[] bytes = entity.readNBytes(maxBody + 1);
        InputStream again = new ByteArrayInputStream(bytes);
        boolean isWhole = bytes.length <= maxBody;
        // In monitor mode the application still reads the whole body.
        request.setEntityStream(isWhole ? again : new SequenceInputStream(again, entity));
        return isWhole ? bytes : null;
    }
}
