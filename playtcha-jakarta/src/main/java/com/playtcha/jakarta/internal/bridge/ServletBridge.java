package com.playtcha.jakarta.internal.bridge;

import com.playtcha.jakarta.internal.cdi.ServletAccess;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.runtime.ApplicationRegistry;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import com.playtcha.jakarta.internal.servlet.ServletCaller;
import com.playtcha.jakarta.internal.servlet.ServletSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provides CDI beans with the current servlet request, so that filters, resources and beans share its verifications.
 * Public for CDI only.
 */
@ApplicationScoped
public class ServletBridge implements ServletAccess {
    private static final Logger LOG = LoggerFactory.getLogger(ServletBridge.class);

    private static final String LIBERTY = "com.ibm.ws.classloading.";

    /** The application may produce further beans of this type. */
    @Inject
    @Any
    Instance<HttpServletRequest> requests;

    /** For CDI. */
    public ServletBridge() {}

    /** Where a server provides the Servlet API, CDI may start before the context, as on WildFly. */
    @Override
    public boolean prepare(PlaytchaApplication application, Object initialized) {
        if (initialized instanceof ServletContext context) {
            application
                    .settings()
                    .setLoader(uses ->
                            ServletSettings.withoutFilters(context).uses(uses).load());
            return true;
        }
        ClassLoader own = ServletBridge.class.getClassLoader();
        if (ServletContext.class.getClassLoader() == own) {
            return true;
        }
        // Nothing of the library runs afterwards, so that the paths would be open without a word.
        if (ApplicationRegistry.isShareable() && own.getClass().getName().startsWith(LIBERTY)) {
            LOG.error(
                    "url-patterns and callback-path have NO effect, and guards of beans do not get context-params: Open"
                            + " Liberty runs the ServletContainerInitializer of playtcha-jakarta only where the jar is in"
                            + " WEB-INF/lib, and this one was loaded by {}. Put it into WEB-INF/lib of each web application",
                    own);
        }
        return false;
    }

    @Override
    public Caller currentCaller() {
        Iterator<HttpServletRequest> all = requests.iterator();
        while (all.hasNext()) {
            try {
                HttpServletRequest request = all.next();
                // A proxy without a current request fails when a method is called.
                if (request != null && request.getDispatcherType() != null) {
                    return new ServletCaller(request);
                }
            } catch (RuntimeException none) {
                LOG.debug("No servlet request here", none);
            }
        }
        return Caller.UNKNOWN;
    }
}
