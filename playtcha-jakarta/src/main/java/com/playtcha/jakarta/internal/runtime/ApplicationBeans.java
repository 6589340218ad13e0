package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.service.HandlerBeans;
import com.playtcha.jakarta.internal.metrics.BeanLookup;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.late.LateResultHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The beans of an application's container, such as CDI or Spring. Thread-safe. */
public interface ApplicationBeans extends BeanLookup, HandlerBeans {

    /** Returns all beans of this type, in their order where they have one. */
    default <T> List<T> findAll(Class<T> type) {
        T only = find(type);
        return only == null ? List.of() : List.of(only);
    }

    @Override
    default @Nullable LateResultHandler handler() {
        return find(LateResultHandler.class);
    }

    /** Returns whether the container creates objects of this class or of one that extends it; true where that is not known. */
    default boolean hasBeansOf(Class<?> type) {
        return true;
    }

    /** Returns the verifications of the current request, or null outside of a request. */
    default @Nullable RequestVerifications currentRequest() {
        return null;
    }
}
