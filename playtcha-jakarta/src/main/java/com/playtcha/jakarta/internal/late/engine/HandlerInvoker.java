package com.playtcha.jakarta.internal.late.engine;

/** Calls the application's handler with its class loader or request context. Thread-safe. */
@FunctionalInterface
public interface HandlerInvoker {

    void invoke(Call call) throws Exception;

    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }

    /** Returns an invoker that sets the context class loader. */
    static HandlerInvoker with(ClassLoader loader) {
        return call -> {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                call.run();
            } finally {
                thread.setContextClassLoader(before);
            }
        };
    }
}
