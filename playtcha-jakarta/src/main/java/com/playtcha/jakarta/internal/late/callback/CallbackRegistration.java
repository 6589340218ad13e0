package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Registers the callback servlet, and recognises its requests, which the filter must not guard. */
public final class CallbackRegistration {
    public static final String SERVLET_NAME = "playtcha-callback";

    private CallbackRegistration() {}

    /**
     * Registers the servlet on a path, unless web.xml has mapped {@link ResultCallbackServlet} to it already, and connects
     * all that web.xml declares with the engine. The inbox is null before the engine is started and after it was closed.
     *
     * @throws IllegalArgumentException for a key that is too short
     * @throws IllegalStateException where the name or the path belongs to another servlet
     */
    public static void register(
            ServletContext context, String path, @Nullable String key, Supplier<@Nullable LateInbox> inbox) {
        Set<String> names = new HashSet<>();
        boolean mapped = false;
        for (ServletRegistration servlet : context.getServletRegistrations().values()) {
            if (ResultCallbackServlet.class.getName().equals(servlet.getClassName())) {
                names.add(servlet.getName());
                mapped |= orEmpty(servlet.getMappings()).contains(path);
            }
        }
        if (!mapped) {
            names.add(SERVLET_NAME);
        }
        CallbackEndpoint endpoint = new CallbackEndpoint(inbox, key, names);
        if (!mapped) {
            addServlet(context, path, new ResultCallbackServlet(endpoint));
        }
        context.setAttribute(CallbackEndpoint.ATTRIBUTE, endpoint);
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

    /** Open Liberty returns null where a servlet has no mappings. */
    private static Collection<String> orEmpty(@Nullable Collection<String> mappings) {
        return mappings == null ? Set.of() : mappings;
    }

    /**
     * Whether the container has mapped this request, as it came and not as a forward, to a callback servlet. Its callers
     * are services that authenticate by key and have no token.
     */
    public static boolean isCallback(HttpServletRequest request) {
        if (!(request.getServletContext().getAttribute(CallbackEndpoint.ATTRIBUTE)
                instanceof CallbackEndpoint endpoint)) {
            return false;
        }
        HttpServletMapping mapping = request.getHttpServletMapping();
        return mapping != null && mapping.getServletName() != null && endpoint.isServedBy(mapping.getServletName());
    }
}
