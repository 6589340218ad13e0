package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.HandlerInvoker;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/** Port: CDI's part in handling late results. Thread-safe. */
public interface HandlerProvider {

    /**
     * The application's handler.
     *
     * @return null where no bean is one
     * @throws NoHandlerException where beans have come to their end
     */
    @Nullable
    LateResultHandler handler() throws NoHandlerException;

    /**
     * Makes a call within an active request context.
     *
     * @param call to be made exactly once, on this thread
     * @throws NoHandlerException where beans have come to their end, and no call is made
     * @throws Exception what the call throws
     */
    void within(HandlerInvoker.Call call) throws Exception;
}
