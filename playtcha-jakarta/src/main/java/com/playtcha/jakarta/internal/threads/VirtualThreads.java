package com.playtcha.jakarta.internal.threads;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Virtual threads, which JDK 21 and later have; by reflection, since this library is compiled for JDK 17. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /**
     * Returns an executor that runs each task on a new virtual thread, which inherits no thread-locals and has the class
     * loader; null where the JDK has none.
     */
    public static @Nullable Executor executor(String kind, @Nullable ClassLoader context) {
        try {
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Method name = type.getMethod("name", String.class, long.class);
            Method inherit = type.getMethod("inheritInheritableThreadLocals", boolean.class);
            builder = inherit.invoke(name.invoke(builder, "playtcha-" + kind + "-", 1L), false);
            ThreadFactory threads = (ThreadFactory) type.getMethod("factory").invoke(builder);
            return task -> {
                Thread thread = threads.newThread(task);
                thread.setContextClassLoader(context);
                thread.start();
            };
        } catch (ReflectiveOperationException | LinkageError e) {
            // JDK 17, or 19 and 20 without their preview.
            return null;
        }
    }
}
