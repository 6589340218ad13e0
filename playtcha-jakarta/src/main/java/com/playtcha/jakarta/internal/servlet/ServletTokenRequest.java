package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.MediaTypes;
import com.playtcha.jakarta.internal.request.TokenRequest;
import com.playtcha.jakarta.internal.request.UnusableBodyException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request's sources of a token. */
final class ServletTokenRequest implements TokenRequest {
    private final HttpServletRequest request;
    private final int maxBody;
    private final BodyBudget bodies;

    /** Sets the encoding of a form first, also if the token is in the header, so that forms are always decoded alike. */
    ServletTokenRequest(HttpServletRequest request, GuardSettings settings, BodyBudget bodies) {
        this.request = request;
        this.maxBody = settings.get(Setting.MAX_BODY);
        this.bodies = bodies;
        try {
            if (settings.get(Setting.ENCODING).isPresent()
                    && MediaTypes.isForm(MediaTypes.essence(request.getContentType()))
                    && request.getCharacterEncoding() == null
                    && request.getServletContext().getRequestCharacterEncoding() == null) {
                request.setCharacterEncoding(
                        settings.get(Setting.ENCODING).get().name());
            }
        } catch (IOException | RuntimeException unknownCharset) {
            // Reported by the container when the body is read.
        }
    }

    @Override
    public @Nullable String contentType() {
        return request.getContentType();
    }

    @Override
    public List<String> header(String name) {
        return headers(request, name);
    }

    /** Returns all values of a header. */
    static List<String> headers(HttpServletRequest request, String name) {
        Enumeration<String> values = request.getHeaders(name);
        return values == null ? List.of() : Collections.list(values);
    }

    @Override
    public List<String> parameter(String name) {
        return readParameters(request, read -> {
            List<String> values = new ServletCaller(read).parameter(name);
            if (values.isEmpty() && MediaTypes.isForm(MediaTypes.essence(read.getContentType()))) {
                requireParsed(read);
            }
            return values;
        });
    }

    /** Tomcat 10.1 leaves out what it refuses of a form: its visitor would read that the human check is missing. */
    private static void requireParsed(HttpServletRequest request) {
        Object reason = request.getAttribute("org.apache.catalina.parameter_parse_failed_reason");
        if (reason != null) {
            throw new RefusedFormException(reason.toString().equals("POST_TOO_LARGE") ? 413 : 400);
        }
    }

    /** Has the status that Tomcat's FailedRequestFilter answers with, but 400 where the visitor's connection failed. */
    private static final class RefusedFormException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;

        RefusedFormException(int status) {
            super("the container could not read the form");
            this.status = status;
        }

        /** Returns what {@link com.playtcha.jakarta.internal.request.ContainerErrors} reads. */
        public int getStatus() {
            return status;
        }
    }

    /** Reads parameters; a refusal of the container is thrown by every later read of the request, too. */
    static <T> T readParameters(HttpServletRequest request, Function<HttpServletRequest, T> read) {
        DispatchState state = DispatchState.of(request);
        if (state.refusal != null) {
            throw state.refusal;
        }
        try {
            return read.apply(request);
        } catch (RuntimeException refusedByContainer) {
            state.refusal = refusedByContainer;
            throw refusedByContainer;
        }
    }

    @Override
    public byte[] body() throws IOException, UnusableBodyException {
        return BufferedBody.read(request, maxBody, bodies);
    }
}
