package com.playtcha.jakarta.internal.bridge;

import com.playtcha.jakarta.internal.cdi.ServletAccess;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.servlet.ServletSettings;
import jakarta.enterprise.inject.Instance;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provides CDI beans with the current servlet request, so that filters, resources and beans share its verifications.
 * Loaded by reflection.
 */
public final class ServletBridge implements ServletAccess {
    private static final Logger LOG = LoggerFactory.getLogger(ServletBridge.class);

    public ServletBridge() {}

    @Override
    public boolean isOfServer() {
        return ServletContext.class.getClassLoader() != ServletBridge.class.getClassLoader();
    }

    @Override
    public @Nullable SettingsLoader settings(Object initialized) {
        return initialized instanceof ServletContext context ? ServletSettings.withoutFilters(context) : null;
    }

    @Override
    public @Nullable RequestAttributes currentRequest(Instance<Object> beans) {
        // The application may produce further beans of this type, and its producers may throw.
        Iterator<HttpServletRequest> requests =
                beans.select(HttpServletRequest.class).iterator();
        while (requests.hasNext()) {
            try {
                HttpServletRequest request = requests.next();
                // A proxy without a current request fails when a method is called.
                if (request != null && request.getDispatcherType() != null) {
                    return new RequestAttributes(request::getAttribute, request::setAttribute);
                }
            } catch (RuntimeException none) {
                LOG.debug("No servlet request here", none);
            }
        }
        return null;
    }
}
