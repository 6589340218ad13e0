package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A request whose JSON body was read to find the token and can be read again. */
class ReplayedRequest extends HttpServletRequestWrapper {
    private final BufferedBody body;

    ReplayedRequest(HttpServletRequest request, BufferedBody body) {
        super(request);
        this.body = body;
    }

    /**
     * Wraps a request unless it is wrapped already: a forward passes the wrapper on, an asynchronous dispatch may pass
     * the container's own request.
     */
    static HttpServletRequest of(HttpServletRequest request, BufferedBody body) {
        boolean isWrapped = request instanceof ReplayedRequest
                || (request instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(ReplayedRequest.class));
        return isWrapped ? request : new ReplayedRequest(request, body);
    }

    @Override
    public ServletInputStream getInputStream() {
        return body.openStream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        String encoding = getCharacterEncoding();
        // JSON is UTF-8 unless the request says otherwise (RFC 8259, section 8.1).
        return body.openReader(encoding == null ? StandardCharsets.UTF_8.name() : encoding);
    }
}
