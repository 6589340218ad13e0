package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/** Provides the handler among the beans of an application's container, such as CDI or Spring. Thread-safe. */
public interface HandlerBeans {
    /** Returns the late result handler, or null if no bean is one. */
    @Nullable
    LateResultHandler handler();

    /** Calls a handler once, on the calling thread, within an active request context. */
    default void call(LateResultHandler handler, LateResult result, Delivery delivery) throws Exception {
        handler.handle(result, delivery);
    }
}
