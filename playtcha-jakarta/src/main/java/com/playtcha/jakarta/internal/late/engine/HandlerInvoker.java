package com.playtcha.jakarta.internal.late.engine;

/** Port: sets the stage for a call of the application's handler. Thread-safe. */
@FunctionalInterface
public interface HandlerInvoker {

    /** Makes the call within what it needs: a class loader, a request context. */
    void invoke(Call call) throws Exception;

    /** A call of the handler. */
    @FunctionalInterface
    interface Call {

        /** Makes it. */
        void run() throws Exception;
    }

    /** Calls with a context class loader. */
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
