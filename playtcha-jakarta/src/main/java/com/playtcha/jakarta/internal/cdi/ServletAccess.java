package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.UsesInCode;
import jakarta.enterprise.inject.Instance;
import org.jspecify.annotations.Nullable;

/** CDI's access to the Servlet API, which may be absent. Internal: public for its one implementation only. */
public interface ServletAccess {

    /** The attributes of one servlet request. */
    interface RequestAttributes {
        @Nullable
        Object get(String name);

        /** Sets an attribute; null removes it. */
        void set(String name, @Nullable Object value);
    }

    /** Returns whether the payload of CDI's event is a servlet context. */
    boolean isContext(Object initialized);

    /** Returns whether a server brings the Servlet API: CDI may then start before the servlet context, as on WildFly. */
    boolean isOfServer();

    /** Reads the settings with the context-params of a servlet context for which the initializer did not run. */
    LoadedSettings settings(Object context, UsesInCode uses);

    /** Returns the servlet request that this thread works for; null where there is none. */
    @Nullable
    RequestAttributes currentRequest(Instance<Object> beans);

    /** Returns the implementation; null where the Servlet API is absent. */
    static @Nullable ServletAccess find() {
        ClassLoader classes = ServletAccess.class.getClassLoader();
        try {
            Class.forName("jakarta.servlet.http.HttpServletRequest", false, classes);
        } catch (ClassNotFoundException | LinkageError absent) {
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
