package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.internal.servlet.ServletCaller;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The session pass of the setting {@code session-pass}: after a verified request, a few further ones of the same session
 * need no token. It is for forms that come back with an error of their own; once a form was accepted, the application ends
 * the pass, so that the next form needs a token again:
 *
 * <pre>{@code
 * if (form.isValid()) {
 *     SessionPass.end(request);
 *     save(form);
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class SessionPass {
    private SessionPass() {}

    /**
     * Ends the passes of the request's session, of all guards. Without a session, or without a pass, it does nothing.
     *
     * @param request the request
     */
    public static void end(HttpServletRequest request) {
        new ServletCaller(request).endSessionPass();
    }
}
