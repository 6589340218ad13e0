package com.playtcha.jakarta.internal.util;

import org.jspecify.annotations.Nullable;

/** Tells whether an optional API is on the class path. */
public final class ClassPresence {
    private ClassPresence() {}

    /** Returns whether a class loader finds a class, without initializing it. */
    public static boolean isPresent(String name, @Nullable ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
