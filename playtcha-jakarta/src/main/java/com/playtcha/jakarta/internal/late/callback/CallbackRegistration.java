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

/**
 * Registers the callback servlet, and tells its requests from all others. Internal: public only so that the package of
 * the filter can use it.
 */
public final class CallbackRegistration {
    /** The servlet's name. */
    public static final String SERVLET_NAME = "playtcha-callback";

    private CallbackRegistration() {}

    /**
     * Registers the servlet on a path, unless web.xml has mapped {@link ResultCallbackServlet} to it already, and connects
     * all that web.xml declares with the engine.
     *
     * @param context of an application that is being deployed
     * @param path a URL pattern (setting {@code callback-path})
     * @param key at least 16 characters (setting {@code callback-key}); null where everybody may call
     * @param inbox asked on every request; gives null before the engine is up and after it was closed
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
        CallbackEndpoint port = new CallbackEndpoint(inbox, key, names);
        if (!mapped) {
            addServlet(context, path, new ResultCallbackServlet(port));
        }
        context.setAttribute(CallbackEndpoint.ATTRIBUTE, port);
    }

    private static void addServlet(ServletContext context, String path, ResultCallbackServlet callbacks) {
        ServletRegistration.Dynamic servlet = context.addServlet(SERVLET_NAME, callbacks);
        if (servlet == null) {
            throw new IllegalStateException("callback-path cannot be served: a servlet with the name " + SERVLET_NAME
                    + " is registered already; rename it");
        }
        // So that nothing before the servlet is taken for what keeps an application from being asynchronous.
        servlet.setAsyncSupported(true);
        servlet.setLoadOnStartup(1);
        Set<String> taken = servlet.addMapping(path);
        if (!taken.isEmpty()) {
            throw new IllegalStateException("callback-path cannot be served: another servlet is mapped to " + taken);
        }
    }

    /** Open Liberty gives null where there are none. */
    private static Collection<String> orEmpty(@Nullable Collection<String> mappings) {
        return mappings == null ? Set.of() : mappings;
    }

    /**
     * Whether the container has chosen a callback servlet, connected by {@link #register}, to serve this request. It
     * authenticates its callers itself: they are no visitors, and have no token.
     *
     * @param request a request as it came, not a forward or an include of it
     * @return false for every other servlet
     */
    public static boolean isCallback(HttpServletRequest request) {
        if (!(request.getServletContext().getAttribute(CallbackEndpoint.ATTRIBUTE) instanceof CallbackEndpoint port)) {
            return false;
        }
        HttpServletMapping mapping = request.getHttpServletMapping();
        return mapping != null && mapping.getServletName() != null && port.isServedBy(mapping.getServletName());
    }
}
