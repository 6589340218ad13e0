package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import com.playtcha.jakarta.internal.util.ClassPresence;
import jakarta.enterprise.inject.Instance;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** CDI's access to the Servlet API, which may be absent. */
public interface ServletAccess {

    /** Access to the attributes of one servlet request; setting null removes an attribute. */
    record RequestAttributes(Function<String, @Nullable Object> getter, BiConsumer<String, @Nullable Object> setter) {}

    /** Returns whether the server provides the Servlet API: CDI may then start before the context, as on WildFly. */
    boolean isOfServer();

    /** Returns a loader with the context-params if the payload of CDI's event is a servlet context, else null. */
    @Nullable
    SettingsLoader settings(Object initialized);

    /** Returns the attributes of the current servlet request, or null if there is none. */
    @Nullable
    RequestAttributes currentRequest(Instance<Object> beans);

    /** Returns the implementation, or null if the Servlet API is absent. */
    static @Nullable ServletAccess find() {
        ClassLoader classes = ServletAccess.class.getClassLoader();
        if (!ClassPresence.isPresent("jakarta.servlet.http.HttpServletRequest", classes)) {
            return null;
        }
        try {
            return Class.forName("com.playtcha.jakarta.internal.bridge.ServletBridge", true, classes)
                    .asSubclass(ServletAccess.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The playtcha-jakarta jar is incomplete: ServletBridge is missing", e);
        }
    }
}
