package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.HandlerInvoker;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/** Provides the late result handler that is a CDI bean, and request contexts for its calls. Thread-safe. */
public interface HandlerProvider {

    /** Returns the application's handler; null where no bean is one. */
    @Nullable
    LateResultHandler handler() throws NoHandlerException;

    /** Runs a call once, on this thread, in an active request context. */
    void runInRequestContext(HandlerInvoker.Call call) throws Exception;
}
