package com.playtcha.jakarta.internal.util;

import java.util.Collection;
import java.util.Iterator;
import java.util.function.Predicate;

/** Removes what is too old from collections that have the oldest first. */
public final class Expiry {
    private Expiry() {}

    /** Removes elements from the first on, up to the first one that is not expired. */
    public static <T> void removeExpired(Collection<T> oldestFirst, Predicate<? super T> isExpired) {
        Iterator<T> oldest = oldestFirst.iterator();
        while (oldest.hasNext() && isExpired.test(oldest.next())) {
            oldest.remove();
        }
    }
}
