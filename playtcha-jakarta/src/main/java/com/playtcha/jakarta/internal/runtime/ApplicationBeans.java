package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.metrics.BeanLookup;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/** The beans of an application's container, such as CDI or Spring. Thread-safe. */
public interface ApplicationBeans extends BeanLookup {

    /** Returns the late result handler, or null if no bean is one. */
    default @Nullable LateResultHandler handler() {
        return find(LateResultHandler.class);
    }

    /** Calls a handler once, on the calling thread, within an active request context. */
    default void call(LateResultHandler handler, LateResult result, Delivery delivery) throws Exception {
        handler.handle(result, delivery);
    }

    /** Returns the verifications of the current request, or null outside of a request. */
    default @Nullable RequestVerifications currentRequest() {
        return null;
    }
}
