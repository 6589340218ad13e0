package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Registers the callback servlet, and recognises its requests, which the filter must not guard. */
public final class CallbackRegistration {
    public static final String SERVLET_NAME = "playtcha-callback";
    static final String ATTRIBUTE = "com.playtcha.jakarta.internal.late.callback";

    private CallbackRegistration() {}

    /**
     * Registers the servlet on a path. The inbox is null before the engine is started and after it was closed.
     *
     * @throws IllegalArgumentException for a key that is too short
     * @throws IllegalStateException where the name or the path belongs to another servlet
     */
    public static void register(
            ServletContext context, String path, @Nullable String key, Supplier<@Nullable LateInbox> inbox) {
        ResultCallbackServlet callbacks = new ResultCallbackServlet(inbox, key);
        ServletRegistration present = context.getServletRegistration(SERVLET_NAME);
        // An embedded server may keep its servlets when a context is started again; they use the attribute.
        if (present == null || !ResultCallbackServlet.class.getName().equals(present.getClassName())) {
            addServlet(context, path, callbacks);
        }
        context.setAttribute(ATTRIBUTE, callbacks);
    }

    private static void addServlet(ServletContext context, String path, ResultCallbackServlet callbacks) {
        ServletRegistration.Dynamic servlet = context.addServlet(SERVLET_NAME, callbacks);
        if (servlet == null) {
            throw new IllegalStateException("callback-path cannot be served: a servlet with the name " + SERVLET_NAME
                    + " is registered already; rename it");
        }
        // A servlet without asynchronous support would end it for the filters in front as well.
        servlet.setAsyncSupported(true);
        servlet.setLoadOnStartup(1);
        Set<String> taken = servlet.addMapping(path);
        if (!taken.isEmpty()) {
            throw new IllegalStateException("callback-path cannot be served: another servlet is mapped to " + taken);
        }
    }

    /**
     * Returns whether the container has mapped this request, as it came and not as a forward, to the callback servlet. Its
     * callers are services that authenticate by key and have no token.
     */
    public static boolean isCallback(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        return request.getServletContext().getAttribute(ATTRIBUTE) != null
                && mapping != null
                && SERVLET_NAME.equals(mapping.getServletName());
    }
}
