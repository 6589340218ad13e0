package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/** Provides the late result handler that is a bean of CDI or Spring, and request contexts for its calls. Thread-safe. */
public interface HandlerProvider {

    /** Returns the handler, or null if no bean is one. */
    @Nullable
    LateResultHandler handler() throws NoHandlerException;

    /** Runs a call once, on the calling thread, within an active request context. */
    void runInRequestContext(Call call) throws Exception;

    /** A call of the handler. */
    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }
}
