package com.playtcha.jakarta.internal.metrics;

import org.jspecify.annotations.Nullable;

/** Finds beans of the application's container, such as its registry of metrics. Thread-safe. */
public interface BeanLookup {

    /** Returns the bean of this type; null if there is none, or more than one. */
    <T> @Nullable T find(Class<T> type);
}
