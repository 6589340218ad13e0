package com.playtcha.jakarta.internal.request;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far Jakarta REST has matched a request to a resource method, so that a bean's own guard leaves that method to the
 * guard of the resource. Thread-safe.
 */
public final class RestMatching {
    private volatile boolean matching;
    private volatile Class<?> guardedResource = Object.class;
    private volatile @Nullable Method guardedMethod;

    /** Records that matching starts, and may call sub-resource locators until {@link #onResourceMatched}. */
    public void onMatchStart() {
        matching = true;
        guardedMethod = null;
    }

    /**
     * Records that the request is matched to a method. If a REST guard decides about calls of that method of that class,
     * the bean's own guard lets them pass; it counts for no method that they call.
     */
    public void onResourceMatched(Class<?> resource, @Nullable Method guarded) {
        matching = false;
        guardedResource = unproxied(resource);
        guardedMethod = guarded;
    }

    /** Whether Jakarta REST is still matching, so that no resource's guard has run. */
    public boolean isMatching() {
        return matching;
    }

    /** Whether a REST guard decides about this method, or one that it overrides or implements. */
    public boolean isGuardedByRest(Class<?> bean, Method called) {
        Method guarded = guardedMethod;
        return guarded != null
                && guarded.getName().equals(called.getName())
                && Arrays.equals(guarded.getParameterTypes(), called.getParameterTypes())
                && (guardedResource.isAssignableFrom(unproxied(bean))
                        || unproxied(bean).isAssignableFrom(guardedResource));
    }

    /** Returns the class as written: containers subclass a bean's class under such names. */
    private static Class<?> unproxied(Class<?> type) {
        Class<?> above = type.getSuperclass();
        return type.getName().contains("$$") && above != null && above != Object.class ? unproxied(above) : type;
    }
}
