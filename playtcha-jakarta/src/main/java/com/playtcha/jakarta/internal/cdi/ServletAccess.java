package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.UsesInCode;
import jakarta.enterprise.inject.Instance;
import org.jspecify.annotations.Nullable;

/** What CDI's side asks of the servlet API, which may be absent. Internal: public for its one implementation only. */
public interface ServletAccess {

    /** The attributes of one servlet request. */
    interface RequestAttributes {
        /**
         * The attribute of a name.
         *
         * @param name of it
         * @return null for none
         */
        @Nullable
        Object get(String name);

        /**
         * Sets an attribute.
         *
         * @param name of it
         * @param value null removes it
         */
        void set(String name, @Nullable Object value);
    }

    /**
     * Whether CDI started for a servlet context.
     *
     * @param initialized what CDI's event carries
     * @return false where it is something else
     */
    boolean isContext(Object initialized);

    /**
     * Whether a server brings the servlet API, so that a servlet context may come after CDI has started for something
     * else: WildFly starts a library's beans first, and those of the web application with its context.
     *
     * @return false where the API is on the application's own class path, as in tests
     */
    boolean isOfServer();

    /**
     * Reads the settings with the context-params of a servlet context that nothing else looked at.
     *
     * @param context for which {@link #isContext} is true
     * @param uses places in code
     * @return valid settings
     * @throws com.playtcha.jakarta.PlaytchaConfigurationException with every problem
     */
    LoadedSettings settings(Object context, UsesInCode uses);

    /**
     * The servlet request that this thread works for.
     *
     * @param beans to find it by
     * @return null where there is none
     */
    @Nullable
    RequestAttributes currentRequest(Instance<Object> beans);

    /**
     * The implementation, where both APIs are there.
     *
     * @return null where there is no servlet API
     */
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
            throw new IllegalStateException("playtcha-jakarta is not complete: its bridge to servlets is missing", e);
        }
    }
}
