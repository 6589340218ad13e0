package com.playtcha.jakarta.internal.late.engine;

/** Port: sets the stage for a call of the application's handler. Thread-safe. */
@FunctionalInterface
public interface HandlerInvoker {

    /**
     * Makes the call within what it needs: a class loader, a request context.
     *
     * @param call to be made exactly once, on this thread
     * @throws Exception what the call throws
     */
    void invoke(Call call) throws Exception;

    /** A call of the handler. */
    @FunctionalInterface
    interface Call {

        /**
         * Makes it.
         *
         * @throws Exception what the handler throws
         */
        void run() throws Exception;
    }

    /**
     * Calls with a context class loader.
     *
     * @param loader the application's
     * @return sets it for the time of the call
     */
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
