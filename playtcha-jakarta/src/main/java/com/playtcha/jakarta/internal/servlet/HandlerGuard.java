package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Guards requests as a filter does, at a place that a framework and not the container chooses. Public for Spring only.
 *
 * @param everyMethod whether requests with a safe method are guarded too
 * @param alwaysJson whether a denial is problem details, whatever the visitor prefers
 */
public record HandlerGuard(PlaytchaApplication application, String guard, boolean everyMethod, boolean alwaysJson) {

    /** Calls the chain, or answers the request: by the handler, if there is one. */
    public void filter(
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain,
            @Nullable DenialHandler denials)
            throws IOException, ServletException {
        VerificationFilter.ActiveFilter filter;
        try {
            Guard running = application.guard(guard);
            PlaytchaRuntime runtime = application.start();
            filter = new VerificationFilter.ActiveFilter(
                    null,
                    running,
                    runtime.bodies(),
                    new DenialWriter(running.settings(), runtime, alwaysJson, denials),
                    everyMethod);
        } catch (RuntimeException own) {
            VerificationFilter.respondInternalError(request, response, own);
            return;
        }
        VerificationFilter.handle(request, response, chain, filter);
    }

    /** Tells a page whether a token is required, and calls the chain. Only a postback of Faces is guarded. */
    public void show(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (VerificationFilter.isPostback(request)) {
            filter(request, response, chain, null);
            return;
        }
        try {
            ServletCaller caller = new ServletCaller(request);
            RequestVerifications.of(caller).publishRequired(application.guard(guard), caller);
        } catch (RuntimeException own) {
            VerificationFilter.respondInternalError(request, response, own);
            return;
        }
        chain.doFilter(request, response);
    }

    /**
     * Returns whether the request may proceed; otherwise it has been answered. Behind a {@link HandlerBodyFilter}.
     */
    public boolean admit(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        AtomicBoolean admitted = new AtomicBoolean();
        FilterChain chain = (onward, answer) -> {
            HandlerBodyFilter.keepBody(request);
            if (((HttpServletRequest) onward).getMethod().equals(request.getMethod())) {
                admitted.set(true);
            } else {
                // An error page is shown a GET, and only a forward can replace the request of a framework.
                String page = new ServletCaller(request).path();
                DenialWriter.dispatch(
                        request, () -> request.getRequestDispatcher(page).forward(onward, answer));
            }
        };
        filter(request, response, chain, null);
        return admitted.get();
    }
}
