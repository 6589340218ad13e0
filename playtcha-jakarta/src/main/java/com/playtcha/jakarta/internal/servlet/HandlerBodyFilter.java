package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Lets a handler read a JSON body again that its {@link HandlerGuard} has read; only a filter can replace a request. */
public final class HandlerBodyFilter implements Filter {

    /** For Spring. */
    public HandlerBodyFilter() {}

    /** Keeps the body that a guard has read until the request returns to this filter. */
    static void keepBody(HttpServletRequest request) {
        DispatchState state = DispatchState.of(request);
        BufferedBody body = BufferedBody.of(request);
        if (body != null && state.replayable && !state.bodyKept) {
            state.bodyKept = true;
            body.enterChain();
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        DispatchState state = DispatchState.of(http);
        boolean isOutermost = !state.replayable;
        state.replayable = true;
        boolean returned = false;
        try {
            chain.doFilter(ReplayedRequest.of(http, response, null), response);
            returned = true;
        } finally {
            BufferedBody body = BufferedBody.of(http);
            state.replayable = !isOutermost;
            if (isOutermost && state.bodyKept && body != null) {
                state.bodyKept = false;
                body.leaveChain(returned);
                body.releaseAtEnd();
            }
        }
    }
}
