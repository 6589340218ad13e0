package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request whose JSON body was read to find the token, or will be, and can be read again. */
class ReplayedRequest extends HttpServletRequestWrapper {
    private final @Nullable BufferedBody body;
    private final ServletResponse response;

    ReplayedRequest(HttpServletRequest request, ServletResponse response, @Nullable BufferedBody body) {
        super(request);
        this.response = response;
        this.body = body;
    }

    /**
     * Wraps a request unless it is wrapped already: a forward passes the wrapper on, an asynchronous dispatch may pass
     * the container's own request.
     */
    static HttpServletRequest of(HttpServletRequest request, ServletResponse response, @Nullable BufferedBody body) {
        boolean isWrapped = request instanceof ReplayedRequest
                || (request instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(ReplayedRequest.class));
        return isWrapped ? request : new ReplayedRequest(request, response, body);
    }

    /** Returns null where no guard has read the body so far. */
    private @Nullable BufferedBody body() {
        return body == null ? BufferedBody.of((HttpServletRequest) getRequest()) : body;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        BufferedBody read = body();
        return read == null ? super.getInputStream() : read.openStream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        BufferedBody read = body();
        if (read == null) {
            return super.getReader();
        }
        String encoding = getCharacterEncoding();
        // JSON is UTF-8 unless the request says otherwise (RFC 8259, section 8.1).
        return read.openReader(encoding == null ? StandardCharsets.UTF_8.name() : encoding);
    }

    /** With this wrapper, without which the container would dispatch its own request, whose stream is empty. */
    @Override
    public AsyncContext startAsync() {
        return getRequest().startAsync(this, response);
    }
}
